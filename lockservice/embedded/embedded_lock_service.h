#pragma once

#include <memory>

#include "lockservice/embedded/lock_server.h"
#include "lockservice/lock_service.h"

namespace cellar::lockservice {

/// The lock service of this very process: sessions that call a LockServer on the same loop. Their state dies with the
/// process: the next LockServer::Open ends them at once.
class EmbeddedLockService final : public LockService {
 public:
  /// Borrows both.
  EmbeddedLockService(LockServer& server, Executor& executor) : server_(server), executor_(executor) {}

  Task<Result<std::unique_ptr<LockSession>>> OpenSession(SessionOptions options) override;
  Task<Result<NodeState>> Read(std::string path) override { return server_.Read(SessionId(), std::move(path)); }
  Task<Status> EndSession(std::string credentials) override;

 private:
  LockServer& server_;
  Executor& executor_;
};

}  // namespace cellar::lockservice
