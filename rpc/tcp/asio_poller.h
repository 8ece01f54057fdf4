#pragma once

#include <memory>

#include "common/concurrency/loop_poller.h"

namespace boost::asio {
class io_context;
}

namespace cellar::rpc {

/// Drives Boost.Asio on an executor's loop thread, so that sockets' events and coroutines never run at once. Asio only
/// waits and handles sockets: timers are the executor's, on its Clock.
///
///     auto poller = std::make_unique<AsioPoller>();
///     AsioPoller& asio = *poller;
///     ThreadedExecutor executor(clock, options, std::move(poller));
///     TcpTransport transport(executor, asio);
class AsioPoller final : public common::LoopPoller {
 public:
  AsioPoller();
  ~AsioPoller() override;

  void Poll() override;
  void Wait(Nanos at_most) override;
  void Wake() override;

  /// For rpc/tcp only.
  boost::asio::io_context& io() { return *io_; }

 private:
  std::unique_ptr<boost::asio::io_context> io_;
};

}  // namespace cellar::rpc
