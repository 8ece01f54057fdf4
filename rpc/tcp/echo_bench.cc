#include <benchmark/benchmark.h>

#include <memory>

#include "common/concurrency/block_on.h"
#include "common/concurrency/task_group.h"
#include "rpc/rpc_client.h"
#include "rpc/tcp/tcp_test_bed.h"

// Calls over the loopback interface, client and server on one loop: the cost of the wire for both sides together.

namespace cellar::rpc {
namespace {

struct Echoing {
  Echoing() {
    client = std::make_unique<RpcClient>(bed.executor, bed.transport, random);
    common::BlockOn(bed.executor, Start());
  }
  ~Echoing() {
    common::BlockOn(bed.executor, client->Stop());
    common::BlockOn(bed.executor, echo->server().Stop(Deadline::Infinite()));
  }

  Task<void> Start() {
    echo = std::make_unique<EchoServer>(bed.executor, bed.transport, RpcServerOptions());
    CHECK(echo->server().Start(Address("127.0.0.1", 0)).ok());
    address = echo->server().address();
    co_return;
  }

  Task<void> CallInARow(int count, size_t bytes) {
    const std::string attachment(bytes, 'x');
    for (int i = 0; i < count; ++i) {
      Request request("message", attachment);
      const Deadline deadline = Deadline::After(bed.clock, 5 * kSecond);
      const Result<Response> response = co_await client->Call(address, kEcho, std::move(request), deadline);
      CHECK(response.ok());
    }
  }

  Task<void> CallAtOnce(int callers, int count, size_t bytes) {
    TaskGroup group(bed.executor);
    for (int i = 0; i < callers; ++i) group.Spawn(CallInARow(count, bytes));
    co_await group.Join();
  }

  TcpTestBed bed;
  SeededRandom random{1};
  Address address;
  std::unique_ptr<EchoServer> echo;
  std::unique_ptr<RpcClient> client;
};

/// Arguments: callers at once, bytes of the attachment.
void BM_Echo(benchmark::State& state) {
  constexpr int kCallsPerRound = 1000;
  Echoing echoing;
  const auto callers = static_cast<int>(state.range(0));
  const auto bytes = static_cast<size_t>(state.range(1));
  for (auto _ : state)
    common::BlockOn(echoing.bed.executor, echoing.CallAtOnce(callers, kCallsPerRound / callers, bytes));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * (kCallsPerRound / callers) * callers);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * (kCallsPerRound / callers) * callers * 2 *
                          static_cast<int64_t>(bytes));
}
BENCHMARK(BM_Echo)
    ->Args({1, 0})
    ->Args({1, 1024})
    ->Args({64, 0})
    ->Args({64, 1024})
    ->Args({8, 65536})
    ->Args({4, 1 << 20})
    ->UseRealTime();

}  // namespace
}  // namespace cellar::rpc

BENCHMARK_MAIN();
