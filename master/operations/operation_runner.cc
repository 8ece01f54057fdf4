#include "master/operations/operation_runner.h"

namespace cellar::master {
namespace {

/// Says nothing about the request: worth another try.
bool IsTransient(const Status& status) {
  switch (status.code()) {
    case StatusCode::kUnavailable:
    case StatusCode::kTimedOut:
    case StatusCode::kBusy:
    case StatusCode::kNotOwner:
    case StatusCode::kNoSpace:
    case StatusCode::kIoError:
    case StatusCode::kFenced:
    case StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

}  // namespace

OperationRunner::OperationRunner(MasterCore& core) : core_(core), tasks_(core.executor()) {
  for (const OperationKind kind : {OperationKind::kCreateNamespace, OperationKind::kDropNamespace,
                                   OperationKind::kCreateTable, OperationKind::kDropTable, OperationKind::kAlterTable,
                                   OperationKind::kRenameTable, OperationKind::kSetVariables}) {
    kinds_[kind] = MakeOperation(kind, core);
  }
}

void OperationRunner::Start() {
  std::vector<PendingPtr> unfinished;
  for (const auto& [id, operation] : core_.log().operations()) {
    if (operation.done) continue;
    auto pending = std::make_shared<Pending>(operation);
    pending_[KeyOf(operation)] = pending;
    unfinished.push_back(std::move(pending));
  }
  tasks_.Spawn(ResumeAll(std::move(unfinished)), "operations of earlier masters");
}

void OperationRunner::Stop() {
  stopped_ = true;
  tasks_.DestroyAll();
  for (auto& [key, pending] : pending_) pending->done.Set();
}

const OperationEntity* OperationRunner::FindKept(const OperationEntity& wanted) const {
  for (const auto& [id, operation] : core_.log().operations()) {
    if (operation.done && KeyOf(operation) == KeyOf(wanted)) return &operation;
  }
  return nullptr;
}

Task<Result<OperationEntity>> OperationRunner::Execute(OperationEntity wanted, Deadline deadline) {
  if (stopped_) co_return common::Unavailable("the master is stopping");
  if (wanted.session == 0) co_return common::InvalidArgument("the request has no id");
  const bool forgets =
      wanted.kind == OperationKind::kCreateTable && core_.faults().Planted(Defect::kCreateAppliedTwice);
  if (const OperationEntity* kept = forgets ? nullptr : FindKept(wanted)) {
    if (kept->kind != wanted.kind) co_return common::InvalidArgument("the request id belongs to another request");
    co_return *kept;
  }
  PendingPtr pending;
  if (const auto found = pending_.find(KeyOf(wanted)); found != pending_.end() && !forgets) {
    pending = found->second;
    if (pending->operation.kind != wanted.kind) {
      co_return common::InvalidArgument("the request id belongs to another request");
    }
  } else {
    if (pending_.size() >= kMaxPending) co_return common::Busy("too many operations are waiting");
    pending = std::make_shared<Pending>(std::move(wanted));
    pending->deadline = deadline;
    pending_[KeyOf(pending->operation)] = pending;
    tasks_.Spawn(RunNew(pending), "operation");
  }
  const bool done = co_await pending->done.WaitUntil(deadline);
  if (!done) co_return common::TimedOut("the operation may go on; so far: " + pending->last_error.ToString());
  if (!pending->operation.done) co_return common::Unavailable("the master is stopping; the operation may go on");
  co_return pending->operation;
}

Task<void> OperationRunner::ResumeAll(std::vector<PendingPtr> unfinished) {
  common::AsyncMutex::Permit turn = co_await turn_.Acquire();
  if (!unfinished.empty()) co_await core_.catalog_ready().Wait();
  for (const PendingPtr& pending : unfinished) {
    core_.logger().Info("going on with an operation", {{"operation", pending->operation.id},
                                                       {"kind", OperationKindName(pending->operation.kind)},
                                                       {"subject", pending->operation.path},
                                                       {"step", pending->operation.step}});
    co_await RunSteps(pending);
    Finish(pending);
  }
}

Task<void> OperationRunner::RunNew(PendingPtr pending) {
  common::AsyncMutex::Permit turn = co_await turn_.Acquire();
  const bool wanted = co_await Check(pending);
  if (wanted) co_await RunSteps(pending);
  Finish(pending);
}

Task<bool> OperationRunner::Check(PendingPtr pending) {
  while (true) {
    const bool ready = co_await core_.catalog_ready().WaitUntil(pending->deadline);
    OperationEntity operation = pending->operation;
    Result<bool> checked = common::Unavailable("the master is recovering");
    if (ready) checked = co_await kinds_.at(operation.kind)->Check(&operation);
    if (checked.ok() && *checked) {
      operation.id = core_.log().TakeOperation();
      pending->operation = operation;
      co_await core_.SaveSurely(std::move(operation));
      core_.logger().Info("operation begins", {{"operation", pending->operation.id},
                                               {"kind", OperationKindName(pending->operation.kind)},
                                               {"subject", pending->operation.path},
                                               {"session", pending->operation.session},
                                               {"request", pending->operation.sequence}});
      co_return true;
    }
    pending->last_error = checked.status();
    const bool again = !checked.ok() && IsTransient(checked.status()) && !core_.deposed() &&
                       !pending->deadline.Expired(core_.executor().clock());
    if (!again) {
      const Status newest = co_await core_.ConfirmNewest();
      const Status outcome = checked.status();
      pending->operation.set_outcome(newest.ok() ? outcome : newest);
      co_return false;
    }
    co_await core_.Pause(MasterCore::kRetryPause);
  }
}

Task<void> OperationRunner::RunSteps(PendingPtr pending) {
  OperationEntity& operation = pending->operation;
  const std::string subject = std::string(OperationKindName(operation.kind)) + " " + operation.path;
  while (!operation.done) {
    const Status status = co_await RunStep(pending);
    pending->last_error = status;
    if (status.ok()) {
      core_.problems().Clear(subject);
      continue;
    }
    core_.problems().Set(subject, status);
    core_.logger().Warning(
        "a step has to be run again",
        {{"operation", operation.id}, {"subject", subject}, {"step", operation.step}, {"error", status.ToString()}});
    co_await core_.Pause(MasterCore::kRetryPause);
  }
}

Task<Status> OperationRunner::RunStep(PendingPtr pending) {
  CO_RETURN_IF_ERROR(core_.CheckActive());
  Operation& kind = *kinds_.at(pending->operation.kind);
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.operation.before_step");
  OperationEntity next = pending->operation;
  if (next.step < kind.step_count(next)) {
    CO_RETURN_IF_ERROR(co_await kind.Run(next));
    ++next.step;
  }
  if (next.step == kind.step_count(next)) next.set_outcome(common::OkStatus());
  co_await core_.SaveSurely(next);
  pending->operation = std::move(next);
  co_return common::OkStatus();
}

void OperationRunner::Finish(const PendingPtr& pending) {
  if (pending->operation.id != 0) {
    core_.logger().Info("operation ends", {{"operation", pending->operation.id}, {"subject", pending->operation.path}});
  }
  pending_.erase(KeyOf(pending->operation));
  pending->done.Set();
}

}  // namespace cellar::master
