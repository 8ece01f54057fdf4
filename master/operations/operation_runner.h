#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "master/cluster/master_core.h"
#include "master/operations/operation.h"

namespace cellar::master {

/// Takes operations through their life, one at a time, first come first served; unfinished ones of earlier masters come
/// first, as soon as the catalog can be read. A step that fails is run again until it succeeds, so that whoever waits
/// may give up while the operation goes on. Owned by the Master. Loop only. Borrows the core.
///
/// Invariant: a request id is answered with one outcome, however often and to whichever master it is sent, as long as
/// the operation is kept (MasterLog::kKeptOperations). Refusals change nothing and are not kept.
class OperationRunner {
 public:
  explicit OperationRunner(MasterCore& core);

  /// Before any Execute.
  void Start();
  /// Wakes those who wait with kUnavailable; gives up where it stands.
  void Stop();

  /// The finished operation, or its refusal. kTimedOut: it may go on. kBusy: too many are waiting.
  Task<Result<OperationEntity>> Execute(OperationEntity wanted, Deadline deadline);

  /// Waits for their turn or are under way.
  size_t pending_count() const { return pending_.size(); }

  static constexpr size_t kMaxPending = 1000;

 private:
  using RequestKey = std::pair<int64_t, int64_t>;
  struct Pending {
    explicit Pending(OperationEntity wanted) : operation(std::move(wanted)) {}

    OperationEntity operation;
    Deadline deadline;  ///< Of the first who asked: an operation that was not recorded by then is given up.
    Status last_error;
    Event done{"operation"};
  };
  using PendingPtr = std::shared_ptr<Pending>;

  static RequestKey KeyOf(const OperationEntity& operation) { return {operation.session, operation.sequence}; }
  const OperationEntity* FindKept(const OperationEntity& wanted) const;
  Task<void> ResumeAll(std::vector<PendingPtr> unfinished);
  Task<void> RunNew(PendingPtr pending);
  /// False: refused, or nothing to do; the outcome is in the operation.
  Task<bool> Check(PendingPtr pending);
  Task<void> RunSteps(PendingPtr pending);
  Task<Status> RunStep(PendingPtr pending);
  void Finish(const PendingPtr& pending);

  MasterCore& core_;
  std::map<OperationKind, std::unique_ptr<Operation>> kinds_;
  std::map<RequestKey, PendingPtr> pending_;
  bool stopped_ = false;
  common::AsyncMutex turn_{"operations"};
  TaskGroup tasks_;
};

}  // namespace cellar::master
