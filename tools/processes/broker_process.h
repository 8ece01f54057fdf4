#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "fsbroker/broker/broker_server.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"

namespace cellar::tools {

/// The filesystem broker in a process of its own, on this machine's disk.
class BrokerProcess final : public RunningRole {
 public:
  /// Takes `data_dir`. Refused by name as DataDirectory::Acquire does.
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams, const std::string& data_dir);
  ~BrokerProcess() override;

  bool AwaitReady() override { return true; }
  std::vector<server::Endpoint> endpoints() const override;
  void Stop() override;

 private:
  explicit BrokerProcess(server::Daemon& daemon) : daemon_(daemon) {}

  server::Daemon& daemon_;
  rpc::Address address_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<common::LocalFileSystem> files_;
  std::unique_ptr<fsbroker::BrokerServer> broker_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
