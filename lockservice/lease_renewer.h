#pragma once

#include "common/concurrency/cancellation.h"
#include "common/concurrency/task_group.h"
#include "common/logging/logger.h"
#include "lockservice/lock_session.h"

namespace cellar::lockservice {

/// Renews a session every T/6, until the session ends or Stop. A renewal that fails is repeated after T/24. Belongs to
/// whoever owns the session; goes before it, after Stop was awaited. Loop only.
class LeaseRenewer {
 public:
  /// Begins at once. Borrows session and executor.
  LeaseRenewer(LockSession& session, Executor& executor, Logger logger);

  Task<void> Stop();

 private:
  Task<void> RenewUntilStopped();

  LockSession& session_;
  Executor& executor_;
  Logger logger_;
  CancellationSource stop_;
  TaskGroup tasks_;
};

}  // namespace cellar::lockservice
