// An ensemble of three: the conformance suite, and what only several servers can do to a client.
#include <gtest/gtest.h>

#include <csignal>

#include "lockservice/lock_service_conformance.h"
#include "lockservice/zookeeper/zookeeper_lock_service.h"
#include "tests/support/zookeeper_lock_harness.h"

namespace cellar::lockservice {
namespace {

using tests::SharedZooKeeper;
using tests::ZooKeeperLockHarness;
using tests::ZooKeeperProcessOptions;

SharedZooKeeper& ThreeServers() {
  ZooKeeperProcessOptions options;
  options.servers = 3;
  static SharedZooKeeper zookeeper{options};
  return zookeeper;
}

std::unique_ptr<LockServiceHarness> Make() {
  return std::make_unique<ZooKeeperLockHarness>(ThreeServers());
}

INSTANTIATE_TEST_SUITE_P(Ensemble, LockServiceConformance, testing::Values(&Make));

/// Three workers count under one lock while something happens to the servers.
class ZooKeeperEnsembleTest : public testing::Test {
 protected:
  static constexpr int kWorkers = 3;
  static constexpr int kRounds = 40;
  static constexpr Nanos kLease = 20 * kSecond;

  void SetUp() override {
    for (int i = 0; i < kWorkers; ++i) {
      const SessionOptions options("worker", kLease);
      Result<std::unique_ptr<LockSession>> session = Await(harness_.service().OpenSession(options));
      ASSERT_TRUE(session.ok()) << session.status().ToString();
      sessions_.push_back(std::move(session).value());
      harness_.RunToEnd(StartRenewer(renewers_.emplace_back(), *sessions_.back(), harness_.executor()));
    }
    EXPECT_TRUE(Await(sessions_[0]->Create("/lock", NodeKind::kPersistent, {})).ok());
    EXPECT_TRUE(Await(sessions_[0]->Create("/counter", NodeKind::kPersistent, {{"n", "0"}})).ok());
    for (const auto& session : sessions_) {
      harness_.RunToEnd(SpawnInto(workers_, AddUnderLock(*session, harness_.executor(), kRounds, &inside_)));
    }
    harness_.PassTime(200 * kMillisecond);
  }

  void TearDown() override {
    zookeeper().Start();
    harness_.RunToEnd(workers_.Join());
    EXPECT_EQ(Await(sessions_[0]->Read("/counter"))->attributes.at("n"), std::to_string(kWorkers * kRounds));
    for (auto& renewer : renewers_) harness_.RunToEnd(StopRenewer(renewer));
    for (auto& session : sessions_) {
      EXPECT_FALSE(session->ended().is_set());
      EXPECT_EQ(Await(session->Close()), common::OkStatus());
    }
  }

  template <typename T>
  T Await(Task<T> task) {
    return harness_.Await(std::move(task));
  }
  static tests::ZooKeeperProcess& zookeeper() { return ThreeServers().process; }

  /// Progress through whatever servers are left. A silent one is left by the C client after 2T/3.
  void ExpectWritesGoOn() {
    const Deadline deadline = Deadline::After(harness_.executor().clock(), kLease);
    EXPECT_EQ(Await(sessions_[0]->Renew(deadline)), common::OkStatus());
  }

  ZooKeeperLockHarness harness_{ThreeServers(), 3 * kSecond};
  std::vector<std::unique_ptr<LockSession>> sessions_;
  std::vector<std::unique_ptr<LeaseRenewer>> renewers_;
  TaskGroup workers_{harness_.executor()};
  int inside_ = 0;
};

TEST_F(ZooKeeperEnsembleTest, LeaderKilled_NothingIsLost) {
  for (int round = 0; round < 3; ++round) {
    const int leader = zookeeper().Leader();
    ASSERT_GE(leader, 0);
    zookeeper().Kill(leader);
    const Nanos killed = harness_.executor().clock().MonotonicNow();
    ExpectWritesGoOn();
    const Nanos took = harness_.executor().clock().MonotonicNow() - killed;
    RecordProperty("renewed_after_ms_" + std::to_string(round), static_cast<int>(took / kMillisecond));
    harness_.PassTime(kSecond);
    zookeeper().Start();
  }
}

TEST_F(ZooKeeperEnsembleTest, EachServerRestarted_NothingIsLost) {
  for (int index = 0; index < zookeeper().size(); ++index) {
    zookeeper().Kill(index);
    ExpectWritesGoOn();
    zookeeper().Start();
  }
}

TEST_F(ZooKeeperEnsembleTest, LeaderStoppedAndContinued_NothingIsLost) {
  const int leader = zookeeper().Leader();
  ASSERT_GE(leader, 0);
  zookeeper().Signal(leader, SIGSTOP);
  ExpectWritesGoOn();
  harness_.PassTime(kSecond);
  zookeeper().Signal(leader, SIGCONT);
  zookeeper().WaitUntilServing();
}

TEST_F(ZooKeeperEnsembleTest, AllGoneForAWhile_SessionsLiveOn) {
  zookeeper().KillAll();
  harness_.PassTime(3 * kSecond);
  for (const auto& session : sessions_) EXPECT_TRUE(session->lease().Holds());
}

TEST_F(ZooKeeperEnsembleTest, MinorityLeft_DoesNotAnswerAsIfItWereTheService) {
  zookeeper().Kill(0);
  zookeeper().Kill(1);
  const Deadline deadline = Deadline::After(harness_.executor().clock(), 3 * kSecond);
  const Status renewed = Await(sessions_[0]->Renew(deadline));
  EXPECT_TRUE(renewed.Is(StatusCode::kUnavailable) || renewed.Is(StatusCode::kTimedOut)) << renewed.ToString();
  const auto opened = harness_.TryOpen(harness_.options);
  EXPECT_TRUE(opened.status().Is(StatusCode::kUnavailable)) << opened.status().ToString();
  EXPECT_NE(opened.status().message().find("they have no quorum"), std::string_view::npos)
      << opened.status().ToString();
}

TEST(ZooKeeperEnsembleSilenceTest, StoppedPastTheSession_EndsItWhoeverLeads) {
  ZooKeeperLockHarness harness(ThreeServers());
  const SessionOptions options("s", 2 * kSecond);
  std::unique_ptr<LockSession> session = harness.Await(harness.service().OpenSession(options)).value();
  EXPECT_TRUE(harness.Await(session->Create("/e", NodeKind::kEphemeral, {})).ok());
  for (int index = 0; index < 3; ++index) ThreeServers().process.Signal(index, SIGSTOP);
  harness.PassTime(3 * kSecond);
  EXPECT_FALSE(session->lease().Holds());
  EXPECT_TRUE(session->ended().is_set());
  for (int index = 0; index < 3; ++index) ThreeServers().process.Signal(index, SIGCONT);
  ThreeServers().process.WaitUntilServing();
  harness.WaitUntilReachable();
  const Clock& clock = harness.executor().clock();
  const Deadline gone = Deadline::After(clock, 10 * kSecond);
  while (harness.Await(harness.service().Read("/e")).ok() && !gone.Expired(clock)) harness.PassTime(50 * kMillisecond);
  EXPECT_TRUE(harness.Await(harness.service().Read("/e")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(harness.Await(session->Renew(Deadline::After(clock, kSecond))).Is(StatusCode::kFenced));
}

}  // namespace
}  // namespace cellar::lockservice
