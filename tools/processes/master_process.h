#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/event.h"
#include "common/concurrency/task_group.h"
#include "master/service/master.h"
#include "server/published_section.h"
#include "tools/processes/cluster_access.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"
#include "tools/processes/status_publisher.h"

namespace cellar::tools {

/// A master in a process of its own: a standby at first, and ready as such; active as soon as it holds the lock. A
/// deposed master ends with its process, and a supervisor starts it again as a standby.
class MasterProcess final : public RunningRole {
 public:
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams);
  ~MasterProcess() override;

  /// Waits until it has its session of the lock service.
  bool AwaitReady() override;
  std::vector<server::Endpoint> endpoints() const override;
  void Stop() override;

 private:
  explicit MasterProcess(RoleSeams seams);

  Task<void> Launch();
  Task<void> Serve();
  Task<bool> WaitForSession();
  Result<master::MasterOptions> Options();
  void Fail(const Status& why);
  Task<void> StopRoles();

  Footing footing_;
  std::unique_ptr<ClusterAccess> cluster_;
  std::optional<server::PublishedSection> standby_;  ///< In place of the master's own, until there is one.
  master::MasterOptions options_;
  common::Event settled_{"session of the master"};  ///< There is one, or none will come.
  CancellationSource stop_;
  std::unique_ptr<master::Master> master_;
  std::unique_ptr<StatusPublisher> status_;
  TaskGroup tasks_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
