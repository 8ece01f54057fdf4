#pragma once

#include <string_view>

namespace cellar::hql {

inline constexpr char kDefaultSeparator = '\t';

/// Whether fields may be separated by this character: not by one that would be confused with an escape or a line end.
constexpr bool IsUsableSeparator(char separator) {
  return std::string_view("\\\n\rnrt0").find(separator) == std::string_view::npos && separator != '\0';
}

}  // namespace cellar::hql
