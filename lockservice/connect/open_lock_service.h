#pragma once

#include <memory>
#include <string>

#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/logging/logger.h"
#include "lockservice/lock_service.h"
#include "rpc/rpc_client.h"

namespace cellar::lockservice {

/// What a lock service's client stands on; all of it outlives the client.
struct LockServiceSeams {
  LockServiceSeams(Executor& loop, rpc::RpcClient& client, Logger log)
      : executor(loop), rpc(client), logger(std::move(log)) {}

  Executor& executor;
  rpc::RpcClient& rpc;
  Logger logger;
};

/// Where a lock service of another process is, and what opens it.
struct LockServiceAccess {
  LockServiceAccess(std::string where, std::string password_path)
      : url(std::move(where)), password_file(std::move(password_path)) {}

  std::string url;            ///< "cellar://…" or "zookeeper://…"
  std::string password_file;  ///< For a ZooKeeper; its first line counts. Its owner's alone (common::ReadLocalSecret).
};

/// kInvalidArgument naming the url for "embedded:", which has no others, for what is no url, and for a ZooKeeper
/// without a password; kNotFound or kIoError naming the password's file. An embedded one is connected to when it is
/// first asked for something, a ZooKeeper at once: kUnavailable naming its servers, within three seconds, when none
/// answers. On the loop of the executor, as the destruction of what it returns.
Task<Result<std::unique_ptr<LockService>>> OpenLockService(LockServiceSeams seams, LockServiceAccess access);

}  // namespace cellar::lockservice
