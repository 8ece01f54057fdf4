#include "tools/processes/broker_process.h"

#include <algorithm>
#include <utility>

#include "fsbroker/broker/settings.h"
#include "fsbroker/wire/sockets.h"
#include "server/open_file_limit.h"
#include "server/settings.h"
#include "tools/processes/new_cluster_id.h"

namespace cellar::tools {
namespace {

Result<fsbroker::BrokerServerOptions> OptionsFrom(const RoleSeams& seams) {
  const Settings& settings = seams.daemon.settings();
  fsbroker::BrokerServerOptions options;
  ASSIGN_OR_RETURN(const uint16_t port, server::OffsetPort(settings.Get(fsbroker::kPortSetting), seams.port_offset));
  options.listen = rpc::Address(settings.Get(server::kAddressSetting), port);
  options.program = std::string("cellar ") + CELLAR_VERSION;
  options.max_connections = static_cast<size_t>(settings.Get(fsbroker::kMaxConnectionsSetting));
  options.max_open_files = static_cast<size_t>(settings.Get(fsbroker::kMaxOpenFilesSetting));
  options.lease = settings.Get(fsbroker::kLeaseSetting);
  return options;
}

/// So that the broker's bound is met before the system's, which other files and connections need as well.
void FitOpenFiles(const server::Daemon& daemon, fsbroker::BrokerServerOptions* options) {
  constexpr size_t kOthers = 256;
  const size_t taken = options->max_connections + kOthers;
  const size_t limit = server::RaiseOpenFileLimit();
  // An open file and, at worst, the seal mark of a directory of its own.
  const size_t fit = std::max<size_t>((std::max(limit, taken) - taken) / 2, 16);
  if (fit >= options->max_open_files) return;
  daemon.LoggerFor("fsbroker")
      .Warning("the system allows fewer open files than fsbroker.max_open_files",
               {{"limit", limit}, {"open_files", fit}});
  options->max_open_files = fit;
}

}  // namespace

BrokerProcess::~BrokerProcess() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> BrokerProcess::Start(RoleSeams seams, const std::string& data_dir) {
  std::unique_ptr<BrokerProcess> process(new BrokerProcess(seams.daemon));
  ASSIGN_OR_RETURN(fsbroker::BrokerServerOptions options, OptionsFrom(seams));
  FitOpenFiles(seams.daemon, &options);
  process->address_ = options.listen;
  // Before anything is touched. Another process may still come between.
  RETURN_IF_ERROR(fsbroker::ListenOn(options.listen).status());
  ASSIGN_OR_RETURN(process->directory_, DataDirectory::Acquire(data_dir, NewClusterId));
  ASSIGN_OR_RETURN(process->files_, common::LocalFileSystem::OpenRoot(process->directory_->files_root()));
  options.cluster = process->directory_->cluster_id();
  server::Daemon& daemon = seams.daemon;
  ASSIGN_OR_RETURN(process->broker_, fsbroker::BrokerServer::Start(*process->files_, daemon.clock(), daemon.metrics(),
                                                                   daemon.LoggerFor("fsbroker"), std::move(options)));
  daemon.status_pages().SetSection("fsbroker", [&broker = *process->broker_] { return broker.StatusJson(); });
  return std::unique_ptr<RunningRole>(std::move(process));
}

std::vector<server::Endpoint> BrokerProcess::endpoints() const {
  return {server::Endpoint{"fsbroker", address_.host, broker_->port()}};
}

void BrokerProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (!broker_) return;
  broker_->Stop();
  daemon_.status_pages().RemoveSection("fsbroker");
}

}  // namespace cellar::tools
