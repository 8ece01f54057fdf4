#pragma once

#include <memory>
#include <string>

#include "server/daemon.h"
#include "tests/cluster/mini_cluster.h"
#include "tools/processes/running_role.h"

namespace cellar::tests {

/// `cellar start` in the test's own process: at most one at a time, since it has the process's signals.
class InProcessCluster final : public MiniCluster {
 public:
  /// On free ports. `folder` exists; `executable` is the `cellar` that checks it.
  static Result<std::unique_ptr<InProcessCluster>> Start(std::string executable, std::string folder);
  ~InProcessCluster() override;

  std::string url() const override;
  std::string password_file() const override { return ""; }
  /// Another one after each Restart.
  uint16_t gateway_port() const { return gateway_port_; }
  Status Restart() override;
  Status Check() override;

 private:
  InProcessCluster(std::string executable, std::string folder)
      : executable_(std::move(executable)), folder_(std::move(folder)) {}

  Status StartRoles();
  void StopRoles();

  const std::string executable_;
  const std::string folder_;
  uint16_t port_ = 0;  ///< Of the lock service: free when it first started, the same ever since.
  uint16_t gateway_port_ = 0;
  std::unique_ptr<server::Daemon> daemon_;
  std::unique_ptr<tools::RunningRole> roles_;
};

}  // namespace cellar::tests
