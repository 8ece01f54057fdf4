#pragma once

#include <memory>

#include "common/fault/fault_points.h"
#include "lockservice/lock_service.h"
#include "rpc/address.h"
#include "rpc/rpc_client.h"

namespace cellar::lockservice {

/// How long a RemoteLockService waits.
struct RemoteLockServiceOptions {
  Nanos call_timeout = 5 * kSecond;  ///< Of calls without a deadline of their own; one attempt of those with one.
  Nanos max_wait = 5 * kSecond;      ///< How long one call waits at the server for a lock or a change.
  Nanos retry_delay = 200 * kMillisecond;
  const FaultPoints* faults = nullptr;  ///< What is planted; null: nothing.
};

/// An embedded lock service of another process (`cellar://host:port`). Its sessions outlive broken connections and
/// restarts of the service: what counts is the lease. Borrows executor and client, which outlive it.
class RemoteLockService final : public LockService {
 public:
  RemoteLockService(Executor& executor, rpc::RpcClient& client, rpc::Address address,
                    RemoteLockServiceOptions options = {})
      : executor_(executor), client_(client), address_(std::move(address)), options_(options) {}

  Task<Result<std::unique_ptr<LockSession>>> OpenSession(SessionOptions options) override;
  Task<Result<NodeState>> Read(std::string path) override;
  Task<Status> EndSession(std::string credentials) override;

 private:
  Executor& executor_;
  rpc::RpcClient& client_;
  const rpc::Address address_;
  const RemoteLockServiceOptions options_;
};

}  // namespace cellar::lockservice
