#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "lockservice/embedded/embedded_lock_service.h"
#include "lockservice/embedded/lock_server.h"
#include "master/service/master.h"
#include "rangeserver/service/range_server.h"
#include "rpc/rpc_client.h"
#include "rpc/rpc_server.h"
#include "server/endpoints.h"
#include "tools/processes/footing.h"
#include "tools/processes/gateway_process.h"
#include "tools/processes/running_role.h"
#include "tools/processes/status_publisher.h"

namespace cellar::tools {

/// Every role in one process, on one loop and one data directory: what `cellar start` runs. The roles talk over TCP as
/// they would from process to process. Made and stopped by a thread that is not the loop.
class OneMachine final : public RunningRole {
 public:
  /// Takes the data directory and starts the roles. Errors name the directory, the port or the file; a directory of
  /// another kind is refused before anything is touched.
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams, const std::string& data_dir);
  ~OneMachine() override;

  /// Waits until what is in the directory is recovered: every range is served, or named as a problem.
  bool AwaitReady() override;
  std::vector<server::Endpoint> endpoints() const override;
  /// Ends a recovery where it is.
  void Stop() override;

 private:
  explicit OneMachine(RoleSeams seams) : seams_(seams), footing_(seams) {}

  Status OpenFiles(const std::string& data_dir);
  Task<Status> StartRoles();
  Task<Status> StartLockService();
  Task<Status> StartMaster();
  Task<Status> StartRangeServer();
  /// Last, since it is a client of the others. Not on the loop.
  Status StartGateway();
  Task<bool> WatchRecovery();
  Task<void> StopRoles();

  const RoleSeams seams_;
  Footing footing_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<common::LocalFileSystem> files_;
  std::unique_ptr<rpc::RpcClient> rpc_;
  std::unique_ptr<lockservice::LockServer> lock_server_;
  std::unique_ptr<rpc::RpcServer> lock_rpc_;
  std::unique_ptr<lockservice::EmbeddedLockService> lock_service_;
  std::unique_ptr<master::Master> master_;
  std::unique_ptr<rangeserver::RangeServer> range_server_;
  std::unique_ptr<StatusPublisher> status_;
  std::unique_ptr<GatewayProcess> gateway_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
