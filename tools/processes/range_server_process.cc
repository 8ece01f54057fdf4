#include "tools/processes/range_server_process.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "rangeserver/service/settings.h"

namespace cellar::tools {
namespace {

constexpr Nanos kStopTimeout = 20 * kSecond;

}  // namespace

RangeServerProcess::~RangeServerProcess() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> RangeServerProcess::Start(RoleSeams seams) {
  std::unique_ptr<RangeServerProcess> process(new RangeServerProcess(seams));
  RETURN_IF_ERROR(process->footing_.CheckPorts({seams.daemon.settings().Get(rangeserver::kPortSetting)}));
  ASSIGN_OR_RETURN(process->cluster_, ClusterAccess::Open(process->footing_, ClusterAccess::Part::kRangeServer));
  ASSIGN_OR_RETURN(rangeserver::RangeServerOptions options, process->Options());
  RETURN_IF_ERROR(common::BlockOn(process->footing_.executor(), process->Launch(std::move(options))));
  return std::unique_ptr<RunningRole>(std::move(process));
}

Result<rangeserver::RangeServerOptions> RangeServerProcess::Options() {
  server::Daemon& daemon = footing_.daemon();
  rangeserver::RangeServerOptions options = rangeserver::OptionsFrom(daemon.settings());
  ASSIGN_OR_RETURN(options.listen, footing_.ListenAddress(daemon.settings().Get(rangeserver::kPortSetting)));
  options.announced_host = footing_.AnnouncedHost();
  options.metrics = &daemon.metrics();
  options.on_session = footing_.TellGuard();
  options.on_fatal = [&daemon](Status) { daemon.RequestStop("the range server cannot go on"); };
  return options;
}

Task<Status> RangeServerProcess::Launch(rangeserver::RangeServerOptions options) {
  server::Daemon& daemon = footing_.daemon();
  rangeserver::RangeServerSeams seams{footing_.executor(),  cluster_->log_files(), cluster_->data_files(),
                                      footing_.transport(), cluster_->rpc(),       cluster_->lock_service(),
                                      footing_.random(),    daemon.faults(),       daemon.LoggerFor("rangeserver"),
                                      cluster_->cluster()};
  CO_TRY(range_server_, co_await rangeserver::RangeServer::Start(std::move(seams), std::move(options)));
  status_ = std::make_unique<StatusPublisher>(daemon, footing_.executor());
  status_->Show(*range_server_);
  status_->Start();
  co_return common::OkStatus();
}

std::vector<server::Endpoint> RangeServerProcess::endpoints() const {
  const rpc::Address address = range_server_->address();
  return {server::Endpoint{"rangeserver", address.host, address.port}};
}

Task<void> RangeServerProcess::StopRoles() {
  if (status_) co_await status_->Stop();
  if (range_server_) co_await range_server_->Stop(Deadline::After(footing_.executor().clock(), kStopTimeout));
  if (cluster_) co_await cluster_->Stop();
}

void RangeServerProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  common::BlockOn(footing_.executor(), StopRoles());
}

}  // namespace cellar::tools
