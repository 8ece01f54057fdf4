#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"

namespace cellar::model {

/// A parsed BLOOMFILTER option: `none`, `rows`, `rows+cols`, each with `--bits-per-item f --num-hashes n` (together) or
/// `--false-positive p`, and `--max-approx-items n`.
struct BloomSpec {
  enum class Mode : uint8_t { kNone = 0, kRows = 1, kRowsAndColumns = 2 };

  Mode mode = Mode::kRows;
  double false_positive = 0.01;
  double bits_per_item = 0;  ///< 0: follows from false_positive.
  int hash_count = 0;        ///< 0: likewise.
  uint32_t max_approx_items = 1000;

  /// kInvalidArgument with public code 0x60002 and the offending word.
  static Result<BloomSpec> Parse(std::string_view text);

  friend bool operator==(const BloomSpec&, const BloomSpec&) = default;
};

inline constexpr std::string_view kDefaultBloomFilter = "rows";

}  // namespace cellar::model
