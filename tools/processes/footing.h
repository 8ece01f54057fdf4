#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/threaded_executor.h"
#include "common/random/random.h"
#include "rpc/address.h"
#include "rpc/tcp/tcp_transport.h"
#include "server/daemon.h"
#include "server/guard.h"

namespace cellar::tools {

/// What RunRole gives a role: its daemon, the shift of its ports, and the guard, if it has one. All outlive the role.
struct RoleSeams {
  server::Daemon& daemon;
  int64_t port_offset = 0;
  server::Guard* guard = nullptr;
};

/// What the roles of one process stand on together: loop, sockets, chance. Made and destroyed by a thread that is not
/// the loop, and outlives the roles.
class Footing {
 public:
  explicit Footing(RoleSeams seams);

  server::Daemon& daemon() { return seams_.daemon; }
  Executor& executor() { return *executor_; }
  rpc::Transport& transport() { return *transport_; }
  Random& random() { return random_; }

  /// Makes what it is given the guard's last words; does nothing where there is no guard.
  std::function<void(std::string)> TellGuard() const;

  /// `port` with the offset, where server.address says. kInvalidArgument when the sum is no port.
  Result<rpc::Address> ListenAddress(int64_t port) const;

  /// By which others call this machine: server.announced_host, which may be empty.
  std::string AnnouncedHost() const;

  /// kAlreadyExists naming a port that is in use: asked before anything is touched. Another process may still come
  /// between.
  Status CheckPorts(std::vector<int64_t> ports);

 private:
  Task<Status> TryPorts(std::vector<int64_t> ports);

  const RoleSeams seams_;
  SeededRandom random_;
  std::unique_ptr<common::ThreadedExecutor> executor_;
  std::unique_ptr<rpc::TcpTransport> transport_;
};

}  // namespace cellar::tools
