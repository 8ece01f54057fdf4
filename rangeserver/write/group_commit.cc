#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "rangeserver/write/write_pipeline.h"

// The two stages of a write pipeline behind its queue: one coroutine commits groups to the log, one applies them.

namespace cellar::rangeserver {

using common::RunJob;

namespace {

constexpr Nanos kLongestRetryPause = 5 * kSecond;

uint64_t CellsOf(const CommitGroup& group) {
  uint64_t cells = 0;
  for (const auto& batch : group.batches) {
    for (const PendingBatch::Part& part : batch->parts) cells += part.section.revision_count;
  }
  return cells;
}

/// Cells into the caches, in revision order.
void ApplyBatches(const CommitGroup& group) {
  for (const auto& batch : group.batches) {
    for (const PendingBatch::Part& part : batch->parts) {
      if (!part.is_refused) part.range->Apply(part.section);
    }
  }
}

}  // namespace

Task<void> WritePipeline::CommitGroups() {
  while (true) {
    while (open_.empty() && !gate_.closed()) co_await work_.Wait();
    if (open_.empty()) {
      if (gate_.inside() == 0) break;
      co_await work_.Wait();
      continue;
    }
    const std::shared_ptr<CommitGroup> group = open_.front();
    open_.pop_front();
    if (seams_.faults.Planted(Defect::kVisibleBeforeDurable)) ApplyBatches(*group);
    const Status status = co_await Commit(group);
    if (!status.ok()) {
      Die(status);
      FinishGroup(*group, log_status_);
      break;
    }
    committed_.push_back(group);
    to_apply_.WakeAll();
  }
  committing_is_over_ = true;
  to_apply_.WakeAll();
}

Task<Status> WritePipeline::Commit(std::shared_ptr<CommitGroup> group) {
  if (!group->logged) co_return common::OkStatus();
  const AsyncMutex::Permit lock = co_await log_mutex_.Acquire();
  if (dead_) co_return log_status_;
  const Nanos began = seams_.executor.clock().MonotonicNow();
  auto commit = [log = log_.get(), group] { return log->Commit(group); };
  Status status = co_await RunJob(seams_.executor, JobClass::kLog, std::move(commit));
  if (!status.ok()) status = co_await RetryUntilItHolds(std::move(status));
  stats_.log_bytes = log_->unpruned_bytes();
  stats_.log_fragments = log_->fragment_count();
  if (seams_.metrics != nullptr) {
    seams_.metrics->group_batches.Observe(static_cast<double>(group->batches.size()));
    seams_.metrics->group_bytes.Observe(static_cast<double>(group->bytes));
    seams_.metrics->commit_seconds.ObserveDuration(seams_.executor.clock().MonotonicNow() - began);
  }
  co_return status;
}

Task<Status> WritePipeline::RetryUntilItHolds(Status status) {
  const Deadline give_up = Deadline::After(seams_.executor.clock(), options_.give_up_after);
  Nanos pause = options_.retry_interval;  // Each try leaves a file behind, so they get rarer.
  while (!status.ok()) {
    const bool is_full = status.Is(StatusCode::kNoSpace);
    const bool is_final = status.Is(StatusCode::kFenced) || status.Is(StatusCode::kCancelled) || closing_ ||
                          (!is_full && give_up.Expired(seams_.executor.clock()));
    if (is_final) co_return status;
    log_status_ = is_full ? status : common::Unavailable("commit log: " + status.ToString());
    co_await common::SleepFor(seams_.executor, pause);
    pause = std::min(2 * pause, std::max(options_.retry_interval, kLongestRetryPause));
    auto retry = [log = log_.get()] { return log->Retry(); };
    status = co_await RunJob(seams_.executor, JobClass::kLog, std::move(retry));
  }
  log_status_ = common::OkStatus();
  co_return status;
}

Task<void> WritePipeline::ApplyGroups() {
  while (true) {
    while (committed_.empty() && !committing_is_over_) co_await to_apply_.Wait();
    if (committed_.empty()) break;
    const std::shared_ptr<CommitGroup> group = committed_.front();
    committed_.pop_front();
    const bool is_applied = seams_.faults.Planted(Defect::kVisibleBeforeDurable);
    if (!is_applied && group->bytes <= options_.inline_apply_bytes) {
      ApplyBatches(*group);
    } else if (!is_applied) {
      auto apply = [group] { ApplyBatches(*group); };
      co_await RunJob(seams_.executor, JobClass::kRead, std::move(apply));
    }
    ++stats_.group_count;
    stats_.batch_count += group->batches.size();
    stats_.cells_bytes += group->bytes;
    stats_.cell_count += CellsOf(*group);
    FinishGroup(*group, common::OkStatus());
  }
  for (const auto& group : open_) FinishGroup(*group, log_status_);  // The log died under them.
  open_.clear();
}

void WritePipeline::FinishGroup(const CommitGroup& group, const Status& status) {
  for (const auto& batch : group.batches) {
    const auto found = in_flight_.find(BatchId(batch->batch.session, batch->batch.sequence));
    if (found != in_flight_.end() && found->second == batch) in_flight_.erase(found);
    batch->hold.Release();
    batch->status = status;
    batch->is_done = true;
    batch->done.Set();
    ++visible_count_;
  }
  applied_.WakeAll();
}

void WritePipeline::Die(const Status& status) {
  if (dead_) return;
  dead_ = true;
  log_status_ = common::TimedOut("the commit log is dead, outcome unknown: " + status.ToString());
  if (seams_.on_dead) seams_.on_dead(status);
}

}  // namespace cellar::rangeserver
