#pragma once

#include <memory>
#include <utility>

#include "common/concurrency/block_on.h"
#include "common/concurrency/threaded_executor.h"
#include "common/time/system_clock.h"
#include "rpc/rpc_test_bed.h"
#include "rpc/tcp/tcp_transport.h"

namespace cellar::rpc {

/// Client and server on one loop, over the loopback interface.
class TcpTestBed final : public RpcTestBed {
 public:
  TcpTestBed() : TcpTestBed(std::make_unique<AsioPoller>()) {}

  Executor& client_executor() override { return executor; }
  Executor& server_executor() override { return executor; }
  Transport& client_transport() override { return transport; }
  Transport& server_transport() override { return transport; }
  void RunOnClient(Task<void> task) override { common::BlockOn(executor, std::move(task)); }
  void RunOnServer(Task<void> task) override { common::BlockOn(executor, std::move(task)); }

  common::SystemClock clock;
  ThreadedExecutor executor;
  TcpTransport transport;

 private:
  explicit TcpTestBed(std::unique_ptr<AsioPoller> poller) : TcpTestBed(*poller, std::move(poller)) {}
  TcpTestBed(AsioPoller& asio, std::unique_ptr<AsioPoller> poller)
      : executor(clock, {}, std::move(poller)), transport(executor, asio) {}
};

}  // namespace cellar::rpc
