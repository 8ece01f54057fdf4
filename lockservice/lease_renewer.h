#pragma once

#include <functional>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/task_group.h"
#include "common/logging/logger.h"
#include "lockservice/lock_session.h"

namespace cellar::lockservice {

/// Renews a session every T/6, until the session ends or Stop. A renewal that fails is repeated after T/24. Belongs to
/// whoever owns the session; goes before it, after Stop was awaited. Loop only.
class LeaseRenewer {
 public:
  /// Makes sure, after a lapse, that nobody took the holder's place; asked again with the next renewal until OK.
  using Confirmation = std::function<Task<Status>()>;

  /// Begins at once. Borrows session and executor. With a confirmation, lapses have to be confirmed from now on.
  LeaseRenewer(LockSession& session, Executor& executor, Logger logger, Confirmation confirmation = nullptr);

  Task<void> Stop();

 private:
  Task<void> RenewUntilStopped();
  Task<void> ConfirmIfLapsed();

  LockSession& session_;
  Executor& executor_;
  Logger logger_;
  const Confirmation confirmation_;
  CancellationSource stop_;
  TaskGroup tasks_;
};

}  // namespace cellar::lockservice
