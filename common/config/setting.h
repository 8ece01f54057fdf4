#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "common/base/check.h"
#include "common/time/clock.h"

namespace cellar::common {

/// What a setting's value is, and thereby how people write it.
enum class SettingType : uint8_t {
  kBool,      ///< true | false
  kInteger,   ///< 4096
  kBytes,     ///< 65536, "64KiB", "1 GiB"; held in bytes. The name ends in _bytes.
  kDuration,  ///< 500 (milliseconds), "500ms", "10s", "5min", "2h"; held in Nanos. The name ends in _ms.
  kReal,      ///< 0.75
  kText       ///< any text, or one of a list of choices
};

/// What users may rely on.
enum class SettingStability : uint8_t {
  kStable,        ///< Name and meaning stay.
  kExperimental,  ///< May change or go with any release.
  kTestOnly       ///< For tests; not in the sample configuration.
};

/// All that is known about one setting before anybody gave it a value. Made by the functions below only, as a constant
/// that lives for ever; each library exports a table of pointers to its own:
///
///     inline constexpr auto kFragmentBytes = BytesSetting("rangeserver.log.fragment_bytes", 64 << 20, 1 << 20, 1 <<
///     30,
///                                                         "a fragment is the unit of purging and of recovery");
///     inline constexpr const SettingDeclaration* kRangeServerSettings[] = {&kFragmentBytes, …};
struct SettingDeclaration {
  std::string_view name;  ///< Lower case, parts separated by '.', unit last: `rangeserver.log.fragment_bytes`.
  SettingType type = SettingType::kText;
  SettingStability stability = SettingStability::kStable;
  int64_t default_number = 0;  ///< kBool (0 or 1), kInteger, kBytes, kDuration (ns); bounds are inclusive.
  int64_t min_number = 0;
  int64_t max_number = 0;
  double default_real = 0;  ///< kReal; bounds are inclusive.
  double min_real = 0;
  double max_real = 0;
  std::string_view default_text;  ///< kText
  std::string_view choices;       ///< kText: "embedded|zookeeper"; empty when any text will do.
  std::string_view why;           ///< One line: what it trades against what.
};

/// A declaration with the C++ type of its value: bool, int64_t, double or std::string_view.
template <typename T>
struct Setting : SettingDeclaration {};

/// One library's settings.
using SettingTable = std::span<const SettingDeclaration* const>;

// A declaration with a wrong name or a default outside its bounds does not compile.

consteval bool IsSettingName(std::string_view name) {
  bool part_is_empty = true;
  for (char c : name) {
    if (c == '.' && part_is_empty) return false;
    if (c != '.' && c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
    part_is_empty = c == '.';
  }
  return !part_is_empty && name.find('.') != std::string_view::npos;
}

consteval Setting<int64_t> NumberSetting(SettingType type, std::string_view name, int64_t by_default, int64_t min,
                                         int64_t max, std::string_view why, SettingStability stability) {
  CHECK(IsSettingName(name) && min <= by_default && by_default <= max && !why.empty());
  return {{.name = name,
           .type = type,
           .stability = stability,
           .default_number = by_default,
           .min_number = min,
           .max_number = max,
           .why = why}};
}

consteval Setting<int64_t> IntegerSetting(std::string_view name, int64_t by_default, int64_t min, int64_t max,
                                          std::string_view why,
                                          SettingStability stability = SettingStability::kStable) {
  return NumberSetting(SettingType::kInteger, name, by_default, min, max, why, stability);
}

consteval Setting<int64_t> BytesSetting(std::string_view name, int64_t by_default, int64_t min, int64_t max,
                                        std::string_view why, SettingStability stability = SettingStability::kStable) {
  CHECK(name.ends_with("_bytes"));
  return NumberSetting(SettingType::kBytes, name, by_default, min, max, why, stability);
}

/// Default and bounds in nanoseconds: `5 * kSecond`.
consteval Setting<Nanos> DurationSetting(std::string_view name, Nanos by_default, Nanos min, Nanos max,
                                         std::string_view why, SettingStability stability = SettingStability::kStable) {
  CHECK(name.ends_with("_ms"));
  return NumberSetting(SettingType::kDuration, name, by_default, min, max, why, stability);
}

consteval Setting<bool> BoolSetting(std::string_view name, bool by_default, std::string_view why,
                                    SettingStability stability = SettingStability::kStable) {
  CHECK(IsSettingName(name) && !why.empty());
  return {{.name = name,
           .type = SettingType::kBool,
           .stability = stability,
           .default_number = by_default ? 1 : 0,
           .max_number = 1,
           .why = why}};
}

consteval Setting<double> RealSetting(std::string_view name, double by_default, double min, double max,
                                      std::string_view why, SettingStability stability = SettingStability::kStable) {
  CHECK(IsSettingName(name) && min <= by_default && by_default <= max && !why.empty());
  return {{.name = name,
           .type = SettingType::kReal,
           .stability = stability,
           .default_real = by_default,
           .min_real = min,
           .max_real = max,
           .why = why}};
}

consteval Setting<std::string_view> TextSetting(std::string_view name, std::string_view by_default,
                                                std::string_view why,
                                                SettingStability stability = SettingStability::kStable) {
  CHECK(IsSettingName(name) && !why.empty());
  return {{.name = name, .type = SettingType::kText, .stability = stability, .default_text = by_default, .why = why}};
}

/// Text that must be one of `choices`, which '|' separates.
consteval Setting<std::string_view> ChoiceSetting(std::string_view name, std::string_view by_default,
                                                  std::string_view choices, std::string_view why,
                                                  SettingStability stability = SettingStability::kStable) {
  Setting<std::string_view> setting = TextSetting(name, by_default, why, stability);
  CHECK(choices.find(by_default) != std::string_view::npos);
  setting.choices = choices;
  return setting;
}

}  // namespace cellar::common

namespace cellar {
using common::Setting;
using common::SettingDeclaration;
using common::SettingTable;
}  // namespace cellar
