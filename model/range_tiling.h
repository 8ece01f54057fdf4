#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/metadata_row.h"

namespace cellar::model {

/// A place where ranges do not tile what they should.
struct TilingProblem {
  enum class Kind : uint8_t { kHole, kOverlap };

  Kind kind = Kind::kHole;
  /// The range at or behind which it shows, as an index; as many as there are ranges: behind the last.
  size_t index = 0;
  std::string text;  ///< "no range holds the rows from "a" to "m""

  TilingProblem() = default;
};

/// Where `ranges`, rows of one table in the order of METADATA, leave rows of `whole` without a range or give them two.
/// `whole` is all of a table, or all rows of METADATA behind the root range.
std::vector<TilingProblem> FindTilingProblems(const RangeKey& whole, std::span<const RangeRecord> ranges);

/// All rows of `table` that METADATA has rows for: everything but, for METADATA itself, the root range.
RangeKey AllOfTable(TableId table);

}  // namespace cellar::model
