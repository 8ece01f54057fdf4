#include "client/cpp/connection.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "lockservice/remote/remote_lock_service.h"
#include "rpc/tcp/asio_poller.h"
#include "rpc/tcp/tcp_transport.h"

namespace cellar::client {
namespace {

constexpr std::string_view kScheme = "cellar://";

Result<rpc::Address> AddressOf(std::string_view url) {
  if (!url.starts_with(kScheme)) {
    return common::InvalidArgument("lockservice.url '" + std::string(url) + "': a client needs cellar://host:port");
  }
  return rpc::Address::Parse(url.substr(kScheme.size()));
}

}  // namespace

Connection::Connection() : random_(common::SystemSeed()) {}

Result<std::unique_ptr<Connection>> Connection::Open(const ClientOptions& options) {
  ASSIGN_OR_RETURN(rpc::Address address, AddressOf(options.lock_service_url));
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
  connection->lock_service_ =
      std::make_unique<lockservice::RemoteLockService>(executor, *connection->rpc_, std::move(address));
  connection->directory_ = std::make_unique<LockServiceDirectory>(*connection->lock_service_, executor);
  connection->core_ =
      std::make_unique<ClientCore>(executor, *connection->rpc_, *connection->directory_, connection->random_);
  return connection;
}

Connection::~Connection() {
  if (rpc_) common::BlockOn(*executor_, rpc_->Stop());
}

}  // namespace cellar::client
