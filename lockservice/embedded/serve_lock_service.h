#pragma once

#include "lockservice/embedded/lock_server.h"
#include "rpc/rpc_server.h"

namespace cellar::lockservice {

/// Lets others call `lock_server`, through `rpc_server`, which lives on the same loop and is not yet started. Stop the
/// LockServer before the RpcServer, so that calls which wait end; destroy it after. A call may wait for a lock or a
/// change for kMaxServedWait.
void ServeLockService(LockServer& lock_server, rpc::RpcServer& rpc_server);

inline constexpr Nanos kMaxServedWait = 10 * kSecond;

}  // namespace cellar::lockservice
