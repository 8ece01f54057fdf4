#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hql/separator.h"

namespace cellar::hql {

/// How LOAD DATA INFILE reads its source.
struct LoadOptions {
  std::vector<std::string> row_key_columns;  ///< As written: "%05id". Empty: the first column.
  std::string timestamp_column;              ///< Empty: none.
  uint32_t row_uniquify_chars = 0;
  bool duplicate_key_columns = false;
  bool escaped = true;
  bool ignore_unknown_families = false;
  bool single_cell_format = false;
  char separator = kDefaultSeparator;

  LoadOptions() = default;
};

}  // namespace cellar::hql
