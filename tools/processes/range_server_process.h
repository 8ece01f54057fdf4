#pragma once

#include <memory>
#include <vector>

#include "rangeserver/service/range_server.h"
#include "tools/processes/cluster_access.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"
#include "tools/processes/status_publisher.h"

namespace cellar::tools {

/// A range server in a process of its own: one incarnation. One that was fenced or lost its log ends with its process,
/// and a supervisor starts the next.
class RangeServerProcess final : public RunningRole {
 public:
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams);
  ~RangeServerProcess() override;

  bool AwaitReady() override { return true; }
  std::vector<server::Endpoint> endpoints() const override;
  void Stop() override;

 private:
  explicit RangeServerProcess(RoleSeams seams) : footing_(seams) {}

  Result<rangeserver::RangeServerOptions> Options();
  Task<Status> Launch(rangeserver::RangeServerOptions options);
  Task<void> StopRoles();

  Footing footing_;
  std::unique_ptr<ClusterAccess> cluster_;
  std::unique_ptr<rangeserver::RangeServer> range_server_;
  std::unique_ptr<StatusPublisher> status_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
