#pragma once

#include <string>

#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/ids.h"

namespace cellar::client {

/// Where the chain of lookups begins: who is master, who serves the root range, at which address a server listens. Two
/// kinds: LockServiceDirectory for everybody, and the master's own, which knows them first hand. Loop only.
class ClusterDirectory {
 public:
  virtual ~ClusterDirectory() = default;

  /// "host:port" of the active master. kUnavailable while there is none.
  virtual Task<Result<std::string>> MasterAddress(Deadline deadline) = 0;

  /// The server that serves the root range, as far as is known. kUnavailable while nobody does.
  virtual Task<Result<model::Location>> RootLocation(Deadline deadline) = 0;

  /// "host:port" of a live server. kUnavailable while it is not known.
  virtual Task<Result<std::string>> AddressOf(model::Location location, Deadline deadline) = 0;

  /// What was said last did not work: look again next time.
  virtual void Forget() = 0;
};

}  // namespace cellar::client
