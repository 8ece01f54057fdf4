#include "lockservice/embedded/embedded_lock_service.h"

#include <gtest/gtest.h>

#include "common/concurrency/sim_scheduler.h"
#include "lockservice/embedded/memory_lock_journal.h"
#include "lockservice/lock_service_conformance.h"

namespace cellar::lockservice {
namespace {

/// Service and clients on one simulated node.
class EmbeddedHarness final : public LockServiceHarness {
 public:
  explicit EmbeddedHarness(Nanos sync_time) : sync_time_(sync_time), world_(42), node_(world_, "node") { Start(); }
  ~EmbeddedHarness() override { world_.Run(node_, server_->Stop()); }

  Executor& executor() override { return node_; }
  LockService& service() override { return *service_; }
  LockServer& server() { return *server_; }
  void RunToEnd(Task<void> task) override { world_.Run(node_, std::move(task)); }
  void PassTime(Nanos duration) override { world_.RunFor(duration); }
  bool RestartService() override {
    RunToEnd(server_->Stop());
    // The sessions go on existing as objects of the former life; their server has to outlive them.
    former_.push_back(std::move(server_));
    Start();
    return false;
  }

  void KeepService() override { kept_ = store; }
  bool SetServiceBack() override {
    store = kept_;
    return RestartService();
  }

  MemoryLockStore store;
  FaultPoints faults;
  MetricsRegistry metrics;

 private:
  void Start() {
    LockServerParts parts(node_, faults, metrics, Logger());
    auto journal = std::make_unique<MemoryLockJournal>(node_, store, sync_time_);
    Result<std::unique_ptr<LockServer>> server =
        Await(LockServer::Open(std::move(parts), std::move(journal), store.Entities()));
    ASSERT_TRUE(server.ok()) << server.status().ToString();
    server_ = std::move(server).value();
    service_ = std::make_unique<EmbeddedLockService>(*server_, node_);
  }

  const Nanos sync_time_;
  MemoryLockStore kept_;
  SimScheduler world_;
  SimExecutor node_;
  std::vector<std::unique_ptr<LockServer>> former_;
  std::unique_ptr<LockServer> server_;
  std::unique_ptr<EmbeddedLockService> service_;
};

std::unique_ptr<LockServiceHarness> MakeQuick() {
  return std::make_unique<EmbeddedHarness>(0);
}
std::unique_ptr<LockServiceHarness> MakeSlow() {
  return std::make_unique<EmbeddedHarness>(10 * kMillisecond);
}

INSTANTIATE_TEST_SUITE_P(Embedded, LockServiceConformance, testing::Values(&MakeQuick));
INSTANTIATE_TEST_SUITE_P(EmbeddedSlowDisk, LockServiceConformance, testing::Values(&MakeSlow));

TEST(EmbeddedLockServiceTest, FailedLog_LeavesTheOutcomeUnknown) {
  EmbeddedHarness harness(0);
  const SessionOptions options("a");
  std::unique_ptr<LockSession> session = harness.Await(harness.service().OpenSession(options)).value();
  harness.store.failure = common::NoSpace("disk full");
  const Status created = harness.Await(session->Create("/n", NodeKind::kPersistent, {}));
  EXPECT_EQ(created.ToString(), "timed out: lock service: outcome unknown: no space: disk full");
  harness.store.failure = Status();
  EXPECT_TRUE(harness.Await(session->List("/")).ok());
}

TEST(EmbeddedLockServiceTest, InducedFaults_AreReported) {
  EmbeddedHarness harness(0);
  const SessionOptions options("a");
  std::unique_ptr<LockSession> session = harness.Await(harness.service().OpenSession(options)).value();
  for (const char* label : {"lockservice.change.before_log", "lockservice.change.logged"}) {
    ASSERT_TRUE(harness.faults.Induce(std::string(label) + ":error(i/o-error):0").ok());
    EXPECT_TRUE(harness.Await(session->Create("/n", NodeKind::kPersistent, {})).Is(StatusCode::kTimedOut));
    EXPECT_EQ(harness.Await(session->Remove("/n")), common::OkStatus());
  }
}

TEST(EmbeddedLockServiceTest, LateRequests_NeitherReleaseNorAcquire) {
  EmbeddedHarness harness(0);
  LockServer& server = harness.server();
  SessionRecord record;
  record.lease = 10 * kSecond;
  const SessionId session = harness.Await(server.OpenSession(record)).value();
  EXPECT_TRUE(harness.Await(server.Create(session, "/l", NodeKind::kPersistent, {})).ok());
  const auto acquire = [&](uint64_t attempt) {
    return harness.Await(server.Acquire(session, "/l", LockMode::kExclusive, Deadline(0), attempt));
  };
  const Sequencer first = acquire(1).value();
  EXPECT_EQ(acquire(1).value(), first);
  EXPECT_TRUE(harness.Await(server.Release(session, "/l", 1)).ok());
  EXPECT_TRUE(acquire(1).status().Is(StatusCode::kCancelled));
  const Sequencer second = acquire(2).value();
  EXPECT_TRUE(harness.Await(server.Release(session, "/l", 1)).ok());
  EXPECT_TRUE(harness.Await(server.CheckSequencer(session, second)).ok());
  EXPECT_TRUE(harness.Await(server.Release(session, "/l", 2)).ok());
  EXPECT_TRUE(harness.Await(server.CheckSequencer(session, second)).Is(StatusCode::kFenced));
}

TEST(EmbeddedLockServiceTest, EmptiedService_GivesOutNoNumberThatIsInUse) {
  EmbeddedHarness harness(0);
  const SessionOptions options("a");
  const std::unique_ptr<LockSession> before = harness.Await(harness.service().OpenSession(options)).value();
  harness.store = {};
  harness.PassTime(kMillisecond);
  harness.RestartService();
  const std::unique_ptr<LockSession> after = harness.Await(harness.service().OpenSession(options)).value();
  EXPECT_NE(before->id(), after->id());
}

TEST(EmbeddedLockServiceTest, RenewalThatClaimsWhatIsNotHeld_RenewsNothing) {
  EmbeddedHarness harness(0);
  LockServer& server = harness.server();
  SessionRecord record;
  record.lease = 10 * kSecond;
  const SessionId session = harness.Await(server.OpenSession(record)).value();
  const SessionId other = harness.Await(server.OpenSession(record)).value();
  EXPECT_TRUE(harness.Await(server.Create(session, "/l", NodeKind::kPersistent, {})).ok());
  const auto held = harness.Await(server.Acquire(session, "/l", LockMode::kExclusive, Deadline(0))).value();
  EXPECT_TRUE(server.Renew(session, {held}).ok());
  EXPECT_TRUE(server.Renew(session, {}).ok());
  EXPECT_TRUE(server.Renew(other, {held}).Is(StatusCode::kConflict));
  Sequencer wrong = held;
  wrong.mode = LockMode::kShared;
  EXPECT_TRUE(server.Renew(session, {wrong}).Is(StatusCode::kConflict));
  wrong = held;
  ++wrong.number;
  EXPECT_TRUE(server.Renew(session, {held, wrong}).Is(StatusCode::kConflict));
  wrong = held;
  wrong.path = "/no";
  for (int i = 0; i < 3; ++i) {
    harness.PassTime(4 * kSecond);
    EXPECT_TRUE(server.Renew(other, {}).ok());
    const StatusCode code = i < 2 ? StatusCode::kConflict : StatusCode::kFenced;
    EXPECT_TRUE(server.Renew(session, {wrong}).Is(code)) << i;
  }
}

TEST(EmbeddedLockServiceTest, LateExpiry_IsLateByALease) {
  EmbeddedHarness harness(0);
  ASSERT_TRUE(harness.faults.Induce("lockservice.expiry.late:buggify:*").ok());
  SessionRecord record;
  record.lease = 10 * kSecond;
  const SessionId session = harness.Await(harness.server().OpenSession(record)).value();
  harness.PassTime(15 * kSecond);
  EXPECT_TRUE(harness.server().Renew(session, {}).ok());
  harness.PassTime(21 * kSecond);
  EXPECT_TRUE(harness.server().Renew(session, {}).Is(StatusCode::kFenced));
}

TEST(EmbeddedLockServiceTest, StoppedService_RefusesAndWakesWaiters) {
  EmbeddedHarness harness(0);
  const SessionOptions options("a");
  std::unique_ptr<LockSession> holder = harness.Await(harness.service().OpenSession(options)).value();
  std::unique_ptr<LockSession> waiter = harness.Await(harness.service().OpenSession(options)).value();
  EXPECT_TRUE(harness.Await(holder->Create("/l", NodeKind::kPersistent, {})).ok());
  EXPECT_TRUE(harness.Await(holder->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  TaskGroup waiters(harness.executor());
  std::string order;
  harness.RunToEnd(SpawnInto(waiters, AcquireAndNote(*waiter, "/l", Deadline(), &order)));
  harness.RestartService();
  harness.RunToEnd(waiters.Join());
  EXPECT_EQ(order, "-");
  EXPECT_TRUE(harness.Await(holder->List("/")).status().Is(StatusCode::kUnavailable));
  EXPECT_TRUE(harness.Await(holder->Renew(Deadline())).Is(StatusCode::kUnavailable));
}

}  // namespace
}  // namespace cellar::lockservice
