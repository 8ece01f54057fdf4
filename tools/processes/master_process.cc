#include "tools/processes/master_process.h"

#include <string>
#include <utility>

#include "common/concurrency/block_on.h"
#include "master/service/settings.h"

namespace cellar::tools {

MasterProcess::MasterProcess(RoleSeams seams) : footing_(seams), tasks_(footing_.executor()) {
  standby_.emplace(seams.daemon.status_pages(), "master");
  standby_->Publish(R"({"state": "standby"})");
}

MasterProcess::~MasterProcess() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> MasterProcess::Start(RoleSeams seams) {
  std::unique_ptr<MasterProcess> process(new MasterProcess(seams));
  RETURN_IF_ERROR(process->footing_.CheckPorts({seams.daemon.settings().Get(master::kPortSetting)}));
  ASSIGN_OR_RETURN(process->cluster_, ClusterAccess::Open(process->footing_, ClusterAccess::Part::kMaster));
  ASSIGN_OR_RETURN(process->options_, process->Options());
  common::BlockOn(process->footing_.executor(), process->Launch());
  return std::unique_ptr<RunningRole>(std::move(process));
}

Result<master::MasterOptions> MasterProcess::Options() {
  const Settings& settings = footing_.daemon().settings();
  master::MasterOptions options = master::OptionsFrom(settings);
  ASSIGN_OR_RETURN(options.listen, footing_.ListenAddress(settings.Get(master::kPortSetting)));
  options.announced_host = footing_.AnnouncedHost();
  options.on_session = [this, tell = footing_.TellGuard()](std::string credentials) {
    tell(std::move(credentials));
    settled_.Set();
  };
  options.data_url = cluster_->data_url();
  options.log_url = cluster_->log_url();
  return options;
}

Task<void> MasterProcess::Launch() {
  tasks_.Spawn(Serve(), "master");
  co_return;
}

Task<void> MasterProcess::Serve() {
  server::Daemon& daemon = footing_.daemon();
  daemon.LoggerFor("master").Info("waiting for the master's lock", {});
  master::MasterSeams seams{
      footing_.executor(), cluster_->log_files(),    cluster_->data_files(), footing_.transport(),
      cluster_->rpc(),     cluster_->lock_service(), footing_.random(),      daemon.LoggerFor("master"),
      daemon.metrics(),    daemon.faults(),          cluster_->cluster()};
  auto on_fatal = [this](Status why) { Fail(why); };
  auto master = co_await master::Master::Start(std::move(seams), options_, std::move(on_fatal), stop_.token());
  if (!master.ok()) {
    if (!stop_.cancelled()) Fail(master.status());
    co_return;
  }
  master_ = std::move(master).value();
  standby_.reset();
  status_ = std::make_unique<StatusPublisher>(daemon, footing_.executor());
  status_->Show(*master_);
  status_->Start();
}

bool MasterProcess::AwaitReady() {
  return common::BlockOn(footing_.executor(), WaitForSession());
}

Task<bool> MasterProcess::WaitForSession() {
  co_await settled_.Wait();
  co_return !footing_.daemon().failed();
}

void MasterProcess::Fail(const Status& why) {
  footing_.daemon().LoggerFor("master").Error("this master cannot go on", {{"error", why.ToString()}});
  footing_.daemon().RequestStop("the master cannot go on");
  settled_.Set();
}

std::vector<server::Endpoint> MasterProcess::endpoints() const {
  if (options_.listen.port == 0) return {};  // known when it is active
  return {server::Endpoint{"master", options_.listen.host, options_.listen.port}};
}

Task<void> MasterProcess::StopRoles() {
  stop_.Cancel();
  co_await tasks_.Join();
  if (status_) co_await status_->Stop();
  if (master_) co_await master_->Stop();
  if (cluster_) co_await cluster_->Stop();
}

void MasterProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  common::BlockOn(footing_.executor(), StopRoles());
}

}  // namespace cellar::tools
