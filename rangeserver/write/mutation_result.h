#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace cellar::rangeserver {

/// What is remembered of a conditional row mutation, in its log section and in the range's window, so that a retry is
/// answered as the first try was (docs/internals/write-pipeline.md, *Results*).
struct MutationResult {
  bool applied = true;
  std::vector<int64_t> counters;  ///< Applied: of the counters in the cells, in their order.
  std::vector<size_t> failed;     ///< Refused: the conditions that did not hold.

  MutationResult() = default;

  std::string Encode() const;
  /// Of no bytes: applied, without counters. kCorruption.
  static Result<MutationResult> Decode(std::string_view bytes);
};

}  // namespace cellar::rangeserver
