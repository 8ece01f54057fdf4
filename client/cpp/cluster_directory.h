#pragma once

#include <string>

#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/ids.h"

namespace cellar::client {

/// Where the chain of lookups begins: who serves the root range, and at which address a server listens. Two kinds:
/// LockServiceDirectory for everybody, and the master's own, which knows both first hand. Loop only.
class ClusterDirectory {
 public:
  virtual ~ClusterDirectory() = default;

  /// The server that serves the root range, as far as is known. kUnavailable while nobody does.
  virtual Task<Result<model::Location>> RootLocation(Deadline deadline) = 0;

  /// "host:port" of a live server. kUnavailable while it is not known.
  virtual Task<Result<std::string>> AddressOf(model::Location location, Deadline deadline) = 0;
};

}  // namespace cellar::client
