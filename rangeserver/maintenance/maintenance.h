#pragma once

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/event.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "rangeserver/maintenance/compaction_policy.h"
#include "rangeserver/maintenance/range_compactor.h"
#include "rangeserver/ranges/loaded_ranges.h"

namespace cellar::rangeserver {

/// How hard background work works.
struct MaintenanceOptions {
  CompactionPolicy policy;
  Nanos interval = kSecond;                         ///< Between looks at the ranges.
  uint64_t cache_budget_bytes = uint64_t{2} << 30;  ///< All caches; beyond it, user tables' writes are refused as busy.
  uint64_t user_compactions = 1;                    ///< At once.

  MaintenanceOptions() = default;
};

/// Background work of a range server: looks at its ranges, compacts what needs it most, keeps the caches within their
/// budget. System ranges have a place of their own and never wait for users'. Loop only; Stop before destruction.
class Maintenance {
 public:
  /// Borrows ranges and compactor. `after_compaction` is called on the loop when one has been installed.
  Maintenance(Executor& executor, LoadedRanges& ranges, RangeCompactor& compactor, const MaintenanceOptions& options,
              std::function<Task<void>(model::RangeKey)> after_compaction);

  void Start();
  Task<void> Stop();

  /// Compacts these ranges, at most so many at once as options say; the first error.
  Task<Status> CompactAll(std::vector<std::shared_ptr<LoadedRange>> ranges, CompactionKind kind);

  /// A compaction that waits for its place, or runs.
  struct Work {
    model::RangeKey range;
    CompactionKind kind = CompactionKind::kMinor;
    bool running = false;
    Nanos since = 0;  ///< Monotonic.

    Work() = default;
  };
  const std::list<Work>& under_way() const { return under_way_; }

  /// Until nothing is under way, or `deadline`.
  Task<void> WaitIdle(Deadline deadline);

  /// kBusy while the caches are over their budget.
  Status Admit() const;

  uint64_t cache_bytes() const { return cache_bytes_; }  ///< As of the last look.

 private:
  Task<void> Run();
  void LookAtRanges();
  void Schedule(const std::shared_ptr<LoadedRange>& range, CompactionKind kind);
  Task<void> CompactScheduled(std::shared_ptr<LoadedRange> range, CompactionKind kind);
  Task<void> CompactOne(std::shared_ptr<LoadedRange> range, CompactionKind kind, Status* first_error);

  Executor& executor_;
  LoadedRanges& ranges_;
  RangeCompactor& compactor_;
  const MaintenanceOptions options_;
  std::function<Task<void>(model::RangeKey)> after_compaction_;
  CancellationSource stop_;
  Semaphore user_places_;
  Semaphore system_places_{1, "system compactions"};
  uint64_t cache_bytes_ = 0;
  std::set<std::string> scheduled_;  ///< Ranges that wait for their place or are compacted: each once.
  std::list<Work> under_way_;
  common::Event idle_{"maintenance"};  ///< Woken when under_way_ has become empty.
  TaskGroup tasks_;
};

}  // namespace cellar::rangeserver
