#include "rangeserver/maintenance/compaction_policy.h"

namespace cellar::rangeserver {

std::optional<CompactionKind> ChooseCompaction(const CompactionPolicy& policy, const RangeStats& stats, bool replayed) {
  if (stats.max_group_stores > policy.max_group_stores) return CompactionKind::kMerging;
  if (stats.cache_bytes > policy.max_cache_bytes || stats.released_count > 0 || replayed) return CompactionKind::kMinor;
  return std::nullopt;
}

}  // namespace cellar::rangeserver
