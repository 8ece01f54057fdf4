#include "tools/processes/gateway_process.h"

#include <utility>

#include "lockservice/settings.h"
#include "server/open_file_limit.h"
#include "server/settings.h"
#include "thrift/gateway/options_from.h"
#include "thrift/gateway/settings.h"
#include "tools/processes/cluster_files.h"

namespace cellar::tools {
namespace {

Result<thrift::GatewayOptions> OptionsFor(const RoleSeams& seams) {
  const Settings& settings = seams.daemon.settings();
  thrift::GatewayOptions options = thrift::OptionsFrom(settings);
  ASSIGN_OR_RETURN(options.port, server::OffsetPort(settings.Get(thrift::kPortSetting), seams.port_offset));
  options.address = settings.Get(server::kAddressSetting);
  options.version = CELLAR_VERSION;
  if (!options.import_root.empty() && !options.import_root.starts_with('/')) {
    return common::InvalidArgument("gateway.import_root is '" + options.import_root + "', which is no absolute path");
  }
  options.shut_down = [&daemon = seams.daemon] { daemon.RequestStop("a client told the gateway to stop"); };
  return options;
}

}  // namespace

GatewayProcess::~GatewayProcess() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> GatewayProcess::Start(RoleSeams seams) {
  const Settings& settings = seams.daemon.settings();
  client::ClientOptions access;
  access.lock_service_url = settings.Get(lockservice::kUrlSetting);
  access.lock_service_password_file = settings.Get(lockservice::kPasswordFileSetting);
  ASSIGN_OR_RETURN(std::unique_ptr<GatewayProcess> process, StartFor(seams, std::move(access)));
  return std::unique_ptr<RunningRole>(std::move(process));
}

Result<std::unique_ptr<GatewayProcess>> GatewayProcess::StartFor(RoleSeams seams, client::ClientOptions access) {
  std::unique_ptr<GatewayProcess> process(new GatewayProcess(seams.daemon));
  ASSIGN_OR_RETURN(thrift::GatewayOptions options, OptionsFor(seams));
  server::RaiseOpenFileLimit();
  process->host_ = options.address;
  server::Daemon& daemon = seams.daemon;
  access.timeout = daemon.settings().Get(thrift::kCallTimeoutSetting);
  ASSIGN_OR_RETURN(process->client_, client::Client::Connect(access));
  thrift::GatewaySeams parts{*process->client_, daemon.clock(), daemon.metrics(), daemon.LoggerFor("gateway")};
  parts.open_cluster_files = [&client = *process->client_, &clock = daemon.clock()] {
    return OpenClusterFiles(client, clock, "cellar gateway");
  };
  ASSIGN_OR_RETURN(process->gateway_, thrift::Gateway::Start(std::move(parts), std::move(options)));
  daemon.status_pages().SetSection("gateway", [&gateway = *process->gateway_] { return gateway.StatusJson(); });
  return process;
}

std::vector<server::Endpoint> GatewayProcess::endpoints() const {
  return {server::Endpoint{"gateway", host_, gateway_->port()}};
}

void GatewayProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (!gateway_) return;
  daemon_.status_pages().RemoveSection("gateway");
  gateway_->Stop();
}

}  // namespace cellar::tools
