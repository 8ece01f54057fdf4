#include "tools/processes/one_machine.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "common/concurrency/block_on.h"
#include "common/concurrency/sleep.h"
#include "lockservice/embedded/open_lock_server.h"
#include "lockservice/embedded/serve_lock_service.h"
#include "lockservice/settings.h"
#include "master/service/settings.h"
#include "rangeserver/service/settings.h"
#include "thrift/gateway/settings.h"
#include "tools/processes/new_cluster_id.h"

namespace cellar::tools {
namespace {

constexpr Nanos kRecoveryLook = 5 * kMillisecond;
constexpr Nanos kStopTimeout = 20 * kSecond;
constexpr std::string_view kLocation = "rs1";

}  // namespace

OneMachine::~OneMachine() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> OneMachine::Start(RoleSeams seams, const std::string& data_dir) {
  std::unique_ptr<OneMachine> machine(new OneMachine(seams));
  const Settings& settings = seams.daemon.settings();
  RETURN_IF_ERROR(
      machine->footing_.CheckPorts({settings.Get(lockservice::kPortSetting), settings.Get(master::kPortSetting),
                                    settings.Get(rangeserver::kPortSetting), settings.Get(thrift::kPortSetting)}));
  RETURN_IF_ERROR(machine->OpenFiles(data_dir));
  rpc::RpcClientOptions calling;
  calling.hello.cluster = machine->directory_->cluster_id();
  Footing& footing = machine->footing_;
  machine->rpc_ = std::make_unique<rpc::RpcClient>(footing.executor(), footing.transport(), footing.random(), calling);
  RETURN_IF_ERROR(common::BlockOn(footing.executor(), machine->StartRoles()));
  RETURN_IF_ERROR(machine->StartGateway());
  return std::unique_ptr<RunningRole>(std::move(machine));
}

Status OneMachine::OpenFiles(const std::string& data_dir) {
  ASSIGN_OR_RETURN(directory_, DataDirectory::Acquire(data_dir, NewClusterId));
  ASSIGN_OR_RETURN(files_, common::LocalFileSystem::OpenRoot(directory_->files_root()));
  return common::OkStatus();
}

Task<Status> OneMachine::StartRoles() {
  CO_RETURN_IF_ERROR(co_await StartLockService());
  CO_RETURN_IF_ERROR(co_await StartMaster());
  CO_RETURN_IF_ERROR(co_await StartRangeServer());
  status_ = std::make_unique<StatusPublisher>(footing_.daemon(), footing_.executor());
  status_->Show(*master_);
  status_->Show(*range_server_);
  status_->Start();
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartLockService() {
  server::Daemon& daemon = footing_.daemon();
  lockservice::LockServerParts parts(footing_.executor(), daemon.faults(), daemon.metrics(),
                                     daemon.LoggerFor("lockservice"));
  lockservice::LockServerStorage storage(*files_, directory_->cluster_id());
  CO_TRY(lock_server_, co_await lockservice::OpenLockServer(std::move(parts), std::move(storage)));
  rpc::RpcServerOptions serving;
  serving.identity.cluster = directory_->cluster_id();
  lock_rpc_ = std::make_unique<rpc::RpcServer>(footing_.executor(), footing_.transport(), serving);
  lockservice::ServeLockService(*lock_server_, *lock_rpc_);
  CO_TRY(const rpc::Address address, footing_.ListenAddress(daemon.settings().Get(lockservice::kPortSetting)));
  CO_RETURN_IF_ERROR(lock_rpc_->Start(address));
  lock_service_ = std::make_unique<lockservice::EmbeddedLockService>(*lock_server_, footing_.executor());
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartMaster() {
  server::Daemon& daemon = footing_.daemon();
  master::MasterSeams seams{footing_.executor(),
                            *files_,
                            *files_,
                            footing_.transport(),
                            *rpc_,
                            *lock_service_,
                            footing_.random(),
                            daemon.LoggerFor("master"),
                            daemon.metrics(),
                            daemon.faults(),
                            directory_->cluster_id()};
  master::MasterOptions options = master::OptionsFrom(daemon.settings());
  CO_TRY(options.listen, footing_.ListenAddress(daemon.settings().Get(master::kPortSetting)));
  options.announced_host = footing_.AnnouncedHost();
  options.data_directory = std::filesystem::absolute(directory_->path()).lexically_normal().string();
  auto on_fatal = [&daemon](Status) { daemon.RequestStop("the master cannot go on"); };
  CO_TRY(master_, co_await master::Master::Start(std::move(seams), std::move(options), std::move(on_fatal)));
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartRangeServer() {
  server::Daemon& daemon = footing_.daemon();
  rangeserver::RangeServerSeams seams{footing_.executor(),     *files_,         *files_,
                                      footing_.transport(),    *rpc_,           *lock_service_,
                                      footing_.random(),       daemon.faults(), daemon.LoggerFor("rangeserver"),
                                      directory_->cluster_id()};
  rangeserver::RangeServerOptions options = rangeserver::OptionsFrom(daemon.settings());
  CO_TRY(options.listen, footing_.ListenAddress(daemon.settings().Get(rangeserver::kPortSetting)));
  options.announced_host = footing_.AnnouncedHost();
  options.location = kLocation;
  options.metrics = &daemon.metrics();
  options.on_fatal = [&daemon](Status) { daemon.RequestStop("the range server cannot go on"); };
  CO_TRY(range_server_, co_await rangeserver::RangeServer::Start(std::move(seams), std::move(options)));
  co_return common::OkStatus();
}

Status OneMachine::StartGateway() {
  constexpr std::string_view kAnyAddress[] = {"0.0.0.0", "::"};
  rpc::Address address = lock_rpc_->address();
  if (std::ranges::find(kAnyAddress, address.host) != std::end(kAnyAddress)) address.host = "127.0.0.1";
  client::ClientOptions access;
  access.lock_service_url = "cellar://" + address.ToString();
  ASSIGN_OR_RETURN(gateway_, GatewayProcess::StartFor(seams_, std::move(access)));
  return common::OkStatus();
}

bool OneMachine::AwaitReady() {
  return common::BlockOn(footing_.executor(), WatchRecovery());
}

Task<bool> OneMachine::WatchRecovery() {
  while (!master_->recovered()) {
    if (footing_.daemon().stop_requested()) co_return false;
    co_await common::SleepFor(footing_.executor(), kRecoveryLook);
  }
  co_return true;
}

std::vector<server::Endpoint> OneMachine::endpoints() const {
  const auto endpoint = [](std::string role, const rpc::Address& address) {
    return server::Endpoint{std::move(role), address.host, address.port};
  };
  auto master = rpc::Address::Parse(master_->address());
  CHECK(master.ok());
  std::vector<server::Endpoint> endpoints = gateway_->endpoints();
  endpoints.push_back(endpoint("rangeserver", range_server_->address()));
  endpoints.push_back(endpoint("master", *master));
  endpoints.push_back(endpoint("lockservice", lock_rpc_->address()));
  return endpoints;
}

Task<void> OneMachine::StopRoles() {
  if (status_) co_await status_->Stop();
  if (range_server_) co_await range_server_->Stop(Deadline::After(footing_.executor().clock(), kStopTimeout));
  if (master_) co_await master_->Stop();
  if (lock_server_) co_await lock_server_->Stop();  // ends the calls that wait for locks
  if (lock_rpc_) co_await lock_rpc_->Stop(Deadline::After(footing_.executor().clock(), kStopTimeout));
  if (rpc_) co_await rpc_->Stop();
}

void OneMachine::Stop() {
  if (std::exchange(stopped_, true)) return;
  gateway_.reset();
  common::BlockOn(footing_.executor(), StopRoles());
}

}  // namespace cellar::tools
