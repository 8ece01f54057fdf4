#include "client/cpp/connection.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "lockservice/connect/open_lock_service.h"
#include "rpc/tcp/asio_poller.h"
#include "rpc/tcp/tcp_transport.h"

namespace cellar::client {
Connection::Connection() : random_(common::SystemSeed()) {}

Result<std::unique_ptr<Connection>> Connection::Open(const ClientOptions& options) {
  std::unique_ptr<Connection> connection(new Connection());
  auto poller = std::make_unique<rpc::AsioPoller>();
  rpc::AsioPoller& asio = *poller;
  common::ThreadedExecutorOptions threads;
  threads.name = "client";
  threads.worker_count.fill(1);
  connection->executor_ = std::make_unique<common::ThreadedExecutor>(connection->clock_, threads, std::move(poller));
  Executor& executor = *connection->executor_;
  connection->transport_ = std::make_unique<rpc::TcpTransport>(executor, asio);
  connection->rpc_ = std::make_unique<rpc::RpcClient>(executor, *connection->transport_, connection->random_);
  lockservice::LockServiceSeams seams(executor, *connection->rpc_, Logger());
  lockservice::LockServiceAccess access(options.lock_service_url, options.lock_service_password_file);
  ASSIGN_OR_RETURN(connection->lock_service_,
                   common::BlockOn(executor, lockservice::OpenLockService(std::move(seams), std::move(access))));
  connection->directory_ = std::make_unique<LockServiceDirectory>(*connection->lock_service_, executor);
  connection->core_ =
      std::make_unique<ClientCore>(executor, *connection->rpc_, *connection->directory_, connection->random_);
  return connection;
}

namespace {

/// Calls that nobody waits for go before the core that they use. It outlives this.
Task<void> Stop(WaitingCalls& calls) {
  calls.Stop();
  co_return;
}

/// What belongs to the loop goes there.
Task<void> Close(rpc::RpcClient& rpc, std::unique_ptr<LockService> lock_service) {
  lock_service.reset();
  co_await rpc.Stop();
}

}  // namespace

Connection::~Connection() {
  if (core_) common::BlockOn(*executor_, Stop(core_->calls()));
  core_.reset();
  directory_.reset();
  if (rpc_) common::BlockOn(*executor_, Close(*rpc_, std::move(lock_service_)));
}

}  // namespace cellar::client
