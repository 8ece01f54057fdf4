#include "lockservice/lease_renewer.h"

#include <utility>

namespace cellar::lockservice {

LeaseRenewer::LeaseRenewer(LockSession& session, Executor& executor, Logger logger, Confirmation confirmation)
    : session_(session),
      executor_(executor),
      logger_(std::move(logger)),
      confirmation_(std::move(confirmation)),
      tasks_(executor) {
  if (confirmation_) session_.RequireConfirmation();
  tasks_.Spawn(RenewUntilStopped(), "lease renewer");
}

Task<void> LeaseRenewer::Stop() {
  stop_.Cancel();
  co_await tasks_.Join();
}

Task<void> LeaseRenewer::ConfirmIfLapsed() {
  if (session_.lease().confirmed()) co_return;
  const uint64_t lapses = session_.lease().lapse_count();
  const Status sure = co_await confirmation_();
  if (sure.ok()) session_.ConfirmLease(lapses);
  if (!sure.ok()) logger_.Warning("lease not taken up again", {{"error", sure.ToString()}});
}

Task<void> LeaseRenewer::RenewUntilStopped() {
  const Nanos interval = session_.lease().length() / 6;
  Nanos wait = interval;
  for (;;) {
    const Deadline next = Deadline::After(executor_.clock(), wait);
    if (co_await stop_.token().SleepUntil(next)) co_return;
    const Status renewed = co_await session_.Renew(Deadline::After(executor_.clock(), interval));
    if (renewed.Is(StatusCode::kFenced)) {
      logger_.Warning("session ended", {{"session", session_.id().get()}, {"error", renewed.ToString()}});
      co_return;
    }
    if (renewed.ok()) co_await ConfirmIfLapsed();
    if (!renewed.ok()) logger_.Warning("renewal failed", {{"error", renewed.ToString()}});
    wait = renewed.ok() ? interval : interval / 4;
  }
}

}  // namespace cellar::lockservice
