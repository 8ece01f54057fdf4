#pragma once

#include <map>
#include <memory>
#include <string>

#include "client/cpp/cluster_directory.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/semaphore.h"
#include "lockservice/lock_service.h"

namespace cellar::client {

/// Reads where things are from the lock service's nodes (docs/internals/roles.md), and remembers it until Forget.
/// Nothing is held, so it has no session. Loop only.
class LockServiceDirectory final : public ClusterDirectory {
 public:
  /// Borrows both.
  LockServiceDirectory(LockService& service, Executor& executor) : service_(service), executor_(executor) {}

  Task<Result<std::string>> MasterAddress(Deadline deadline) override;
  Task<Result<model::Location>> RootLocation(Deadline deadline) override;
  Task<Result<std::string>> AddressOf(model::Location location, Deadline deadline) override;
  void Forget() override { known_.clear(); }

 private:
  /// The attribute's value; kUnavailable when node or attribute are missing, or empty.
  Task<Result<std::string>> ReadAttribute(std::string node, std::string attribute, Deadline deadline);
  Task<Result<std::string>> ReadOnce(std::string node, std::string attribute);

  LockService& service_;
  Executor& executor_;
  common::AsyncMutex reading_{"lock service directory"};
  std::map<std::string, std::string> known_;  ///< "node attribute" → value
};

}  // namespace cellar::client
