#pragma once

#include <optional>

#include "rangeserver/range/range.h"

namespace cellar::rangeserver {

/// When a range is compacted by itself.
struct CompactionPolicy {
  uint64_t max_cache_bytes = 64 << 20;  ///< A range's caches are written to files when they hold more.
  uint32_t max_group_stores = 8;        ///< Files of an access group are merged when there are more.

  CompactionPolicy() = default;
};

/// What one range needs most; nullopt: nothing. `replayed`: it holds cells whose log is kept for it.
std::optional<CompactionKind> ChooseCompaction(const CompactionPolicy& policy, const RangeStats& stats, bool replayed);

}  // namespace cellar::rangeserver
