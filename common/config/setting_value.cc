#include "common/config/setting_value.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace cellar::common {
namespace {

struct Unit {
  std::string_view suffix;
  int64_t factor;
};

// Largest first: FormatNumber takes the first that divides.
constexpr std::array<Unit, 5> kByteUnits = {
    {{"TiB", int64_t{1} << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
constexpr std::array<Unit, 6> kTimeUnits = {{{"h", 3'600 * kSecond},
                                             {"min", 60 * kSecond},
                                             {"s", kSecond},
                                             {"ms", kMillisecond},
                                             {"us", kMicrosecond},
                                             {"ns", 1}}};

std::span<const Unit> UnitsOf(SettingType type) {
  if (type == SettingType::kBytes) return kByteUnits;
  if (type == SettingType::kDuration) return kTimeUnits;
  return {};
}

std::string_view Expected(SettingType type) {
  switch (type) {
    case SettingType::kBool:
      return "true or false";
    case SettingType::kInteger:
      return "a whole number";
    case SettingType::kBytes:
      return "a number of bytes, or a number with KiB, MiB, GiB or TiB";
    case SettingType::kDuration:
      return "a number of milliseconds, or a number with ns, us, ms, s, min or h";
    case SettingType::kReal:
      return "a number";
    case SettingType::kText:
      break;
  }
  return "text";
}

Status Unreadable(const SettingDeclaration& declaration, std::string_view text) {
  return InvalidArgument(fmt::format("'{}' is not {}", text, Expected(declaration.type)));
}

std::string FormatNumber(SettingType type, int64_t number) {
  for (const Unit& unit : UnitsOf(type)) {
    if (number != 0 && number % unit.factor == 0 && unit.suffix != "B") {
      return fmt::format("{}{}", number / unit.factor, unit.suffix);
    }
  }
  return fmt::format("{}", number);
}

Result<SettingValue> ParseNumber(const SettingDeclaration& declaration, std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return Unreadable(declaration, text);
  std::string_view suffix(end, static_cast<size_t>(text.data() + text.size() - end));
  if (suffix.starts_with(' ')) suffix.remove_prefix(1);
  int64_t factor = declaration.type == SettingType::kDuration ? kMillisecond : 1;
  if (!suffix.empty()) {
    factor = 0;
    for (const Unit& unit : UnitsOf(declaration.type)) {
      if (unit.suffix == suffix) factor = unit.factor;
    }
    if (factor == 0) return Unreadable(declaration, text);
  }
  const bool overflow = __builtin_mul_overflow(number, factor, &number);
  if (overflow || number < declaration.min_number || number > declaration.max_number) {
    return InvalidArgument(fmt::format("{} is out of bounds: {}", text, DescribeBounds(declaration)));
  }
  return SettingValue{.number = number};
}

Result<SettingValue> ParseReal(const SettingDeclaration& declaration, std::string_view text) {
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error != std::errc() || end != text.data() + text.size()) return Unreadable(declaration, text);
  if (!(real >= declaration.min_real && real <= declaration.max_real)) {
    return InvalidArgument(fmt::format("{} is out of bounds: {}", text, DescribeBounds(declaration)));
  }
  return SettingValue{.real = real};
}

bool IsChoice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) break;
    choices.remove_prefix(bar + 1);
  }
  return false;
}

std::string ChoicesAsList(std::string_view choices) {
  std::string list;
  for (char c : choices) {
    if (c == '|') {
      list.append(", ");
    } else {
      list.push_back(c);
    }
  }
  return list;
}

}  // namespace

SettingValue DefaultValue(const SettingDeclaration& declaration) {
  return {.number = declaration.default_number,
          .real = declaration.default_real,
          .text = std::string(declaration.default_text)};
}

Result<SettingValue> ParseSettingValue(const SettingDeclaration& declaration, std::string_view text) {
  switch (declaration.type) {
    case SettingType::kBool:
      if (text == "true") return SettingValue{.number = 1};
      if (text == "false") return SettingValue{.number = 0};
      return Unreadable(declaration, text);
    case SettingType::kInteger:
    case SettingType::kBytes:
    case SettingType::kDuration:
      return ParseNumber(declaration, text);
    case SettingType::kReal:
      return ParseReal(declaration, text);
    case SettingType::kText:
      break;
  }
  if (!declaration.choices.empty() && !IsChoice(declaration.choices, text)) {
    return InvalidArgument(fmt::format("'{}' is not {}", text, DescribeBounds(declaration)));
  }
  return SettingValue{.text = std::string(text)};
}

std::string FormatSettingValue(const SettingDeclaration& declaration, const SettingValue& value) {
  switch (declaration.type) {
    case SettingType::kBool:
      return value.number != 0 ? "true" : "false";
    case SettingType::kInteger:
    case SettingType::kBytes:
    case SettingType::kDuration:
      return FormatNumber(declaration.type, value.number);
    case SettingType::kReal:
      return fmt::format("{}", value.real);
    case SettingType::kText:
      break;
  }
  return value.text;
}

std::string DescribeBounds(const SettingDeclaration& declaration) {
  switch (declaration.type) {
    case SettingType::kBool:
      return "true or false";
    case SettingType::kInteger:
    case SettingType::kBytes:
    case SettingType::kDuration:
      return fmt::format("from {} to {}", FormatNumber(declaration.type, declaration.min_number),
                         FormatNumber(declaration.type, declaration.max_number));
    case SettingType::kReal:
      return fmt::format("from {} to {}", declaration.min_real, declaration.max_real);
    case SettingType::kText:
      break;
  }
  return declaration.choices.empty() ? "" : "one of " + ChoicesAsList(declaration.choices);
}

}  // namespace cellar::common
