#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/event.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/gate.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "lockservice/lease.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/write/frame_router.h"
#include "rangeserver/write/group_log.h"
#include "rangeserver/write/pending_batch.h"
#include "rangeserver/write/revision_sequencer.h"
#include "rangeserver/write/row_locks.h"
#include "rangeserver/write/session_order.h"
#include "rangeserver/write/write_batch.h"
#include "rangeserver/write/write_seams.h"

namespace cellar::rangeserver {

struct WritePipelineOptions {
  storage::LogClass log_class = storage::LogClass::kUser;  ///< Rows of ranges of another class are refused.
  uint64_t max_bytes_in_flight = uint64_t{128} << 20;      ///< Frames accepted and not yet visible; then kBusy.
  uint64_t group_bytes = 1 << 20;                          ///< A group is closed at this size.
  size_t inline_parse_bytes = 32 << 10;                    ///< Larger frames are parsed in a job.
  size_t inline_apply_bytes = 16 << 10;                    ///< Larger groups are applied in a job.
  Nanos max_clock_jump = 60 * kSecond;
  Nanos max_batch_life = 10 * 60 * kSecond;   ///< `expires_at` at most this, and max_clock_jump, ahead.
  Nanos retry_interval = 200 * kMillisecond;  ///< Between attempts on a log that fails.
  Nanos give_up_after = 30 * kSecond;         ///< Of attempts other than for lack of space.
  size_t max_value_bytes = model::kDefaultMaxValueBytes;
};

struct WritePipelineStats {
  uint64_t batch_count = 0;  ///< Applied.
  uint64_t cells_bytes = 0;
  uint64_t group_count = 0;
  uint64_t cell_count = 0;
  uint64_t bytes_in_flight = 0;
  uint64_t log_fragments = 0;
  uint64_t log_bytes = 0;  ///< Not pruned, as of the last job on the log.
};

/// The way of every write to the ranges of one log (docs/internals/write-pipeline.md). Owned by the range server; loop
/// only. Coroutines that it runs are its own: Close before it dies.
///
/// Invariants:
///  1. Queue order = revision order = log order = apply order.
///  2. A batch is visible, and answered OK, only after its group was appended and synced as its durability asks.
///  3. Nobody is answered "failed" for a batch that was queued: OK, or kTimedOut when the log is dead.
///  4. A (session, sequence) is applied at most once in each row.
class WritePipeline {
 public:
  WritePipeline(WriteSeams seams, std::unique_ptr<GroupLog> log, const WritePipelineOptions& options);

  /// Writes a batch. An error refuses it as a whole, and nothing was logged; kTimedOut alone may mean otherwise.
  /// Rows whose range is not served here, or belongs to another pipeline, are refused in the outcome; without any open
  /// range of the table the whole batch is.
  Task<Result<WriteOutcome>> Write(WriteBatch batch);

  /// Changes one row when every condition holds, atomically. The frame holds exactly one row. A retry of an applied
  /// mutation is answered as the first try was. One that is not applied leaves nothing behind and may be decided anew,
  /// unless the request is marked as a retry: then the refusal is remembered, and holds for every copy of the batch.
  Task<Result<MutationOutcome>> MutateRow(WriteBatch batch, MutationRequest request);

  /// Everything queued before is visible when this returns OK; with `sync`, and durable, whatever its class.
  Task<Status> Barrier(bool sync);

  /// Barrier(false), and the wall time from before it: no batch that expires by then will be taken any more.
  Task<Result<Nanos>> Settle();

  /// A range is about to serve: revisions given from now on are above its floor.
  void AddRange(const Range& range) { sequencer_.RaiseFloor(range.revision_floor()); }

  /// Drops log fragments that no loaded range needs. `close_current`: also what was written since the last roll.
  Task<Result<size_t>> Prune(bool close_current);

  /// Ranges that keep the oldest fragment from going, for the choice of what to flush.
  Task<std::vector<storage::LoggedRange>> PinnedBy();

  /// Before a stop: a log that fails (a full disk) is not tried again for ever; those who wait for it get kTimedOut.
  void StopRetrying() { closing_ = true; }

  /// Lets nothing in any more, waits for what is under way, syncs. The pipeline must be closed before it dies.
  Task<Status> Close();

  /// OK, or why new writes are refused now (disk full, log failing).
  const Status& log_status() const { return log_status_; }
  const WritePipelineStats& stats() const { return stats_; }

 private:
  using BatchId = std::pair<model::SessionId, model::SequenceNumber>;

  // Admission. A batch under way with the same identity, and rows that a mutation holds, are waited for. What speaks
  // against new batches (`refusal`, a log that fails) is said only of one that is neither under way nor done.
  Status CheckAdmission(const WriteBatch& batch);
  Status CheckNotExpired(const WriteBatch& batch);
  Task<Status> Parse(std::shared_ptr<PendingBatch> pending);
  Task<Status> EnqueueInTurn(std::shared_ptr<PendingBatch> pending, bool has_room);
  Task<Status> EnqueueWhenFree(std::shared_ptr<PendingBatch> pending, Status refusal);
  Status Enqueue(const std::shared_ptr<PendingBatch>& pending);
  std::shared_ptr<PendingBatch> FindInFlight(const WriteBatch& batch) const;
  void AddToGroup(const std::shared_ptr<PendingBatch>& pending);
  Task<Status> AwaitDone(std::shared_ptr<PendingBatch> pending);
  Task<void> AwaitVisible(uint64_t batch_count);

  // Conditional mutations, in steps (mutate_row.cc).
  Task<Status> LatchRow(std::shared_ptr<PendingBatch> pending);
  Task<Result<MutationOutcome>> MutateLatched(std::shared_ptr<PendingBatch> pending, MutationRequest request);
  Task<Result<MutationOutcome>> AnswerRepeated(std::shared_ptr<PendingBatch> pending, MutationRequest request);
  Task<Result<MutationVerdict>> Decide(std::shared_ptr<PendingBatch> pending, MutationRequest request);
  Task<Result<MutationOutcome>> Apply(std::shared_ptr<PendingBatch> pending, MutationRequest request,
                                      std::vector<CounterValue> counters);
  Task<Result<MutationOutcome>> Refuse(std::shared_ptr<PendingBatch> pending, MutationRequest request,
                                       std::vector<FailedCondition> failed);
  Task<Status> RememberRefusal(std::shared_ptr<PendingBatch> pending, std::string result);
  /// Where the row is now: an error when it may not be written here.
  Status RouteLatched(PendingBatch* pending) const;

  // The two stages, one coroutine each.
  Task<void> CommitGroups();
  Task<Status> Commit(std::shared_ptr<CommitGroup> group);
  Task<Status> RetryUntilItHolds(Status status);
  Task<void> ApplyGroups();
  void FinishGroup(const CommitGroup& group, const Status& status);
  void Die(const Status& status);

  storage::FlushedTest MakeFlushedTest() const;

  WriteSeams seams_;
  const WritePipelineOptions options_;
  std::unique_ptr<GroupLog> log_;
  Semaphore bytes_in_flight_;
  AsyncMutex log_mutex_{"commit log"};  ///< One job at a time uses log_.
  RevisionSequencer sequencer_;
  const std::shared_ptr<RowLocks> locks_ = std::make_shared<RowLocks>();
  const std::shared_ptr<SessionOrder> sessions_ = std::make_shared<SessionOrder>();
  FrameRouter router_;

  std::deque<std::shared_ptr<CommitGroup>> open_;       ///< The last one takes batches.
  std::deque<std::shared_ptr<CommitGroup>> committed_;  ///< To be applied.
  common::Event work_{"groups to commit"};
  common::Event to_apply_{"groups to apply"};
  common::Event applied_{"batches to become visible"};
  std::map<BatchId, std::shared_ptr<PendingBatch>> in_flight_;  ///< Queued, not yet visible.
  uint64_t queued_count_ = 0;                                   ///< Batches ever queued …
  uint64_t visible_count_ = 0;                                  ///< … and visible; in the same order.

  Status log_status_;
  bool dead_ = false;
  bool closing_ = false;
  bool committing_is_over_ = false;
  common::Gate gate_{"write pipeline"};
  WritePipelineStats stats_;
  TaskGroup tasks_;
};

}  // namespace cellar::rangeserver
