#include "master/cluster/master_core.h"

#include "common/concurrency/run_job.h"

namespace cellar::master {

MasterCore::MasterCore(MasterSeams seams, MasterOptions options, LockSession& session, std::unique_ptr<MasterLog> log,
                       UniqueFunction<void(Status)> on_deposed)
    : seams_(std::move(seams)),
      options_(std::move(options)),
      session_(session),
      log_(std::move(log)),
      on_deposed_(std::move(on_deposed)),
      client_(seams_.executor, seams_.rpc, directory_, seams_.random),
      tables_(client_.system_tables(log_->term())) {}

Task<void> MasterCore::SaveSurely() {
  while (true) {
    const Status saved = co_await log_->Save();
    if (saved.ok()) break;
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
  if (confirmed.ok()) co_return confirmed;
  const Status unsure = common::Unavailable("there may be a later master: " + confirmed.ToString());
  if (confirmed.Is(StatusCode::kFenced)) Depose(std::move(confirmed));
  co_return unsure;
}

void MasterCore::Depose(Status why) {
  if (deposed_) return;
  deposed_ = true;
  seams_.logger.Error("this master ends", {{"reason", why.ToString()}});
  on_deposed_(std::move(why));
}

Status MasterCore::CheckActive() {
  if (deposed_) return common::Fenced("this master was deposed");
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

bool MasterCore::IsSealed(const model::LogRef& incarnation) const {
  return sealed_.contains(model::IncarnationDirectory(incarnation.location, incarnation.incarnation));
}

}  // namespace cellar::master
