#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/threaded_executor.h"
#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "common/random/random.h"
#include "lockservice/embedded/embedded_lock_service.h"
#include "lockservice/embedded/lock_server.h"
#include "master/service/master.h"
#include "rangeserver/service/range_server.h"
#include "rpc/rpc_client.h"
#include "rpc/rpc_server.h"
#include "rpc/tcp/asio_poller.h"
#include "rpc/tcp/tcp_transport.h"
#include "server/daemon.h"
#include "server/endpoints.h"
#include "tools/status_publisher.h"

namespace cellar::tools {

/// Where one machine's Cellar lives and listens.
struct OneMachineOptions {
  std::string data_dir;
  int64_t port_offset = 0;

  OneMachineOptions() = default;
};

/// Every role in one process, on one loop and one data directory: what `cellar start` runs. The roles talk over TCP as
/// they would from process to process. Made and stopped by a thread that is not the loop.
class OneMachine {
 public:
  /// Takes the data directory and starts the roles. Errors name the directory, the port or the file; a directory of
  /// another kind is refused before anything is touched. Borrows `daemon`.
  static Result<std::unique_ptr<OneMachine>> Start(server::Daemon& daemon, const OneMachineOptions& options);
  ~OneMachine();

  /// Waits until what is in the directory is recovered: every range is served, or named as a problem. False: the daemon
  /// was told to stop before.
  bool AwaitRecovery();

  /// Answers what is under way, ends a recovery where it is, makes everything durable, closes.
  void Stop();

  std::vector<server::Endpoint> endpoints() const;

 private:
  OneMachine(server::Daemon& daemon, const OneMachineOptions& options);

  /// Before anything is touched. Another process may still come between.
  Task<Status> CheckPorts();
  Status OpenFiles();
  Task<Status> StartRoles();
  Task<Status> StartLockService();
  Task<Status> StartMaster();
  Task<Status> StartRangeServer();
  Task<bool> WatchRecovery();
  Task<void> StopRoles();
  Result<rpc::Address> ListenAddress(uint16_t port) const;

  server::Daemon& daemon_;
  const OneMachineOptions options_;
  SeededRandom random_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<common::LocalFileSystem> files_;
  std::unique_ptr<common::ThreadedExecutor> executor_;
  std::unique_ptr<rpc::TcpTransport> transport_;
  std::unique_ptr<rpc::RpcClient> rpc_;
  std::unique_ptr<lockservice::LockServer> lock_server_;
  std::unique_ptr<rpc::RpcServer> lock_rpc_;
  std::unique_ptr<lockservice::EmbeddedLockService> lock_service_;
  std::unique_ptr<master::Master> master_;
  std::unique_ptr<rangeserver::RangeServer> range_server_;
  std::unique_ptr<StatusPublisher> status_;
  bool stopped_ = false;
};

}  // namespace cellar::tools
