#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "lockservice/embedded/lock_server.h"
#include "rpc/rpc_server.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"

namespace cellar::tools {

/// The embedded lock service in a process of its own, for others: `cellar://host:port`.
class LockServiceProcess final : public RunningRole {
 public:
  /// Takes `data_dir`. Refused by name as DataDirectory::Acquire does.
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams, const std::string& data_dir);
  ~LockServiceProcess() override;

  bool AwaitReady() override { return true; }
  std::vector<server::Endpoint> endpoints() const override;
  void Stop() override;

 private:
  explicit LockServiceProcess(RoleSeams seams) : footing_(seams) {}

  Task<Status> Launch();
  Task<void> StopRoles();

  Footing footing_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<common::LocalFileSystem> files_;
  std::unique_ptr<lockservice::LockServer> lock_server_;
  std::unique_ptr<rpc::RpcServer> rpc_server_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
