#include "common/logging/log_format.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "common/base/check.h"
#include "common/logging/escape.h"
#include "common/time/datetime.h"

namespace cellar::common {
namespace {

void AppendQuoted(std::string* out, std::string_view text, EscapeStyle style) {
  const size_t cut = text.size() > kMaxLogTextBytes ? text.size() - kMaxLogTextBytes : 0;
  text.remove_suffix(cut);
  out->push_back('"');
  AppendEscaped(out, text, style);
  if (cut != 0) fmt::format_to(std::back_inserter(*out), "...({} bytes more)", cut);
  out->push_back('"');
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty() || text.size() > kMaxLogTextBytes) return true;
  for (char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

void AppendTextValue(std::string* out, const LogField::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (NeedsQuotes(*text)) {
      AppendQuoted(out, *text, EscapeStyle::kText);
    } else {
      out->append(*text);
    }
    return;
  }
  std::visit([out](const auto& v) { fmt::format_to(std::back_inserter(*out), "{}", v); }, value);
}

void AppendJsonValue(std::string* out, const LogField::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    AppendQuoted(out, *text, EscapeStyle::kJson);
  } else if (const auto* real = std::get_if<double>(&value); real != nullptr && !std::isfinite(*real)) {
    out->append("null");
  } else {
    std::visit([out](const auto& v) { fmt::format_to(std::back_inserter(*out), "{}", v); }, value);
  }
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  static constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  CHECK(level <= LogLevel::kError);
  return kNames[static_cast<size_t>(level)];
}

std::string FormatLogText(const LogRecord& record) {
  std::string line =
      fmt::format("{} {} {}: ", FormatDateTimeUtc(record.wall_time), LogLevelName(record.level), record.component);
  AppendEscaped(&line, record.message, EscapeStyle::kText);
  for (const LogField& field : record.fields) {
    line.append(" ").append(field.key).append("=");
    AppendTextValue(&line, field.value);
  }
  return line;
}

std::string FormatLogJson(const LogRecord& record) {
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","component":)", FormatDateTimeUtc(record.wall_time),
                                 LogLevelName(record.level));
  AppendQuoted(&line, record.component, EscapeStyle::kJson);
  line.append(",\"message\":");
  AppendQuoted(&line, record.message, EscapeStyle::kJson);
  for (const LogField& field : record.fields) {
    const bool taken =
        field.key == "time" || field.key == "level" || field.key == "component" || field.key == "message";
    line.push_back(',');
    AppendQuoted(&line, taken ? std::string(field.key) + "_" : std::string(field.key), EscapeStyle::kJson);
    line.push_back(':');
    AppendJsonValue(&line, field.value);
  }
  line.push_back('}');
  return line;
}

}  // namespace cellar::common
