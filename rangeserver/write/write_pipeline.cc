#include "rangeserver/write/write_pipeline.h"

#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "common/fault/co_fault_point.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {

using common::RunJob;

WritePipeline::WritePipeline(WriteSeams seams, std::unique_ptr<GroupLog> log, const WritePipelineOptions& options)
    : seams_(std::move(seams)),
      options_(options),
      log_(std::move(log)),
      bytes_in_flight_(options.max_bytes_in_flight, "write bytes in flight"),
      sequencer_(seams_.executor.clock(), options.max_clock_jump),
      router_(seams_, *locks_, options.log_class),
      tasks_(seams_.executor) {
  tasks_.Spawn(CommitGroups(), "commit groups");
  tasks_.Spawn(ApplyGroups(), "apply groups");
}

// ---- Admission

Status WritePipeline::CheckAdmission(const WriteBatch& batch) {
  if (batch.frame.size() > model::kMaxFrameBytes) return common::InvalidArgument("frame is too large");
  if (batch.session == model::SessionId()) return common::OkStatus();
  if (batch.expires_at - sequencer_.WallForExpiry() > options_.max_batch_life + options_.max_clock_jump)
    return common::TimedOut("the batch expires too far ahead: its life is too long, or clocks differ");
  return CheckNotExpired(batch);
}

Status WritePipeline::CheckNotExpired(const WriteBatch& batch) {
  const bool is_over = batch.session != model::SessionId() && batch.expires_at <= sequencer_.WallForExpiry();
  return is_over ? common::TimedOut("the batch has expired") : common::OkStatus();
}

Task<Status> WritePipeline::Parse(std::shared_ptr<PendingBatch> pending) {
  const model::TableId table = pending->batch.table;
  CO_TRY(const model::KeyCodec codec, router_.CodecOf(table));
  model::CellLimits limits = model::CellLimits::For(table);
  limits.max_value_bytes = options_.max_value_bytes;
  auto parse = [pending, limits, codec]() -> Status {
    ASSIGN_OR_RETURN(pending->frame, model::ParseFrame(pending->batch.frame, limits, codec));
    return common::OkStatus();
  };
  if (pending->batch.frame.size() < options_.inline_parse_bytes) co_return parse();
  co_return co_await RunJob(seams_.executor, JobClass::kRead, std::move(parse));
}

std::shared_ptr<PendingBatch> WritePipeline::FindInFlight(const WriteBatch& batch) const {
  if (batch.session == model::SessionId()) return nullptr;
  const auto found = in_flight_.find(BatchId(batch.session, batch.sequence));
  return found == in_flight_.end() ? nullptr : found->second;
}

Task<Status> WritePipeline::EnqueueWhenFree(std::shared_ptr<PendingBatch> pending, Status refusal) {
  while (true) {
    if (const auto same = FindInFlight(pending->batch)) {
      static_cast<void>(co_await AwaitDone(same));
      continue;
    }
    const bool is_free = router_.Route(pending.get(), false);
    if (is_free && pending->parts.empty()) co_return common::OkStatus();
    CO_RETURN_IF_ERROR(refusal);
    CO_RETURN_IF_ERROR(log_status_);
    if (is_free) co_return Enqueue(pending);
    co_await locks_->changed().Wait();
  }
}

Status WritePipeline::Enqueue(const std::shared_ptr<PendingBatch>& pending) {
  if (!log_status_.ok()) return log_status_;
  if (pending->parts.empty()) return common::OkStatus();
  // Once more, after all that it may have waited for: its sender may count on it that nothing of it is applied later.
  RETURN_IF_ERROR(CheckNotExpired(pending->batch));
  ASSIGN_OR_RETURN(const model::Revision base, sequencer_.Take(std::max<uint32_t>(1, pending->frame.ordinal_span)));
  for (PendingBatch::Part& part : pending->parts) {
    part.section.base = base;
    if (!part.is_refused) pending->outcome.base = base;
  }
  if (pending->batch.session != model::SessionId())
    in_flight_[BatchId(pending->batch.session, pending->batch.sequence)] = pending;
  AddToGroup(pending);
  return common::OkStatus();
}

void WritePipeline::AddToGroup(const std::shared_ptr<PendingBatch>& pending) {
  uint64_t bytes = 0;
  size_t directory_bytes = 0;
  for (PendingBatch::Part& part : pending->parts) {
    bytes += part.section.cells.size();
    directory_bytes += storage::MaxDirectoryBytes(part.section);
    if (pending->durability == model::Durability::kFlush) part.section.flags |= storage::kSectionFlushClass;
  }
  const bool fits = !open_.empty() && open_.back()->bytes < options_.group_bytes &&
                    open_.back()->bytes + bytes <= storage::kMaxBlockPayloadBytes &&
                    open_.back()->directory_bytes + directory_bytes <= storage::kMaxGroupDirectoryBytes;
  if (!fits) open_.push_back(std::make_shared<CommitGroup>());
  CommitGroup& group = *open_.back();
  group.batches.push_back(pending);
  group.bytes += bytes;
  group.directory_bytes += directory_bytes;
  group.logged |= pending->durability != model::Durability::kNone;
  group.must_sync |= pending->durability == model::Durability::kSync;
  ++queued_count_;
  work_.WakeAll();
}

Task<Status> WritePipeline::AwaitDone(std::shared_ptr<PendingBatch> pending) {
  while (!pending->is_done) co_await pending->done.Wait();
  co_return pending->status;
}

Task<void> WritePipeline::AwaitVisible(uint64_t batch_count) {
  while (visible_count_ < batch_count) co_await applied_.Wait();
}

/// Parses side by side with others, enqueues in the order in which the session's batches came.
Task<Status> WritePipeline::EnqueueInTurn(std::shared_ptr<PendingBatch> pending, bool has_room) {
  const model::SessionId session = pending->batch.session;
  const Clock& clock = seams_.executor.clock();
  SessionOrder::Place place(sessions_, session);
  Status status = CheckAdmission(pending->batch);
  if (status.ok()) status = co_await Parse(pending);
  co_await place.AwaitTurn();
  if (status.ok()) {
    Status refusal = sessions_->CheckGoesOn(session, pending->batch.resumes, clock.MonotonicNow());
    if (!has_room) refusal = common::Busy("too many bytes of writes in flight");
    status = co_await EnqueueWhenFree(pending, std::move(refusal));
  }
  sessions_->NoteRefusal(session, status, clock.MonotonicNow());
  for (const RefusedRows& rows : pending->outcome.refused)
    sessions_->NoteRefusal(session, rows.status, clock.MonotonicNow());
  co_return status;
}

Task<Result<WriteOutcome>> WritePipeline::Write(WriteBatch batch) {
  const common::Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return common::Cancelled("the server is stopping");
  auto pending = std::make_shared<PendingBatch>();
  pending->batch = std::move(batch);
  const Semaphore::Permit permit = bytes_in_flight_.TryAcquire(pending->batch.frame.size());
  CO_RETURN_IF_ERROR(co_await EnqueueInTurn(pending, static_cast<bool>(permit)));
  if (!pending->parts.empty()) {
    CO_RETURN_IF_ERROR(co_await AwaitDone(pending));
    CO_FAULT_POINT(seams_.executor, seams_.faults, "write.answer.before");
  }
  co_return pending->outcome;
}

// ---- For others on the server

Task<Status> WritePipeline::Barrier(bool sync) {
  co_await AwaitVisible(queued_count_);
  if (!sync) co_return log_status_;
  const AsyncMutex::Permit lock = co_await log_mutex_.Acquire();
  if (dead_) co_return log_status_;
  auto sync_all = [log = log_.get()] { return log->SyncAll(); };
  Status status = co_await RunJob(seams_.executor, JobClass::kLog, std::move(sync_all));
  if (!status.ok()) status = co_await RetryUntilItHolds(std::move(status));
  if (!status.ok()) Die(status);
  co_return status;
}

Task<Result<Nanos>> WritePipeline::Settle() {
  const Nanos wall = sequencer_.WallForExpiry();
  CO_RETURN_IF_ERROR(co_await Barrier(false));
  co_return wall;
}

storage::FlushedTest WritePipeline::MakeFlushedTest() const {
  if (seams_.faults.Planted(Defect::kLogPrunedBeforeManifest))
    return [](const storage::LoggedRange&, model::Revision) { return true; };
  struct Flushed {
    model::RangeKey key;
    model::Revision up_to;
  };
  std::vector<Flushed> ranges;
  for (const auto& loaded : seams_.ranges.All()) {
    const model::Revision up_to =
        loaded->range == nullptr ? model::Revision{INT64_MIN} : loaded->range->manifest().min_flushed();
    ranges.push_back({.key = loaded->record.range, .up_to = up_to});
  }
  return [ranges = std::move(ranges)](const storage::LoggedRange& logged, model::Revision max) {
    return std::all_of(ranges.begin(), ranges.end(), [&](const Flushed& range) {
      return range.key.table != logged.table || range.up_to >= max ||
             !logged.OverlapsRows(range.key.start_row, range.key.end_row);
    });
  };
}

Task<Result<size_t>> WritePipeline::Prune(bool close_current) {
  const AsyncMutex::Permit lock = co_await log_mutex_.Acquire();
  if (!log_status_.ok()) co_return log_status_;
  auto prune = [log = log_.get(), is_flushed = MakeFlushedTest(), close_current] {
    return log->Prune(is_flushed, close_current);
  };
  Result<size_t> pruned = co_await RunJob(seams_.executor, JobClass::kLog, std::move(prune));
  stats_.log_bytes = log_->unpruned_bytes();
  co_return pruned;
}

Task<std::vector<storage::LoggedRange>> WritePipeline::PinnedBy() {
  const AsyncMutex::Permit lock = co_await log_mutex_.Acquire();
  co_return log_->PinnedBy(MakeFlushedTest());
}

Task<Status> WritePipeline::Close() {
  closing_ = true;
  co_await gate_.CloseAndDrain();
  work_.WakeAll();
  co_await tasks_.Join();
  if (dead_) co_return log_status_;
  auto sync_all = [log = log_.get()] { return log->SyncAll(); };
  co_return co_await RunJob(seams_.executor, JobClass::kLog, std::move(sync_all));
}

}  // namespace cellar::rangeserver
