#include "lockservice/remote/remote_lock_service.h"

#include <gtest/gtest.h>

#include "common/concurrency/sim_scheduler.h"
#include "common/file/memory_file_system.h"
#include "lockservice/embedded/open_lock_server.h"
#include "lockservice/embedded/serve_lock_service.h"
#include "lockservice/lock_service_conformance.h"
#include "rpc/memory/memory_transport.h"
#include "tests/support/kept_directory.h"

namespace cellar::lockservice {
namespace {

const rpc::Address kAddress("lock", 15861);

ClusterId SomeCluster() {
  return ClusterId::FromBytes("0123456789abcdef");
}

/// One life of the process that serves the lock service.
class ServerProcess {
 public:
  ServerProcess(SimScheduler& world, rpc::MemoryNetwork& network, common::MemoryFileSystem& disk)
      : world_(world),
        network_(network),
        files_(disk.NewProcess()),
        node_(world, "lock"),
        transport_(network, node_),
        rpc_server_(node_, transport_, rpc::RpcServerOptions()) {}

  void Start() {
    LockServerParts parts(node_, faults_, metrics_, Logger());
    LockServerStorage storage(*files_, SomeCluster());
    Result<std::unique_ptr<LockServer>> opened =
        world_.Run(node_, OpenLockServer(std::move(parts), std::move(storage)));
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    server_ = std::move(opened).value();
    ServeLockService(*server_, rpc_server_);
    ASSERT_TRUE(rpc_server_.Start(kAddress).ok());
  }

  void StopInOrder() {
    // Calls that wait for locks end first, so that the RPC server has nothing to wait for.
    world_.Run(node_, server_->Stop());
    world_.Run(node_, rpc_server_.Stop(Deadline::Infinite()));
  }

  void Crash() {
    files_->Kill();
    network_.CutAll("lock");
    node_.Kill();
    node_.RunOutJobs();
  }

  FaultPoints& faults() { return faults_; }

 private:
  SimScheduler& world_;
  rpc::MemoryNetwork& network_;
  std::unique_ptr<ProcessView> files_;
  FaultPoints faults_;
  MetricsRegistry metrics_;
  SimExecutor node_;
  rpc::MemoryTransport transport_;
  std::unique_ptr<LockServer> server_;
  rpc::RpcServer rpc_server_;
};

enum class Ending { kOrderly, kCrash, kPowerCut };

/// A client node and a server node with a network between them and a disk.
class RemoteHarness final : public LockServiceHarness {
 public:
  RemoteHarness(Ending ending, uint64_t seed)
      : ending_(ending),
        world(seed),
        network(world),
        random_(seed),
        node_(world, "client"),
        transport_(network, node_),
        client_(node_, transport_, random_),
        service_(node_, client_, kAddress) {
    StartServer();
  }
  ~RemoteHarness() override {
    network.faults() = rpc::NetworkFaults();
    world.Run(node_, client_.Stop());
    process->StopInOrder();
    process.reset();
  }

  Executor& executor() override { return node_; }
  LockService& service() override { return service_; }
  void RunToEnd(Task<void> task) override { world.Run(node_, std::move(task)); }
  void PassTime(Nanos duration) override { world.RunFor(duration); }

  bool RestartService() override {
    StopServer();
    StartServer();
    WaitUntilReachable();
    return true;
  }
  void KeepService() override { kept_.Keep(); }
  bool SetServiceBack() override {
    StopServer();
    kept_.PutBack();
    StartServer();
    WaitUntilReachable();
    return true;
  }

  void StopServer() {
    if (ending_ == Ending::kOrderly) {
      process->StopInOrder();
    } else {
      process->Crash();
    }
    process.reset();
    if (ending_ == Ending::kPowerCut) disk.PowerCut(random_);
  }

  void StartServer() {
    process = std::make_unique<ServerProcess>(world, network, disk);
    process->Start();
  }

  void WaitUntilReachable() {
    for (int i = 0; i < 100; ++i) {
      const SessionOptions options("probe", kSecond);
      if (Await(service_.OpenSession(options)).ok()) return;
      world.RunFor(50 * kMillisecond);
    }
    FAIL() << "the lock service does not come back";
  }

 private:
  const Ending ending_;

 public:
  SimScheduler world;
  rpc::MemoryNetwork network;
  common::MemoryFileSystem disk;
  std::unique_ptr<ServerProcess> process;

 private:
  tests::KeptDirectory kept_{disk, "lockservice"};
  SeededRandom random_;
  SimExecutor node_;
  rpc::MemoryTransport transport_;
  rpc::RpcClient client_;
  RemoteLockService service_;
};

std::unique_ptr<LockServiceHarness> MakeOrderly() {
  return std::make_unique<RemoteHarness>(Ending::kOrderly, 1);
}
std::unique_ptr<LockServiceHarness> MakeCrashing() {
  return std::make_unique<RemoteHarness>(Ending::kCrash, 2);
}
std::unique_ptr<LockServiceHarness> MakePowerCut() {
  return std::make_unique<RemoteHarness>(Ending::kPowerCut, 3);
}

INSTANTIATE_TEST_SUITE_P(Remote, LockServiceConformance, testing::Values(&MakeOrderly));
INSTANTIATE_TEST_SUITE_P(RemoteCrash, LockServiceConformance, testing::Values(&MakeCrashing));
INSTANTIATE_TEST_SUITE_P(RemotePowerCut, LockServiceConformance, testing::Values(&MakePowerCut));

class RemoteLockServiceTest : public testing::Test {
 protected:
  std::unique_ptr<LockSession> Open(const std::string& name, Nanos lease = 3 * kSecond) {
    const SessionOptions options(name, lease);
    Result<std::unique_ptr<LockSession>> session = harness_.Await(harness_.service().OpenSession(options));
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return std::move(session).value();
  }
  template <typename T>
  T Await(Task<T> task) {
    return harness_.Await(std::move(task));
  }

  void Partition() {
    harness_.network.faults().Block("client", "lock");
    harness_.network.faults().Block("lock", "client");
  }

  RemoteHarness harness_{Ending::kOrderly, 11};
};

TEST_F(RemoteLockServiceTest, CutOffHolder_StopsBeforeTheServiceGivesItsLockAway) {
  std::unique_ptr<LockSession> holder = Open("holder");
  EXPECT_TRUE(Await(holder->Create("/l", NodeKind::kPersistent, {})).ok());
  EXPECT_TRUE(Await(holder->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  std::unique_ptr<LeaseRenewer> renewer;
  harness_.RunToEnd(StartRenewer(renewer, *holder, harness_.executor()));
  harness_.PassTime(10 * kSecond);
  EXPECT_TRUE(holder->lease().Holds());
  Partition();
  harness_.PassTime(2 * kSecond);
  EXPECT_FALSE(holder->lease().Holds());
  harness_.PassTime(2 * kSecond);
  harness_.network.faults().Heal();
  harness_.PassTime(10 * kSecond);
  EXPECT_TRUE(holder->ended().is_set());
  std::unique_ptr<LockSession> next = Open("next");
  EXPECT_TRUE(Await(next->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  harness_.RunToEnd(StopRenewer(renewer));
}

TEST_F(RemoteLockServiceTest, ShortPartition_LosesNothing) {
  std::unique_ptr<LockSession> holder = Open("holder", 30 * kSecond);
  EXPECT_TRUE(Await(holder->Create("/n", NodeKind::kEphemeral, {})).ok());
  std::unique_ptr<NodeWatch> watch = holder->Watch("/n");
  std::unique_ptr<LeaseRenewer> renewer;
  harness_.RunToEnd(StartRenewer(renewer, *holder, harness_.executor()));
  harness_.PassTime(kSecond);
  watch->changed().Reset();
  Partition();
  harness_.PassTime(8 * kSecond);
  harness_.network.faults().Heal();
  harness_.PassTime(15 * kSecond);
  EXPECT_TRUE(holder->lease().Holds());
  EXPECT_FALSE(watch->changed().is_set());
  std::unique_ptr<LockSession> other = Open("other");
  EXPECT_TRUE(Await(other->Write("/n", {{"x", "1"}}, std::nullopt)).ok());
  harness_.PassTime(kSecond);
  EXPECT_TRUE(watch->changed().is_set());
  harness_.RunToEnd(StopRenewer(renewer));
}

TEST_F(RemoteLockServiceTest, WaitForALock_OutlivesARestartOfTheService) {
  std::unique_ptr<LockSession> holder = Open("holder", 60 * kSecond);
  std::unique_ptr<LockSession> waiter = Open("waiter", 60 * kSecond);
  EXPECT_TRUE(Await(holder->Create("/l", NodeKind::kPersistent, {})).ok());
  EXPECT_TRUE(Await(holder->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  TaskGroup waiters(harness_.executor());
  std::string order;
  harness_.RunToEnd(SpawnInto(
      waiters, AcquireAndNote(*waiter, "/l", Deadline::After(harness_.executor().clock(), 40 * kSecond), &order)));
  harness_.PassTime(kSecond);
  harness_.RestartService();
  harness_.PassTime(kSecond);
  EXPECT_EQ(order, "");
  EXPECT_TRUE(Await(holder->Release("/l")).ok());
  harness_.RunToEnd(waiters.Join());
  EXPECT_EQ(order, "+");
}

TEST_F(RemoteLockServiceTest, ServiceAway_IsUnavailableOrTimedOut) {
  std::unique_ptr<LockSession> session = Open("s");
  harness_.process->StopInOrder();
  const Status status = Await(session->Create("/n", NodeKind::kPersistent, {}));
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kTimedOut)) << status.ToString();
  harness_.process.reset();
  harness_.StartServer();
  harness_.WaitUntilReachable();
}

TEST(RemoteLockServiceFaultsTest, BadNetworkAndCrashes_LockExcludesAndNoWriteIsLost) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    RemoteHarness harness(seed % 2 == 0 ? Ending::kPowerCut : Ending::kCrash, seed);
    const SessionOptions options("s", 600 * kSecond);
    std::vector<std::unique_ptr<LockSession>> sessions;
    for (int i = 0; i < 3; ++i) sessions.push_back(harness.Await(harness.service().OpenSession(options)).value());
    EXPECT_TRUE(harness.Await(sessions[0]->Create("/lock", NodeKind::kPersistent, {})).ok());
    EXPECT_TRUE(harness.Await(sessions[0]->Create("/counter", NodeKind::kPersistent, {{"n", "0"}})).ok());
    rpc::LinkFaults& faults = harness.network.faults().everywhere();
    faults.lose_one_in = 30;
    faults.duplicate_one_in = 20;
    faults.cut_one_in = 60;
    TaskGroup workers(harness.executor());
    int inside = 0;
    for (auto& session : sessions) {
      harness.RunToEnd(SpawnInto(workers, AddUnderLock(*session, harness.executor(), 10, &inside)));
    }
    for (int crash = 0; crash < 3; ++crash) {
      harness.PassTime(kSecond);
      harness.RestartService();
    }
    harness.RunToEnd(workers.Join());
    faults = rpc::LinkFaults();
    EXPECT_EQ(harness.Await(sessions[0]->Read("/counter"))->attributes.at("n"), "30");
  }
}

TEST(RemoteLockServiceRestoreTest, ForeignDirectory_IsRefusedByName) {
  RemoteHarness harness(Ending::kOrderly, 5);
  SimExecutor node(harness.world, "other");
  FaultPoints faults;
  MetricsRegistry metrics;
  LockServerParts parts(node, faults, metrics, Logger());
  LockServerStorage storage(harness.disk, ClusterId::FromBytes("another cluster!"));
  Result<std::unique_ptr<LockServer>> opened =
      harness.world.Run(node, OpenLockServer(std::move(parts), std::move(storage)));
  EXPECT_TRUE(opened.status().Is(StatusCode::kInvalidArgument)) << opened.status().ToString();
}

}  // namespace
}  // namespace cellar::lockservice
