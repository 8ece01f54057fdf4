#include "master/cluster/master_directory.h"

namespace cellar::master {

std::optional<RootOwner> MasterDirectory::root() const {
  if (!root_ || !servers_.IsReady(root_->location, root_->incarnation)) return std::nullopt;
  return root_;
}

Task<Result<std::string>> MasterDirectory::MasterAddress(Deadline) {
  co_return common::Unsupported("the master does not ask itself");
}

Task<Result<model::Location>> MasterDirectory::RootLocation(Deadline) {
  const std::optional<RootOwner> owner = root();
  if (!owner) co_return common::Unavailable("nobody serves the root range yet");
  co_return owner->location;
}

Task<Result<std::string>> MasterDirectory::AddressOf(model::Location location, Deadline) {
  const Server* server = servers_.Find(location);
  if (server == nullptr || server->state != ServerState::kReady) {
    co_return common::Unavailable("range server " + location.get() + " is not ready");
  }
  co_return server->address;
}

}  // namespace cellar::master
