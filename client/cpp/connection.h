#pragma once

#include <memory>

#include "client/cpp/client_core.h"
#include "client/cpp/include/client.h"
#include "client/cpp/lock_service_directory.h"
#include "common/concurrency/threaded_executor.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "lockservice/lock_service.h"
#include "rpc/rpc_client.h"
#include "rpc/transport.h"

namespace cellar::client {

/// A program's own loop, sockets and lock service session maker, with a ClientCore on them.
class Connection {
 public:
  /// kInvalidArgument for a URL that it cannot read. Connects when first asked for something.
  static Result<std::unique_ptr<Connection>> Open(const ClientOptions& options);
  ~Connection();

  ClientCore& core() { return *core_; }
  WaitingCalls& calls() { return core_->calls(); }

 private:
  Connection();

  common::SystemClock clock_;
  SeededRandom random_;
  std::unique_ptr<common::ThreadedExecutor> executor_;
  std::unique_ptr<rpc::Transport> transport_;
  std::unique_ptr<rpc::RpcClient> rpc_;
  std::unique_ptr<LockService> lock_service_;
  std::unique_ptr<LockServiceDirectory> directory_;
  std::unique_ptr<ClientCore> core_;
};

}  // namespace cellar::client
