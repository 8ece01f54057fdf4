#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/concurrency/task.h"
#include "lockservice/lock_session.h"

namespace cellar::lockservice {

struct SessionOptions {
  explicit SessionOptions(std::string session_name, Nanos lease_length = 10 * kSecond)
      : name(std::move(session_name)), lease(lease_length) {}

  std::string name;  ///< For people who look at who holds what: "rs1".
  Nanos lease;       ///< T
};

/// A lock service as one client sees it. Outlives its sessions. Loop only.
class LockService {
 public:
  virtual ~LockService() = default;

  /// A session that was just renewed. kInvalidArgument when the lease does not fit the service (CheckLeaseLength),
  /// kBusy when there are too many, kUnavailable when the service cannot be reached.
  virtual Task<Result<std::unique_ptr<LockSession>>> OpenSession(SessionOptions options) = 0;

  /// Reads a node without a session, as who only wants to know an address does. Cheap: nothing is written. Errors as
  /// LockSession::Read, but never kFenced.
  virtual Task<Result<NodeState>> Read(std::string path) = 0;

  /// Ends the session with these LockSession::credentials() at once, as its own Close would, instead of after its
  /// lease. For who knows that the session's owner acts no more: the guard of a process that saw it die. OK too when
  /// there is no such session any more; kInvalidArgument when the text is no credentials of this service; else as
  /// Close.
  virtual Task<Status> EndSession(std::string credentials) = 0;
};

}  // namespace cellar::lockservice

namespace cellar {
using lockservice::LockService;
using lockservice::LockSession;
}  // namespace cellar
