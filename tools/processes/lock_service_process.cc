#include "tools/processes/lock_service_process.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "lockservice/embedded/open_lock_server.h"
#include "lockservice/embedded/serve_lock_service.h"
#include "lockservice/settings.h"
#include "tools/processes/new_cluster_id.h"

namespace cellar::tools {
namespace {

constexpr Nanos kStopTimeout = 20 * kSecond;

}  // namespace

LockServiceProcess::~LockServiceProcess() {
  Stop();
}

Result<std::unique_ptr<RunningRole>> LockServiceProcess::Start(RoleSeams seams, const std::string& data_dir) {
  std::unique_ptr<LockServiceProcess> process(new LockServiceProcess(seams));
  RETURN_IF_ERROR(process->footing_.CheckPorts({seams.daemon.settings().Get(lockservice::kPortSetting)}));
  ASSIGN_OR_RETURN(process->directory_, DataDirectory::Acquire(data_dir, NewClusterId));
  ASSIGN_OR_RETURN(process->files_, common::LocalFileSystem::OpenRoot(process->directory_->files_root()));
  RETURN_IF_ERROR(common::BlockOn(process->footing_.executor(), process->Launch()));
  return std::unique_ptr<RunningRole>(std::move(process));
}

Task<Status> LockServiceProcess::Launch() {
  server::Daemon& daemon = footing_.daemon();
  lockservice::LockServerParts parts(footing_.executor(), daemon.faults(), daemon.metrics(),
                                     daemon.LoggerFor("lockservice"));
  lockservice::LockServerStorage storage(*files_, directory_->cluster_id());
  CO_TRY(lock_server_, co_await lockservice::OpenLockServer(std::move(parts), std::move(storage)));
  // It does not belong to the cluster whose locks it keeps: callers of any are answered, and what lies in `/cluster`
  // tells them whose it is.
  rpc_server_ = std::make_unique<rpc::RpcServer>(footing_.executor(), footing_.transport(), rpc::RpcServerOptions());
  lockservice::ServeLockService(*lock_server_, *rpc_server_);
  CO_TRY(const rpc::Address address, footing_.ListenAddress(daemon.settings().Get(lockservice::kPortSetting)));
  co_return rpc_server_->Start(address);
}

std::vector<server::Endpoint> LockServiceProcess::endpoints() const {
  const rpc::Address address = rpc_server_->address();
  return {server::Endpoint{"lockservice", address.host, address.port}};
}

Task<void> LockServiceProcess::StopRoles() {
  if (lock_server_) co_await lock_server_->Stop();  // ends the calls that wait for locks
  if (rpc_server_) co_await rpc_server_->Stop(Deadline::After(footing_.executor().clock(), kStopTimeout));
}

void LockServiceProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  common::BlockOn(footing_.executor(), StopRoles());
}

}  // namespace cellar::tools
