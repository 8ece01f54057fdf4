#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "model/file_names.h"
#include "model/ids.h"

namespace cellar::rangeserver {

using model::CellStorePath;
using model::TableDirectory;

/// Gives out file ids: the upper half is the block that the master granted to this incarnation, the lower half counts.
/// Thread-safe.
class FileIdSequence {
 public:
  explicit FileIdSequence(uint32_t block) : block_(block) {}

  /// kNoSpace after 2^32 - 1 files in one life.
  Result<model::FileId> Next() EXCLUDES(mutex_);

  /// The file is about to be made and no manifest names it yet, or none names it any more and it could not be removed:
  /// from here to Settle it is under way, and no orphan.
  void Begin(model::FileId file) EXCLUDES(mutex_);
  /// A manifest names the files, or they were removed.
  void Settle(std::span<const model::FileId> files) EXCLUDES(mutex_);
  std::vector<model::FileId> UnderWay() const EXCLUDES(mutex_);

 private:
  const uint32_t block_;
  mutable common::Mutex mutex_;
  uint64_t next_ GUARDED_BY(mutex_) = 1;
  std::set<model::FileId> under_way_ GUARDED_BY(mutex_);
};

}  // namespace cellar::rangeserver
