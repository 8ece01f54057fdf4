#pragma once

#include <memory>
#include <vector>

#include "client/cpp/include/client.h"
#include "thrift/gateway/gateway.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"

namespace cellar::tools {

/// A gateway with the client that it stands on: all there is of `cellar gateway run`, and a part of `cellar start`.
class GatewayProcess final : public RunningRole {
 public:
  /// Connects where lockservice.url says. kUnavailable naming the port when it is taken; a cluster that is not there
  /// yet is none of its errors: calls wait for it.
  static Result<std::unique_ptr<RunningRole>> Start(RoleSeams seams);

  /// The same for the lock service at `url`.
  static Result<std::unique_ptr<GatewayProcess>> StartFor(RoleSeams seams, client::ClientOptions access);
  ~GatewayProcess() override;

  bool AwaitReady() override { return true; }
  std::vector<server::Endpoint> endpoints() const override;
  void Stop() override;

 private:
  explicit GatewayProcess(server::Daemon& daemon) : daemon_(daemon) {}

  server::Daemon& daemon_;
  std::string host_;
  std::unique_ptr<client::Client> client_;
  std::unique_ptr<thrift::Gateway> gateway_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
