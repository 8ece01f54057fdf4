#pragma once

#include <memory>

#include "rpc/tcp/asio_poller.h"
#include "rpc/transport.h"

namespace cellar::rpc {

/// Bounds of a TcpTransport.
struct TcpTransportOptions {
  /// A peer that takes nothing of what is queued for it for so long is cut off.
  Nanos slow_reader_timeout = 30 * kSecond;
};

/// Transport over TCP sockets with TCP_NODELAY, on the executor that `poller` belongs to. Loop only. Outlives its
/// connections and listeners.
class TcpTransport final : public Transport {
 public:
  TcpTransport(Executor& executor, AsioPoller& poller, TcpTransportOptions options = {})
      : executor_(executor), poller_(poller), options_(options) {}

  Task<Result<std::unique_ptr<Connection>>> Connect(Address address, Deadline deadline) override;
  Result<std::unique_ptr<Listener>> Listen(const Address& address) override;

 private:
  Executor& executor_;
  AsioPoller& poller_;
  const TcpTransportOptions options_;
};

}  // namespace cellar::rpc
