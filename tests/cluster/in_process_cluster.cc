#include "tests/cluster/in_process_cluster.h"

#include <iterator>
#include <utility>

#include "server/load_settings.h"
#include "tests/support/child_process.h"
#include "tools/processes/one_machine.h"
#include "tools/processes/role_settings.h"

namespace cellar::tests {
namespace {

constexpr Nanos kCheckPatience = 120 * kSecond;

}  // namespace

Result<std::unique_ptr<InProcessCluster>> InProcessCluster::Start(std::string executable, std::string folder) {
  std::unique_ptr<InProcessCluster> cluster(new InProcessCluster(std::move(executable), std::move(folder)));
  RETURN_IF_ERROR(cluster->StartRoles());
  return cluster;
}

InProcessCluster::~InProcessCluster() {
  StopRoles();
}

std::string InProcessCluster::url() const {
  return "cellar://127.0.0.1:" + std::to_string(port_);
}

Status InProcessCluster::StartRoles() {
  server::SettingArguments arguments;
  arguments.tables.assign(std::begin(tools::kStartSettings), std::end(tools::kStartSettings));
  arguments.overrides = {"server.http.port=0", "lockservice.port=" + std::to_string(port_),
                         "master.port=0",      "rangeserver.port=0",
                         "gateway.port=0",     "server.log.file=" + folder_ + "/cellar.log"};
  ASSIGN_OR_RETURN(Settings settings, server::LoadSettings(std::move(arguments)));
  server::DaemonOptions options("cellar", "test", std::move(settings));
  ASSIGN_OR_RETURN(daemon_, server::Daemon::Start(std::move(options)));
  ASSIGN_OR_RETURN(roles_, tools::OneMachine::Start(tools::RoleSeams{*daemon_}, folder_ + "/data"));
  if (!roles_->AwaitReady()) return common::Cancelled("told to stop while it started");
  for (const server::Endpoint& endpoint : roles_->endpoints()) {
    if (endpoint.role == "lockservice") port_ = endpoint.port;
    if (endpoint.role == "gateway") gateway_port_ = endpoint.port;
  }
  return common::OkStatus();
}

void InProcessCluster::StopRoles() {
  if (roles_) roles_->Stop();
  roles_.reset();
  daemon_.reset();
}

Status InProcessCluster::Restart() {
  StopRoles();
  return StartRoles();
}

Status InProcessCluster::Check() {
  return RunProgram({executable_, "check", "--url", url()}, kCheckPatience).status();
}

}  // namespace cellar::tests
