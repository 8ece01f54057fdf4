#pragma once

#include <optional>
#include <string>

#include "client/cpp/cluster_directory.h"
#include "master/cluster/servers.h"

namespace cellar::master {

/// Who holds the root range.
struct RootOwner {
  model::Location location;
  Incarnation incarnation;
  Epoch epoch;

  RootOwner() = default;
};

/// The master's own ClusterDirectory: it knows first hand. Loop only. Borrows the servers.
class MasterDirectory final : public client::ClusterDirectory {
 public:
  explicit MasterDirectory(const Servers& servers) : servers_(servers) {}

  /// The owner when it is ready; nullopt else.
  std::optional<RootOwner> root() const;
  void SetRoot(RootOwner owner) { root_ = std::move(owner); }

  Task<Result<std::string>> MasterAddress(Deadline deadline) override;
  Task<Result<model::Location>> RootLocation(Deadline deadline) override;
  Task<Result<std::string>> AddressOf(model::Location location, Deadline deadline) override;
  void Forget() override {}

 private:
  const Servers& servers_;
  std::optional<RootOwner> root_;
};

}  // namespace cellar::master
