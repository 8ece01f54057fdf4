#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/config/setting.h"

namespace cellar::common {

/// A setting's value; which member counts is told by the declaration's type.
struct SettingValue {
  int64_t number = 0;
  double real = 0;
  std::string text;
};

SettingValue DefaultValue(const SettingDeclaration& declaration);

/// Reads a value as people write it and checks it against the bounds. kInvalidArgument says what was expected, or which
/// bound was crossed; it does not name the setting.
Result<SettingValue> ParseSettingValue(const SettingDeclaration& declaration, std::string_view text);

/// The shortest text that ParseSettingValue reads back: "64MiB", "10s", "true".
std::string FormatSettingValue(const SettingDeclaration& declaration, const SettingValue& value);

/// "from 1MiB to 1GiB", "true or false", "one of embedded, zookeeper"; empty when anything will do.
std::string DescribeBounds(const SettingDeclaration& declaration);

}  // namespace cellar::common
