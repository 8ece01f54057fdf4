#include "master/cluster/master_core.h"

#include "common/concurrency/run_job.h"

namespace cellar::master {

MasterCore::MasterCore(MasterSeams seams, MasterOptions options, LockSession& session, Office office,
                       UniqueFunction<void(Status)> on_deposed)
    : seams_(std::move(seams)),
      options_(std::move(options)),
      session_(session),
      log_(std::move(office.log)),
      on_deposed_(std::move(on_deposed)),
      client_(seams_.executor, seams_.rpc, directory_, seams_.random),
      tables_(client_.system_tables(log_->term())),
      lease_ends_(session_, seams_.executor, seams_.cluster, office.node, options_.lease) {
  if (log_->lock_service()) lock_service_ = *log_->lock_service();
  lock_service_.nonce = office.node.nonce;
  if (office.forgotten) lock_service_.since = Incarnation({log_->term(), 0});
  // Also when it was a master before who noticed: how long ago that is, nobody knows.
  lease_ends_.ForgottenBefore(lock_service_.since);
}

protocol::ClusterVariables MasterCore::variables() const {
  protocol::ClusterVariables message;
  message.generation = static_cast<int64_t>(log_->variables().generation);
  message.read_only = log_->variables().read_only;
  return message;
}

Task<void> MasterCore::SaveSurely() {
  while (true) {
    const Status saved = co_await log_->Save();
    if (saved.ok() || GoesOnAfter(saved)) break;
    co_await AfterFailedSave(saved);
  }
  problems_.Clear("master log");
}

Task<void> MasterCore::AfterFailedSave(Status failure) {
  seams_.logger.Error("the master's log cannot be written", {{"error", failure.ToString()}});
  problems_.Set("master log", failure);
  if (failure.Is(StatusCode::kFenced)) {
    Depose(std::move(failure));
    Event never("deposed master");
    co_await never.Wait();
  }
  co_await Pause(kRetryPause);
}

Task<Status> MasterCore::ConfirmNewest() {
  Status confirmed = co_await log_->Confirm();
  if (confirmed.ok() || GoesOnAfter(confirmed)) co_return common::OkStatus();
  const Status unsure = common::Unavailable("there may be a later master: " + confirmed.ToString());
  if (confirmed.Is(StatusCode::kFenced)) Depose(std::move(confirmed));
  co_return unsure;
}

void MasterCore::Depose(Status why) {
  if (deposed_ || faults().Planted(Defect::kDeposedMasterWrites)) return;
  deposed_ = true;
  seams_.logger.Error("this master ends", {{"reason", why.ToString()}});
  on_deposed_(std::move(why));
}

Status MasterCore::CheckActive() {
  if (deposed_) return common::Fenced("this master was deposed");
  if (faults().Planted(Defect::kDeposedMasterWrites)) return common::OkStatus();
  if (!session_.lease().Holds()) return common::Unavailable("this master does not hold its lease");
  return common::OkStatus();
}

Task<void> MasterCore::Pause(Nanos duration) {
  co_await common::SleepFor(seams_.executor, duration);
}

Task<Status> MasterCore::Seal(model::LogRef incarnation) {
  const std::string directory = model::IncarnationDirectory(incarnation.location, incarnation.incarnation);
  if (sealed_.contains(directory)) co_return common::OkStatus();
  CO_RETURN_IF_ERROR(CheckActive());
  auto seal = [&files = seams_.log_files, directory, sealer = NextIncarnation()] {
    return files.Seal(directory, sealer).status();
  };
  const Status sealed = co_await common::RunJob(seams_.executor, JobClass::kLog, std::move(seal));
  if (!sealed.ok() && !sealed.Is(StatusCode::kNotFound)) co_return sealed;
  sealed_.insert(directory);
  co_return common::OkStatus();
}

/// An answer that says that this is not the lock service any more under which this master was made.
Status MasterCore::DeposedBy(Status lost) {
  if (lost.Is(StatusCode::kFenced) || lost.Is(StatusCode::kInvalidArgument)) Depose(lost);
  return lost;
}

Task<Status> MasterCore::AwaitLeaseEnd(model::LogRef life) {
  CO_RETURN_IF_ERROR(DeposedBy(co_await lease_ends_.Await(std::move(life))));
  co_return co_await EndDoubt();
}

/// The next master need not wait for the same leases again.
Task<Status> MasterCore::EndDoubt() {
  common::AsyncMutex::Permit turn = co_await marking_.Acquire();
  if (lock_service_.since.get().is_none() || !lease_ends_.doubt_is_over()) co_return common::OkStatus();
  lock_service_.since = Incarnation();
  co_return co_await SaveLockService();
}

Task<Status> MasterCore::AwaitRelease(model::LogRef life, Deadline deadline) {
  co_return DeposedBy(co_await lease_ends_.AwaitRelease(std::move(life), deadline));
}

Task<Status> MasterCore::CheckLockService() {
  co_return DeposedBy(co_await lease_ends_.CheckRemembers());
}

Task<Status> MasterCore::MarkLockService() {
  common::AsyncMutex::Permit turn = co_await marking_.Acquire();
  CO_RETURN_IF_ERROR(DeposedBy(co_await lease_ends_.Mark(NextIncarnation().get())));
  lock_service_.mark = lease_ends_.node().mark;
  co_return co_await SaveLockService();
}

Task<Status> MasterCore::SaveLockService() {
  while (true) {
    const Status saved = co_await log_->Save(lock_service_);
    if (saved.ok()) co_return saved;
    problems_.Set("master log", saved);
    if (saved.Is(StatusCode::kFenced)) co_return DeposedBy(saved);
    co_await Pause(kRetryPause);
  }
}

bool MasterCore::IsSealed(const model::LogRef& incarnation) const {
  return sealed_.contains(model::IncarnationDirectory(incarnation.location, incarnation.incarnation));
}

}  // namespace cellar::master
