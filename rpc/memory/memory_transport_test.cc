#include "rpc/memory/memory_transport.h"

#include <gtest/gtest.h>

#include "rpc/liveness_conformance.h"
#include "rpc/rpc_conformance.h"

namespace cellar::rpc {
namespace {

class MemoryBed final : public RpcTestBed {
 public:
  explicit MemoryBed(uint64_t seed) : world(seed) {}

  Executor& client_executor() override { return client; }
  Executor& server_executor() override { return server; }
  Transport& client_transport() override { return client_side; }
  Transport& server_transport() override { return server_side; }
  void RunOnClient(Task<void> task) override { world.Run(client, std::move(task)); }
  void RunOnServer(Task<void> task) override { world.Run(server, std::move(task)); }

  SimScheduler world;
  MemoryNetwork network{world};
  SimExecutor client{world, "client"};
  SimExecutor server{world, "server"};
  MemoryTransport client_side{network, client};
  MemoryTransport server_side{network, server};
};

std::unique_ptr<RpcTestBed> MakeMemoryBed() {
  return std::make_unique<MemoryBed>(7);
}

INSTANTIATE_TEST_SUITE_P(Memory, RpcConformanceTest, testing::Values(&MakeMemoryBed));
INSTANTIATE_TEST_SUITE_P(Memory, RpcLivenessTest, testing::Values(&MakeMemoryBed));

/// Client and server that call each other through a bad network.
class FaultyNetworkTest : public testing::Test {
 protected:
  void Start(uint64_t seed) {
    bed = std::make_unique<MemoryBed>(seed);
    echo = std::make_unique<EchoServer>(bed->server, bed->server_side, RpcServerOptions());
    CHECK(echo->server().Start(Address("server", 1)).ok());
    client = std::make_unique<RpcClient>(bed->client, bed->client_side, random, RpcClientOptions());
  }
  void Stop() {
    bed->network.faults() = NetworkFaults();
    bed->world.Run(bed->client, client->Stop());
    bed->world.Run(bed->server, echo->server().Stop(Deadline::Infinite()));
    client.reset();
    echo.reset();
    bed.reset();
  }
  Task<Result<Response>> Echo(std::string message, Nanos time) {
    const Deadline deadline = Deadline::After(bed->client.clock(), time);
    co_return co_await client->Call(Address("server", 1), kEcho, Request(std::move(message)), deadline);
  }
  Task<Result<Response>> Sleep(std::string millis, Nanos time) {
    const Deadline deadline = Deadline::After(bed->client.clock(), time);
    co_return co_await client->Call(Address("server", 1), kSleep, Request(std::move(millis)), deadline);
  }
  Result<Response> Call(std::string message, Nanos time = kSecond) {
    return bed->world.Run(bed->client, Echo(std::move(message), time));
  }

  std::unique_ptr<MemoryBed> bed;
  SeededRandom random{1};
  std::unique_ptr<EchoServer> echo;
  std::unique_ptr<RpcClient> client;
};

TEST_F(FaultyNetworkTest, LossDuplicationAndCuts_EachAnswerIsItsOwn) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Start(seed);
    LinkFaults& faults = bed->network.faults().everywhere();
    faults.lose_one_in = 10;
    faults.duplicate_one_in = 5;
    faults.cut_one_in = 30;
    int answered = 0;
    for (int i = 0; i < 50; ++i) {
      const Result<Response> response = Call(std::to_string(i));
      if (!response.ok()) continue;
      EXPECT_EQ(response->message, std::to_string(i)) << "seed " << seed;
      ++answered;
    }
    EXPECT_GT(answered, 10) << "seed " << seed;
    Stop();
  }
}

TEST_F(FaultyNetworkTest, SameSeed_SameTrace) {
  uint64_t hashes[2] = {};
  for (uint64_t& hash : hashes) {
    Start(5);
    random = SeededRandom(1);
    bed->network.faults().everywhere().lose_one_in = 5;
    for (int i = 0; i < 50; ++i) (void)Call(std::to_string(i));
    hash = bed->world.trace().hash();
    Stop();
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST_F(FaultyNetworkTest, Blocked_TimesOutAndHeals) {
  Start(1);
  EXPECT_TRUE(Call("1").ok());
  bed->network.faults().Block("server", "client");
  EXPECT_TRUE(Call("2", 10 * kSecond).status().Is(StatusCode::kTimedOut));     // done there, unknown here
  EXPECT_TRUE(Call("3", 10 * kSecond).status().Is(StatusCode::kUnavailable));  // the new connection is not made
  bed->network.faults().Heal();
  EXPECT_EQ(Call("4", 10 * kSecond)->message, "4");
  Stop();
}

TEST_F(FaultyNetworkTest, FrozenServer_IsLeftWithinTheBounds_AndFoundAgain) {
  Start(1);
  EXPECT_TRUE(Call("1").ok());
  bed->server.Freeze();
  const Nanos start = bed->world.now();
  EXPECT_TRUE(Call("2", 60 * kSecond).status().Is(StatusCode::kTimedOut));
  const RpcClientOptions bounds;
  EXPECT_EQ((bed->world.now() - start) / kMillisecond, (bounds.ping_after + bounds.ping_timeout) / kMillisecond);
  for (const Nanos timeout : {bounds.reconnect_timeout, 2 * bounds.reconnect_timeout, bounds.connect_timeout}) {
    const Nanos called = bed->world.now();
    EXPECT_TRUE(Call("3", 60 * kSecond).status().Is(StatusCode::kUnavailable));
    EXPECT_GE(bed->world.now() - called, timeout);
    EXPECT_LE(bed->world.now() - called, timeout + 4 * bounds.min_backoff);
  }
  bed->server.Thaw();
  EXPECT_EQ(Call("4", 60 * kSecond)->message, "4");
  Stop();
}

TEST_F(FaultyNetworkTest, PartitionedServer_IsLeft_WhicheverDirectionIsCut) {
  for (const bool to_server : {true, false}) {
    Start(1);
    EXPECT_TRUE(Call("1").ok());
    bed->network.faults().Block(to_server ? "client" : "server", to_server ? "server" : "client");
    const Nanos start = bed->world.now();
    EXPECT_TRUE(Call("2", 60 * kSecond).status().Is(StatusCode::kTimedOut));
    EXPECT_LT(bed->world.now() - start, 5 * kSecond);
    Stop();
  }
}

TEST_F(FaultyNetworkTest, MachineThatStoodStill_BringsNoClientToLeaveItsServer) {
  // Also between its ping and the answer to that, which are under way for long here.
  for (Nanos stop = kSecond; stop < 3 * kSecond; stop += 100 * kMillisecond) {
    Start(static_cast<uint64_t>(stop));
    EXPECT_TRUE(Call("1").ok());
    bed->network.faults().everywhere().min_delay = 200 * kMillisecond;
    bed->network.faults().everywhere().max_delay = 300 * kMillisecond;
    bed->world.After(stop, [this] {
      bed->client.Freeze();
      bed->server.Freeze();
    });
    bed->world.After(30 * kSecond, [this] {
      bed->client.Thaw();
      bed->server.Thaw();
    });
    const Result<Response> response = bed->world.Run(bed->client, Sleep("40000", 60 * kSecond));
    EXPECT_TRUE(response.ok()) << response.status().ToString();
    Stop();
  }
}

TEST_F(FaultyNetworkTest, CutConnection_IsMadeAgain) {
  Start(1);
  EXPECT_TRUE(Call("1").ok());
  bed->network.CutAll("server");
  bed->world.RunFor(kSecond);
  EXPECT_EQ(Call("2")->message, "2");
  EXPECT_EQ(echo->server().stats().accepted, 2u);
  Stop();
}

TEST_F(FaultyNetworkTest, CutDuringACall_OutcomeIsUnknown) {
  Start(1);
  EXPECT_TRUE(Call("1").ok());
  LinkFaults cut;
  cut.cut_one_in = 1;
  bed->network.faults().Set("server", "client", cut);
  const Status status = Call("2").status();
  EXPECT_TRUE(status.Is(StatusCode::kTimedOut)) << status.ToString();
  EXPECT_NE(status.message().find("broke, outcome unknown"), std::string::npos) << status.ToString();
  Stop();
}

Task<void> Forget(Task<Result<Response>> call) {
  (void)co_await std::move(call);
}
Task<void> SpawnInto(TaskGroup& group, Task<void> task) {
  group.Spawn(std::move(task));
  co_return;
}

TEST_F(FaultyNetworkTest, CallDestroyedWhileItWaits_IsForgotten) {
  Start(1);
  TaskGroup calls(bed->client);
  for (const char* message : {"answered late", "cut"}) {
    bed->world.Run(bed->client, SpawnInto(calls, Forget(Echo(message, kSecond))));
    bed->world.RunUntil([this] { return echo->server().stats().calls > 0; });
    calls.DestroyAll();
    if (message == std::string("cut")) bed->network.CutAll("server");
    bed->world.RunFor(100 * kMillisecond);
  }
  EXPECT_EQ(Call("after", 10 * kSecond)->message, "after");
  Stop();
}

TEST_F(FaultyNetworkTest, KilledServer_RefusesNewConnections) {
  Start(1);
  EXPECT_TRUE(Call("1").ok());
  bed->server.Kill();
  bed->network.CutAll("server");
  EXPECT_FALSE(Call("2").ok());
  echo.reset();  // its coroutines are destroyed where they stand
  EXPECT_TRUE(Call("3").status().Is(StatusCode::kUnavailable));
  bed->world.Run(bed->client, client->Stop());
}

}  // namespace
}  // namespace cellar::rpc
