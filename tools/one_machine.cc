#include "tools/one_machine.h"

#include <filesystem>
#include <utility>

#include "common/concurrency/block_on.h"
#include "common/concurrency/sleep.h"
#include "lockservice/embedded/open_lock_server.h"
#include "lockservice/embedded/serve_lock_service.h"
#include "master/service/settings.h"
#include "rangeserver/service/settings.h"
#include "server/settings.h"

namespace cellar::tools {
namespace {

constexpr Nanos kRecoveryLook = 5 * kMillisecond;
constexpr Nanos kStopTimeout = 20 * kSecond;
constexpr std::string_view kLocation = "rs1";

ClusterId NewClusterId() {
  SeededRandom random(common::SystemSeed());
  ClusterId id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random.Next());
  return id;
}

}  // namespace

OneMachine::OneMachine(server::Daemon& daemon, const OneMachineOptions& options)
    : daemon_(daemon), options_(options), random_(common::SystemSeed()) {}

OneMachine::~OneMachine() {
  Stop();
}

Result<std::unique_ptr<OneMachine>> OneMachine::Start(server::Daemon& daemon, const OneMachineOptions& options) {
  std::unique_ptr<OneMachine> machine(new OneMachine(daemon, options));
  auto poller = std::make_unique<rpc::AsioPoller>();
  rpc::AsioPoller& asio = *poller;
  common::ThreadedExecutorOptions threads;
  threads.name = "cellar";
  machine->executor_ = std::make_unique<common::ThreadedExecutor>(daemon.clock(), threads, std::move(poller));
  machine->transport_ = std::make_unique<rpc::TcpTransport>(*machine->executor_, asio);
  RETURN_IF_ERROR(common::BlockOn(*machine->executor_, machine->CheckPorts()));
  RETURN_IF_ERROR(machine->OpenFiles());
  rpc::RpcClientOptions calling;
  calling.hello.cluster = machine->directory_->cluster_id();
  machine->rpc_ =
      std::make_unique<rpc::RpcClient>(*machine->executor_, *machine->transport_, machine->random_, calling);
  RETURN_IF_ERROR(common::BlockOn(*machine->executor_, machine->StartRoles()));
  return machine;
}

Task<Status> OneMachine::CheckPorts() {
  for (const uint16_t port : {server::kLockServicePort, server::kMasterPort, server::kRangeServerPort}) {
    CO_TRY(const rpc::Address address, ListenAddress(port));
    const auto listener = transport_->Listen(address);
    const bool taken = listener.status().Is(StatusCode::kAlreadyExists);
    if (taken) co_return listener.status().WithContext("a port is in use (--port-offset moves them all)");
    CO_RETURN_IF_ERROR(listener.status());
  }
  co_return common::OkStatus();
}

Status OneMachine::OpenFiles() {
  ASSIGN_OR_RETURN(directory_, DataDirectory::Acquire(options_.data_dir, NewClusterId));
  ASSIGN_OR_RETURN(files_, common::LocalFileSystem::OpenRoot(directory_->files_root()));
  return common::OkStatus();
}

Result<rpc::Address> OneMachine::ListenAddress(uint16_t port) const {
  ASSIGN_OR_RETURN(const uint16_t moved, server::OffsetPort(port, options_.port_offset));
  return rpc::Address(daemon_.settings().Get(server::kAddressSetting), moved);
}

Task<Status> OneMachine::StartRoles() {
  CO_RETURN_IF_ERROR(co_await StartLockService());
  CO_RETURN_IF_ERROR(co_await StartMaster());
  CO_RETURN_IF_ERROR(co_await StartRangeServer());
  status_ = std::make_unique<StatusPublisher>(daemon_, *executor_, *master_, *range_server_);
  status_->Start();
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartLockService() {
  lockservice::LockServerParts parts(*executor_, daemon_.faults(), daemon_.metrics(), daemon_.LoggerFor("lockservice"));
  lockservice::LockServerStorage storage(*files_, directory_->cluster_id());
  CO_TRY(lock_server_, co_await lockservice::OpenLockServer(std::move(parts), std::move(storage)));
  rpc::RpcServerOptions serving;
  serving.identity.cluster = directory_->cluster_id();
  lock_rpc_ = std::make_unique<rpc::RpcServer>(*executor_, *transport_, serving);
  lockservice::ServeLockService(*lock_server_, *lock_rpc_);
  CO_TRY(const rpc::Address address, ListenAddress(server::kLockServicePort));
  CO_RETURN_IF_ERROR(lock_rpc_->Start(address));
  lock_service_ = std::make_unique<lockservice::EmbeddedLockService>(*lock_server_, *executor_);
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartMaster() {
  master::MasterSeams seams{*executor_,
                            *files_,
                            *files_,
                            *transport_,
                            *rpc_,
                            *lock_service_,
                            random_,
                            daemon_.LoggerFor("master"),
                            daemon_.metrics(),
                            daemon_.faults(),
                            directory_->cluster_id()};
  master::MasterOptions options = master::OptionsFrom(daemon_.settings());
  CO_TRY(options.listen, ListenAddress(server::kMasterPort));
  options.data_directory = std::filesystem::absolute(directory_->path()).lexically_normal().string();
  auto on_fatal = [this](Status) { daemon_.RequestStop("the master cannot go on"); };
  CO_TRY(master_, co_await master::Master::Start(std::move(seams), std::move(options), std::move(on_fatal)));
  co_return common::OkStatus();
}

Task<Status> OneMachine::StartRangeServer() {
  rangeserver::RangeServerSeams seams{*executor_,
                                      *files_,
                                      *files_,
                                      *transport_,
                                      *rpc_,
                                      *lock_service_,
                                      random_,
                                      daemon_.faults(),
                                      daemon_.LoggerFor("rangeserver"),
                                      directory_->cluster_id()};
  rangeserver::RangeServerOptions options = rangeserver::OptionsFrom(daemon_.settings());
  CO_TRY(options.listen, ListenAddress(server::kRangeServerPort));
  options.location = kLocation;
  options.metrics = &daemon_.metrics();
  options.on_fatal = [this](Status) { daemon_.RequestStop("the range server cannot go on"); };
  CO_TRY(range_server_, co_await rangeserver::RangeServer::Start(std::move(seams), std::move(options)));
  co_return common::OkStatus();
}

bool OneMachine::AwaitRecovery() {
  return common::BlockOn(*executor_, WatchRecovery());
}

Task<bool> OneMachine::WatchRecovery() {
  while (!master_->recovered()) {
    if (daemon_.stop_requested()) co_return false;
    co_await common::SleepFor(*executor_, kRecoveryLook);
  }
  co_return true;
}

std::vector<server::Endpoint> OneMachine::endpoints() const {
  const auto endpoint = [](std::string role, const rpc::Address& address) {
    return server::Endpoint{std::move(role), address.host, address.port};
  };
  auto master = rpc::Address::Parse(master_->address());
  CHECK(master.ok());
  return {endpoint("rangeserver", range_server_->address()), endpoint("master", *master),
          endpoint("lockservice", lock_rpc_->address())};
}

Task<void> OneMachine::StopRoles() {
  if (status_) co_await status_->Stop();
  if (range_server_) co_await range_server_->Stop(Deadline::After(executor_->clock(), kStopTimeout));
  if (master_) co_await master_->Stop();
  if (lock_server_) co_await lock_server_->Stop();  // ends the calls that wait for locks
  if (lock_rpc_) co_await lock_rpc_->Stop(Deadline::After(executor_->clock(), kStopTimeout));
  if (rpc_) co_await rpc_->Stop();
}

void OneMachine::Stop() {
  if (stopped_ || executor_ == nullptr) return;
  stopped_ = true;
  common::BlockOn(*executor_, StopRoles());
}

}  // namespace cellar::tools
