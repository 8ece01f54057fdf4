#include "rangeserver/maintenance/maintenance.h"

#include <utility>

namespace cellar::rangeserver {

Maintenance::Maintenance(Executor& executor, LoadedRanges& ranges, RangeCompactor& compactor,
                         const MaintenanceOptions& options, std::function<Task<void>(model::RangeKey)> after_compaction)
    : executor_(executor),
      ranges_(ranges),
      compactor_(compactor),
      options_(options),
      after_compaction_(std::move(after_compaction)),
      user_places_(options.user_compactions, "user compactions"),
      tasks_(executor) {}

void Maintenance::Start() {
  tasks_.Spawn(Run(), "maintenance");
}

Task<void> Maintenance::Run() {
  while (true) {
    const bool stopped = co_await stop_.token().SleepUntil(Deadline::After(executor_.clock(), options_.interval));
    if (stopped) co_return;
    LookAtRanges();
  }
}

void Maintenance::LookAtRanges() {
  cache_bytes_ = 0;
  std::shared_ptr<LoadedRange> largest;
  uint64_t largest_bytes = 0;
  for (const std::shared_ptr<LoadedRange>& range : ranges_.All()) {
    if (range->state != LoadedRange::State::kServing) continue;
    const RangeStats stats = range->range->stats();
    cache_bytes_ += stats.cache_bytes;
    if (range->compacting || scheduled_.contains(range->record.range.ToString())) continue;
    if (stats.cache_bytes > largest_bytes) {
      largest = range;
      largest_bytes = stats.cache_bytes;
    }
    const auto kind = ChooseCompaction(options_.policy, stats, !range->record.log_refs.empty());
    if (kind) Schedule(range, *kind);
  }
  // Half of the budget is for what comes in while the other half is written.
  const bool is_tight = cache_bytes_ > options_.cache_budget_bytes / 2;
  if (is_tight && largest != nullptr) Schedule(largest, CompactionKind::kMinor);
}

void Maintenance::Schedule(const std::shared_ptr<LoadedRange>& range, CompactionKind kind) {
  if (!scheduled_.insert(range->record.range.ToString()).second) return;
  tasks_.Spawn(CompactScheduled(range, kind), "compaction");
}

Task<void> Maintenance::CompactScheduled(std::shared_ptr<LoadedRange> range, CompactionKind kind) {
  Status ignored;  // the compactor has logged it
  co_await CompactOne(range, kind, &ignored);
  scheduled_.erase(range->record.range.ToString());
}

Task<void> Maintenance::CompactOne(std::shared_ptr<LoadedRange> range, CompactionKind kind, Status* first_error) {
  const auto work = under_way_.emplace(under_way_.end());
  work->range = range->record.range;
  work->kind = kind;
  work->since = executor_.clock().MonotonicNow();
  Semaphore& places = range->record.range.table.is_system() ? system_places_ : user_places_;
  Semaphore::Permit place = co_await places.Acquire();
  work->running = true;
  Status status = common::Cancelled("the range server is stopping");
  if (!stop_.cancelled()) status = co_await compactor_.Compact(range, kind);
  if (status.ok()) {
    co_await after_compaction_(range->record.range);
  } else if (first_error->ok()) {
    *first_error = status;
  }
  under_way_.erase(work);
  if (under_way_.empty()) idle_.WakeAll();
}

Task<void> Maintenance::WaitIdle(Deadline deadline) {
  while (!under_way_.empty()) {
    const bool woken = co_await idle_.WaitUntil(deadline);
    if (!woken) co_return;
  }
}

Task<Status> Maintenance::CompactAll(std::vector<std::shared_ptr<LoadedRange>> ranges, CompactionKind kind) {
  Status first_error;
  TaskGroup group(executor_);
  for (const std::shared_ptr<LoadedRange>& range : ranges) {
    group.Spawn(CompactOne(range, kind, &first_error), "compaction asked for");
  }
  co_await group.Join();
  co_return first_error;
}

Status Maintenance::Admit() const {
  if (cache_bytes_ <= options_.cache_budget_bytes) return common::OkStatus();
  return common::Busy("the server's caches are full: they are being written to files");
}

Task<void> Maintenance::Stop() {
  stop_.Cancel();
  co_await tasks_.Join();
}

}  // namespace cellar::rangeserver
