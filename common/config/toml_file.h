#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace cellar::common {

/// One assignment of a TOML text: tables and dotted keys become one dotted name.
struct TomlEntry {
  std::string name;
  std::string text;     ///< The value as people would write it in --set.
  bool quoted = false;  ///< It was a string.
  uint32_t line = 0;
};

/// Largest configuration text that is looked at.
inline constexpr size_t kMaxConfigBytes = 1 << 20;

/// The assignments in the order of their lines. kInvalidArgument naming `file_name:line` for malformed TOML and for
/// values that no setting takes (arrays, dates).
Result<std::vector<TomlEntry>> ParseToml(std::string_view file_name, std::string_view toml);

}  // namespace cellar::common
