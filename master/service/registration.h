#pragma once

#include <optional>
#include <string>

#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "master/cluster/master_core.h"
#include "protocol/gen/master_types.h"

namespace cellar::master {

/// Range servers come and go: gives out locations, incarnations and file id blocks, takes over servers that outlived
/// the master before, and sees their locks fall, or that they never get ready. Owned by the Master. Loop only. Borrows
/// the core.
class Registration {
 public:
  explicit Registration(MasterCore& core);

  void Stop() { tasks_.DestroyAll(); }

  /// Servers that hold their locks and have named incarnation and address in their nodes go on as they are.
  Task<Status> AdoptLiving();

  Task<Result<protocol::RegisterServerResponse>> Register(protocol::RegisterServerRequest request);
  /// kFenced: register again, this incarnation has been given up.
  Task<Status> Ready(protocol::ServerReadyRequest request);

 private:
  Status CheckClock(const protocol::RegisterServerRequest& request) const;
  /// Which location last listened at `address`: a server that comes back there is its next life, since no two can
  /// listen at one address.
  std::optional<uint32_t> LocationOf(const std::string& address) const;
  Result<uint32_t> ChooseLocation(const protocol::RegisterServerRequest& request);
  Task<Status> Adopt(model::Location location);
  Task<Status> EnsureNode(std::string path);
  Task<Status> AwaitEarlierLife(protocol::RegisterServerRequest request);
  Task<void> GiveUpUnlessReady(model::Location location, Incarnation incarnation);
  void SetReady(const model::Location& location, Incarnation incarnation);
  Task<void> Watch(model::Location location, Incarnation incarnation);

  MasterCore& core_;
  common::AsyncMutex registering_{"registration"};
  TaskGroup tasks_;
};

}  // namespace cellar::master
