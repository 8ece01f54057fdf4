#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/event.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/fault/fault_points.h"
#include "common/logging/logger.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/ranges/range_rows.h"

namespace cellar::rangeserver {

/// Where the rows of a server's ranges are: the root's own, and METADATA for all others.
struct RowStores {
  RangeRows* metadata = nullptr;
  std::unique_ptr<RangeRows> root;  ///< Set while this server holds the root range.

  RowStores() = default;
  RangeRows& For(const model::RangeKey& range) { return range == model::RootRange() ? *root : *metadata; }
};

/// Compactions of one kind.
struct CompactionCounts {
  uint64_t running = 0;
  uint64_t ended = 0;
  uint64_t failed = 0;  ///< Of these.

  CompactionCounts() = default;
};

/// Compacts one range at a time from its caches and files to an installed manifest (protocols.md B4): the job writes
/// and verifies files, the row in METADATA is changed by a conditional write, only then caches, files and logs are let
/// go. Loop only.
class RangeCompactor {
 public:
  /// Borrows executor, rows and faults. Installations that cannot be finished end when `stop` is cancelled.
  RangeCompactor(Executor& executor, RowStores& rows, FaultPoints& faults, Logger logger, CancellationToken stop)
      : executor_(executor), rows_(rows), faults_(faults), logger_(std::move(logger)), stop_(std::move(stop)) {}

  /// Waits for a compaction of the range under way, then runs one. OK also when there was nothing to do. kFenced: the
  /// range's row is somebody else's, and the range is offline now.
  Task<Status> Compact(std::shared_ptr<LoadedRange> range, CompactionKind kind);

  /// The range is to be dropped: ends a compaction of it that is under way, and every later one. Afterwards no file of
  /// it is made any more.
  Task<void> End(std::shared_ptr<LoadedRange> range);

  const std::map<CompactionKind, CompactionCounts>& counts() const { return counts_; }

 private:
  Task<Status> CompactAlone(std::shared_ptr<LoadedRange> range, CompactionKind kind);
  /// When there was nothing to compact.
  Task<Status> ForgetReplayedLogs(std::shared_ptr<LoadedRange> range, CompactionKind kind);
  /// After `why` has ended the installation. CompactAlone, which awaits it, keeps the edit alive.
  Task<Status> GiveUp(std::shared_ptr<LoadedRange> range, const ManifestEdit& edit, Status why);
  Task<Status> TryInstall(std::shared_ptr<LoadedRange> range, model::RangeRecord changed);
  /// CompactAlone, which awaits it, keeps the edit alive.
  Task<Status> Install(std::shared_ptr<LoadedRange> range, const ManifestEdit& edit, bool flushes_all);

  Executor& executor_;
  RowStores& rows_;
  FaultPoints& faults_;
  Logger logger_;
  CancellationToken stop_;
  common::Event changed_{"compaction"};
  std::map<CompactionKind, CompactionCounts> counts_;
};

}  // namespace cellar::rangeserver
