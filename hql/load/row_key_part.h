#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::hql {

/// One column of ROW_KEY_COLUMN with how it is filled up: `%05c` zeros before, `%5c` blanks before, `%-5c` blanks
/// after;
/// `\%c` is the column %c.
struct RowKeyPart {
  std::string column;
  uint32_t width = 0;  ///< In bytes; 0: as it is.
  char fill = ' ';
  bool left_justified = false;

  /// kInvalidArgument with public code 0x60001.
  static Result<RowKeyPart> Parse(std::string_view text);

  /// Appends the column's text, filled up; what is longer than the width is not cut.
  void Append(std::string_view text, std::string* row) const;
};

inline constexpr uint32_t kMaxRowKeyWidth = 1024;

}  // namespace cellar::hql
