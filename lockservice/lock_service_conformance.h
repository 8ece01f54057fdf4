#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockservice/lock_service_harness.h"

namespace cellar::lockservice {

using LockServiceHarnessFactory = std::unique_ptr<LockServiceHarness> (*)();

/// What every lock service must do. INSTANTIATE_TEST_SUITE_P(Embedded, LockServiceConformance,
/// testing::Values(&Make…)).
class LockServiceConformance : public testing::TestWithParam<LockServiceHarnessFactory> {
 protected:
  void SetUp() override {
    harness_ = GetParam()();
    lease_ = harness_->lease();
  }
  void TearDown() override {
    for (auto& session : sessions_) EXPECT_TRUE(IsOkOrFenced(Await(session->Close())));
    sessions_.clear();
    harness_.reset();
  }

  template <typename T>
  T Await(Task<T> task) {
    return harness_->Await(std::move(task));
  }

  /// A session that nobody renews. Lives to the end of the test.
  LockSession& Open(const std::string& name, int leases = 1) {
    const SessionOptions options(name, leases * lease_);
    Result<std::unique_ptr<LockSession>> session = Await(harness_->service().OpenSession(options));
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    sessions_.push_back(std::move(session).value());
    return *sessions_.back();
  }

  Deadline At(Nanos delay) { return Deadline::After(harness_->executor().clock(), delay); }
  static Deadline Now() { return Deadline(0); }

  void MakeNode(LockSession& session, const std::string& path, Attributes attributes = {}) {
    EXPECT_EQ(Await(session.Create(path, NodeKind::kPersistent, std::move(attributes))), common::OkStatus());
  }

  /// Keeps sessions alive for `duration`; the others grow silent.
  void PassTimeRenewing(Nanos duration, std::vector<LockSession*> renewed) {
    for (Nanos passed = 0; passed < duration; passed += lease_ / 6) {
      for (LockSession* session : renewed) EXPECT_EQ(Await(session->Renew(At(kSecond))), common::OkStatus());
      harness_->PassTime(lease_ / 6);
    }
  }

  static bool IsOkOrFenced(const Status& status) { return status.ok() || status.Is(StatusCode::kFenced); }

  static Task<void> WaitFor(common::Event& event, Deadline deadline, bool* happened) {
    *happened = co_await event.WaitUntil(deadline);
  }
  bool Happens(common::Event& event, Nanos within = kSecond) {
    bool happened = false;
    harness_->RunToEnd(WaitFor(event, At(within), &happened));
    return happened;
  }

  std::unique_ptr<LockServiceHarness> harness_;
  Nanos lease_ = 0;  ///< T of the sessions.
  std::vector<std::unique_ptr<LockSession>> sessions_;
};

// ---- Nodes

TEST_P(LockServiceConformance, Create_ShowsKindAttributesAndVersion) {
  LockSession& a = Open("a");
  MakeNode(a, "/servers");
  MakeNode(a, "/servers/rs1", {{"address", "h:1"}, {"bytes", std::string("\0\xff", 2)}});
  Result<NodeState> state = Await(Open("b").Read("/servers/rs1"));
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  EXPECT_EQ(state->kind, NodeKind::kPersistent);
  EXPECT_EQ(state->version, 1u);
  EXPECT_EQ(state->attributes, (Attributes{{"address", "h:1"}, {"bytes", std::string("\0\xff", 2)}}));
  EXPECT_TRUE(state->holds.empty());
}

TEST_P(LockServiceConformance, Create_RefusesWhatIsThereOrHasNoParent) {
  LockSession& a = Open("a");
  MakeNode(a, "/x");
  EXPECT_TRUE(Await(a.Create("/x", NodeKind::kPersistent, {})).Is(StatusCode::kAlreadyExists));
  EXPECT_TRUE(Await(a.Create("/", NodeKind::kPersistent, {})).Is(StatusCode::kAlreadyExists));
  EXPECT_TRUE(Await(a.Create("/no/x", NodeKind::kPersistent, {})).Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(a.Create("x", NodeKind::kPersistent, {})).Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Await(a.Read("/no")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(a.List("/no")).status().Is(StatusCode::kNotFound));
}

TEST_P(LockServiceConformance, Ephemeral_HasNoChildrenAndMayBeCreatedAgainByItsSession) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  EXPECT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {{"k", "v"}})).ok());
  EXPECT_EQ(Await(b.Read("/e"))->owner, a.id());
  EXPECT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  EXPECT_EQ(Await(a.Read("/e"))->attributes, (Attributes{{"k", "v"}}));
  EXPECT_TRUE(Await(b.Create("/e", NodeKind::kEphemeral, {})).Is(StatusCode::kAlreadyExists));
  EXPECT_TRUE(Await(a.Create("/e/x", NodeKind::kPersistent, {})).Is(StatusCode::kConflict));
  EXPECT_TRUE(Await(a.Acquire("/e", LockMode::kExclusive, Now())).status().Is(StatusCode::kConflict));
}

TEST_P(LockServiceConformance, List_IsSortedAndOfOneLevel) {
  LockSession& a = Open("a");
  for (const char* path : {"/d", "/d/b", "/d/a", "/d/a/deep", "/d.x", "/d-x"}) MakeNode(a, path);
  EXPECT_EQ(Await(a.List("/d")).value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Await(a.List("/")).value(), (std::vector<std::string>{"d", "d-x", "d.x"}));
}

TEST_P(LockServiceConformance, Remove_RefusesParentsAndLockedNodes) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/d");
  MakeNode(a, "/d/x");
  EXPECT_TRUE(Await(a.Remove("/d")).Is(StatusCode::kConflict));
  ASSERT_TRUE(Await(b.Acquire("/d/x", LockMode::kShared, Now())).ok());
  EXPECT_TRUE(Await(a.Remove("/d/x")).Is(StatusCode::kConflict));
  EXPECT_TRUE(Await(b.Remove("/d/x")).ok());
  EXPECT_TRUE(Await(a.Remove("/d")).ok());
  EXPECT_TRUE(Await(a.Remove("/d")).Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(a.Remove("/")).Is(StatusCode::kInvalidArgument));
}

TEST_P(LockServiceConformance, Write_IsConditionalOnTheVersion) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/n", {{"x", "1"}, {"y", "1"}});
  EXPECT_EQ(Await(a.Write("/n", {{"x", "2"}}, 1)).value(), 2u);
  EXPECT_TRUE(Await(b.Write("/n", {{"x", "3"}}, 1)).status().Is(StatusCode::kConflict));
  EXPECT_EQ(Await(b.Write("/n", {{"z", ""}}, std::nullopt)).value(), 3u);
  Result<NodeState> state = Await(a.Read("/n"));
  EXPECT_EQ(state->attributes, (Attributes{{"x", "2"}, {"y", "1"}, {"z", ""}}));
  EXPECT_EQ(state->version, 3u);
  EXPECT_TRUE(Await(a.Write("/n", {{"big", std::string(kMaxNodeBytes, 'x')}}, std::nullopt))
                  .status()
                  .Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Await(a.Write("/no", {{"x", "1"}}, std::nullopt)).status().Is(StatusCode::kNotFound));
}

TEST_P(LockServiceConformance, ReadWithoutASession_ShowsTheSame) {
  LockSession& a = Open("a");
  MakeNode(a, "/n", {{"x", "1"}});
  EXPECT_TRUE(Await(a.Acquire("/n", LockMode::kExclusive, Now())).ok());
  Result<NodeState> state = Await(harness_->service().Read("/n"));
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  EXPECT_EQ(state->attributes, (Attributes{{"x", "1"}}));
  ASSERT_EQ(state->holds.size(), 1u);
  EXPECT_EQ(state->holds[0].session, a.id());
  EXPECT_TRUE(Await(harness_->service().Read("/no")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(harness_->service().Read("no")).status().Is(StatusCode::kInvalidArgument));
}

// ---- Locks

TEST_P(LockServiceConformance, Exclusive_KeepsOthersOut) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/l");
  Result<Sequencer> held = Await(a.Acquire("/l", LockMode::kExclusive, Now()));
  ASSERT_TRUE(held.ok()) << held.status().ToString();
  EXPECT_EQ(Await(a.Acquire("/l", LockMode::kExclusive, Now())).value(), *held);
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kExclusive, Now())).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kShared, At(50 * kMillisecond))).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(Await(a.Acquire("/l", LockMode::kShared, Now())).status().Is(StatusCode::kConflict));
  EXPECT_TRUE(Await(b.Release("/l")).ok());
  EXPECT_TRUE(Await(b.CheckSequencer(*held)).ok());
  EXPECT_TRUE(Await(a.Release("/l")).ok());
  EXPECT_TRUE(Await(b.CheckSequencer(*held)).Is(StatusCode::kFenced));
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kExclusive, Now())).ok());
  EXPECT_TRUE(Await(a.Acquire("/no", LockMode::kShared, Now())).status().Is(StatusCode::kNotFound));
}

TEST_P(LockServiceConformance, Shared_LetsSharedIn) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  LockSession& c = Open("c");
  MakeNode(a, "/l");
  EXPECT_TRUE(Await(a.Acquire("/l", LockMode::kShared, Now())).ok());
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kShared, Now())).ok());
  EXPECT_EQ(Await(c.Read("/l"))->holds.size(), 2u);
  EXPECT_TRUE(Await(c.Acquire("/l", LockMode::kExclusive, Now())).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(Await(a.Release("/l")).ok());
  EXPECT_TRUE(Await(c.Acquire("/l", LockMode::kExclusive, Now())).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(Await(b.Release("/l")).ok());
  EXPECT_TRUE(Await(c.Acquire("/l", LockMode::kExclusive, Now())).ok());
}

TEST_P(LockServiceConformance, Sequencers_RiseOverAllLocks) {
  LockSession& a = Open("a");
  MakeNode(a, "/l");
  MakeNode(a, "/m");
  uint64_t last = 0;
  for (const char* path : {"/l", "/m", "/l", "/l", "/m"}) {
    Result<Sequencer> held = Await(a.Acquire(path, LockMode::kExclusive, Now()));
    ASSERT_TRUE(held.ok());
    EXPECT_GT(held->number, last);
    last = held->number;
    EXPECT_TRUE(Await(a.Release(path)).ok());
  }
}

TEST_P(LockServiceConformance, Waiter_GetsTheLockWhenItIsReleasedOrItsHolderEnds) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  LockSession& c = Open("c");
  MakeNode(a, "/l");
  ASSERT_TRUE(Await(a.Acquire("/l", LockMode::kExclusive, Now())).ok());
  TaskGroup waiters(harness_->executor());
  std::string order;
  harness_->RunToEnd(SpawnInto(waiters, AcquireAndNote(b, "/l", At(2 * kSecond), &order)));
  harness_->PassTime(100 * kMillisecond);
  EXPECT_EQ(order, "");
  EXPECT_TRUE(Await(a.Release("/l")).ok());
  harness_->RunToEnd(waiters.Join());
  EXPECT_EQ(order, "+");
  harness_->RunToEnd(SpawnInto(waiters, AcquireAndNote(c, "/l", At(2 * kSecond), &order)));
  EXPECT_TRUE(Await(b.Close()).ok());
  harness_->RunToEnd(waiters.Join());
  EXPECT_EQ(order, "++");
}

TEST_P(LockServiceConformance, ManyWaiters_OneAtATimeAndAllInTheEnd) {
  LockSession& first = Open("first");
  MakeNode(first, "/l");
  ASSERT_TRUE(Await(first.Acquire("/l", LockMode::kExclusive, Now())).ok());
  TaskGroup waiters(harness_->executor());
  std::string order;
  std::vector<LockSession*> sessions;
  for (int i = 0; i < 5; ++i) {
    sessions.push_back(&Open("w" + std::to_string(i)));
    harness_->RunToEnd(SpawnInto(waiters, AcquireAndNote(*sessions.back(), "/l", At(20 * kSecond), &order)));
  }
  EXPECT_TRUE(Await(first.Close()).ok());
  for (size_t done = 1; done <= sessions.size(); ++done) {
    for (int tries = 0; tries < 100 && order.size() < done; ++tries) harness_->PassTime(10 * kMillisecond);
    EXPECT_EQ(order, std::string(done, '+'));
    for (LockSession* session : sessions) EXPECT_TRUE(Await(session->Renew(At(kSecond))).ok());
    const SessionId holder = Await(sessions[0]->Read("/l"))->holds.at(0).session;
    for (LockSession* session : sessions) {
      if (session->id() == holder) EXPECT_TRUE(Await(session->Release("/l")).ok());
    }
  }
  harness_->RunToEnd(waiters.Join());
}

// ---- Sessions

TEST_P(LockServiceConformance, Close_ReleasesAllInOneStep) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/l");
  ASSERT_TRUE(Await(a.Acquire("/l", LockMode::kExclusive, Now())).ok());
  ASSERT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  EXPECT_TRUE(a.lease().Holds());
  EXPECT_TRUE(Await(a.Close()).ok());
  EXPECT_FALSE(a.lease().Holds());
  EXPECT_TRUE(a.ended().is_set());
  EXPECT_TRUE(Await(b.Read("/e")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kExclusive, Now())).ok());
  EXPECT_TRUE(Await(a.Read("/l")).status().Is(StatusCode::kFenced));
  EXPECT_TRUE(Await(a.Create("/x", NodeKind::kPersistent, {})).Is(StatusCode::kFenced));
  EXPECT_TRUE(Await(a.Renew(At(kSecond))).Is(StatusCode::kFenced));
}

TEST_P(LockServiceConformance, EndSession_ByCredentialsIsAsItsOwnClose) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/l");
  ASSERT_TRUE(Await(a.Acquire("/l", LockMode::kExclusive, Now())).ok());
  ASSERT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  const std::string credentials = a.credentials();
  EXPECT_LE(credentials.size(), kMaxCredentialsBytes);
  EXPECT_NE(credentials, b.credentials());
  EXPECT_EQ(Await(harness_->service().EndSession(credentials)), common::OkStatus());
  const Status gone = Await(b.Read("/e")).status();
  EXPECT_TRUE(gone.Is(StatusCode::kNotFound)) << gone.ToString();
  const Result<Sequencer> held = Await(b.Acquire("/l", LockMode::kExclusive, Now()));
  ASSERT_TRUE(held.ok()) << held.status().ToString();
  EXPECT_TRUE(Await(a.Renew(At(10 * kSecond))).Is(StatusCode::kFenced));
  EXPECT_TRUE(a.ended().is_set());
  EXPECT_FALSE(a.lease().Holds());
  EXPECT_EQ(Await(harness_->service().EndSession(credentials)), common::OkStatus());
  EXPECT_TRUE(Await(b.CheckSequencer(*held)).ok());
}

TEST_P(LockServiceConformance, EndSession_RefusesWhatIsNoCredentials) {
  for (const char* text : {"", "a", "session:", "zookeeper:1:2", "session:7;", "zookeeper:"}) {
    EXPECT_TRUE(Await(harness_->service().EndSession(text)).Is(StatusCode::kInvalidArgument)) << text;
  }
}

TEST_P(LockServiceConformance, SilentSession_EndsAfterItsLeaseAndNotBefore) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  MakeNode(a, "/l");
  Result<Sequencer> held = Await(a.Acquire("/l", LockMode::kExclusive, Now()));
  ASSERT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  const Deadline given_away = At(lease_);
  EXPECT_TRUE(Await(a.Renew(At(kSecond))).ok());
  EXPECT_TRUE(Await(b.Renew(At(kSecond))).ok());
  PassTimeRenewing(2 * lease_ / 3, {&b});
  // The holder has stopped by its own clock; the service has not given its lock away yet. (A machine that stands still
  // for a third of the lease, where time is real, proves nothing.)
  EXPECT_FALSE(a.lease().Holds());
  const Status refused = Await(b.Acquire("/l", LockMode::kExclusive, Now())).status();
  if (!given_away.Expired(harness_->executor().clock())) EXPECT_TRUE(refused.Is(StatusCode::kBusy));
  PassTimeRenewing(2 * lease_, {&b});
  EXPECT_TRUE(Await(b.Acquire("/l", LockMode::kExclusive, Now())).ok());
  EXPECT_TRUE(Await(b.Read("/e")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(b.CheckSequencer(*held)).Is(StatusCode::kFenced));
  EXPECT_TRUE(Await(a.Renew(At(kSecond))).Is(StatusCode::kFenced));
  EXPECT_TRUE(a.ended().is_set());
  EXPECT_FALSE(a.lease().Holds());
}

TEST_P(LockServiceConformance, RenewedSession_StaysAlive) {
  LockSession& a = Open("a");
  PassTimeRenewing(3 * lease_, {&a});
  EXPECT_TRUE(a.lease().Holds());
  EXPECT_TRUE(Await(a.List("/")).ok());
}

TEST_P(LockServiceConformance, Renewer_KeepsTheLeaseUntilStopped) {
  LockSession& a = Open("a");
  std::unique_ptr<LeaseRenewer> renewer;
  harness_->RunToEnd(StartRenewer(renewer, a, harness_->executor()));
  for (int i = 0; i < 12; ++i) {
    harness_->PassTime(lease_ / 4);
    EXPECT_TRUE(a.lease().Holds());
  }
  harness_->RunToEnd(StopRenewer(renewer));
  harness_->PassTime(2 * lease_);
  EXPECT_FALSE(a.lease().Holds());
  EXPECT_TRUE(Await(a.Renew(At(kSecond))).Is(StatusCode::kFenced));
}

TEST_P(LockServiceConformance, ShortLease_IsRefused) {
  const SessionOptions options("hasty", kMillisecond);
  EXPECT_TRUE(Await(harness_->service().OpenSession(options)).status().Is(StatusCode::kInvalidArgument));
}

TEST_P(LockServiceConformance, SessionIds_AreNotUsedAgain) {
  const SessionId first = Open("a").id();
  EXPECT_TRUE(Await(sessions_.back()->Close()).ok());
  EXPECT_GT(Open("b").id(), first);
}

// ---- Events

TEST_P(LockServiceConformance, Watch_SaysLookAgainAtEachKindOfChange) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  const std::unique_ptr<NodeWatch> watch = b.Watch("/n");
  EXPECT_TRUE(watch->changed().is_set());
  const auto seen = [this, &watch] {
    const bool happened = Happens(watch->changed());
    // What happened before may still be on its way: let it arrive.
    harness_->PassTime(50 * kMillisecond);
    watch->changed().Reset();
    return happened;
  };
  EXPECT_TRUE(seen());
  MakeNode(a, "/n");
  EXPECT_TRUE(seen());
  EXPECT_TRUE(Await(a.Write("/n", {{"x", "1"}}, std::nullopt)).ok());
  EXPECT_TRUE(seen());
  EXPECT_TRUE(Await(a.Acquire("/n", LockMode::kExclusive, Now())).ok());
  EXPECT_TRUE(seen());
  EXPECT_TRUE(Await(a.Release("/n")).ok());
  EXPECT_TRUE(seen());
  MakeNode(a, "/n/child");
  EXPECT_TRUE(seen());
  EXPECT_TRUE(Await(a.Remove("/n/child")).ok());
  EXPECT_TRUE(seen());
  EXPECT_TRUE(Await(a.Remove("/n")).ok());
  EXPECT_TRUE(seen());
  MakeNode(a, "/other");
  EXPECT_FALSE(Happens(watch->changed(), 200 * kMillisecond));
}

TEST_P(LockServiceConformance, Watch_SeesEphemeralNodesGo) {
  LockSession& a = Open("a");
  LockSession& b = Open("b");
  ASSERT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  const std::unique_ptr<NodeWatch> watch = b.Watch("/");
  harness_->PassTime(50 * kMillisecond);
  watch->changed().Reset();
  EXPECT_TRUE(Await(a.Close()).ok());
  EXPECT_TRUE(Happens(watch->changed()));
  EXPECT_TRUE(Await(b.List("/")).value().empty());
}

TEST_P(LockServiceConformance, EndOfSession_WakesItsWatches) {
  LockSession& a = Open("a");
  const std::unique_ptr<NodeWatch> watch = a.Watch("/n");
  harness_->PassTime(50 * kMillisecond);
  watch->changed().Reset();
  EXPECT_TRUE(Await(a.Close()).ok());
  EXPECT_TRUE(Happens(watch->changed()));
  EXPECT_TRUE(Await(a.Read("/n")).status().Is(StatusCode::kFenced));
}

// ---- Restart

TEST_P(LockServiceConformance, Restart_KeepsNodesAndSequencersRising) {
  LockSession& a = Open("a", 10);
  MakeNode(a, "/d");
  MakeNode(a, "/d/n", {{"x", "1"}});
  EXPECT_EQ(Await(a.Write("/d/n", {{"x", "2"}}, 1)).value(), 2u);
  const uint64_t number = Await(a.Acquire("/d/n", LockMode::kExclusive, Now()))->number;
  ASSERT_TRUE(Await(a.Create("/e", NodeKind::kEphemeral, {})).ok());
  const bool sessions_survive = harness_->RestartService();
  if (!sessions_survive) sessions_.clear();
  LockSession& b = Open("b");
  Result<NodeState> state = Await(b.Read("/d/n"));
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  EXPECT_EQ(state->attributes, (Attributes{{"x", "2"}}));
  EXPECT_EQ(state->version, 2u);
  EXPECT_EQ(Await(b.Read("/e")).ok(), sessions_survive);
  Result<Sequencer> held = Await(b.Acquire("/d/n", LockMode::kExclusive, Now()));
  EXPECT_EQ(held.ok(), !sessions_survive);
  MakeNode(b, "/fresh");
  held = Await(b.Acquire("/fresh", LockMode::kExclusive, Now()));
  ASSERT_TRUE(held.ok());
  EXPECT_GT(held->number, number);
}

// ---- Renewals that prove what is held, and a service that was set back

TEST_P(LockServiceConformance, Renewal_OfASessionWhoseLocksComeAndGo) {
  LockSession& a = Open("a", 2);
  for (const char* path : {"/l", "/m", "/m/child"}) MakeNode(a, path);
  ASSERT_TRUE(Await(a.Acquire("/m", LockMode::kShared, Now())).ok());
  TaskGroup others(harness_->executor());
  harness_->RunToEnd(SpawnInto(others, TakeAndGiveUp(a, "/l", 20)));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Await(a.Renew(At(kSecond))), common::OkStatus());
    harness_->PassTime(kMillisecond);
  }
  harness_->RunToEnd(others.Join());
  // A node that was removed takes its lock along; one that could not be removed is held as before.
  EXPECT_TRUE(Await(a.Remove("/m")).Is(StatusCode::kConflict));
  EXPECT_EQ(Await(a.Renew(At(kSecond))), common::OkStatus());
  EXPECT_TRUE(Await(a.Remove("/m/child")).ok());
  EXPECT_TRUE(Await(a.Remove("/m")).ok());
  EXPECT_EQ(Await(a.Renew(At(kSecond))), common::OkStatus());
}

TEST_P(LockServiceConformance, HeldLocks_AreBounded) {
  LockSession& a = Open("a", 20);
  for (size_t i = 0; i < kMaxHeldLocks; ++i) {
    MakeNode(a, "/" + std::to_string(i));
    ASSERT_TRUE(Await(a.Acquire("/" + std::to_string(i), LockMode::kShared, Now())).ok());
  }
  MakeNode(a, "/more");
  EXPECT_TRUE(Await(a.Acquire("/more", LockMode::kShared, Now())).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(Await(a.Acquire("/0", LockMode::kShared, Now())).ok());
  EXPECT_EQ(Await(a.Renew(At(5 * kSecond))), common::OkStatus());
  EXPECT_TRUE(Await(a.Release("/0")).ok());
  EXPECT_TRUE(Await(a.Acquire("/more", LockMode::kShared, Now())).ok());
}

TEST_P(LockServiceConformance, SetBackBetweenSessionAndLock_EndsTheSession) {
  LockSession& a = Open("a", 10);
  MakeNode(a, "/l");
  harness_->KeepService();
  EXPECT_EQ(Await(a.Renew(At(30 * kSecond))), common::OkStatus());
  ASSERT_TRUE(Await(a.Acquire("/l", LockMode::kExclusive, Now())).ok());
  if (harness_->SetServiceBack()) {
    EXPECT_TRUE(Await(Open("reader").Read("/l"))->holds.empty());
    const Status renewed = Await(a.Renew(At(30 * kSecond)));
    EXPECT_TRUE(renewed.Is(StatusCode::kFenced)) << renewed.ToString();
    EXPECT_NE(renewed.message().find("was set back"), std::string_view::npos) << renewed.ToString();
    EXPECT_TRUE(a.ended().is_set());
    EXPECT_FALSE(a.lease().Holds());
    EXPECT_TRUE(Await(a.Renew(At(kSecond))).Is(StatusCode::kFenced));
  } else {
    sessions_.clear();
  }
  EXPECT_TRUE(Await(Open("next").Acquire("/l", LockMode::kExclusive, Now())).ok());
}

TEST_P(LockServiceConformance, SetBackToWhenTheLockStood_SessionLivesOn) {
  LockSession& a = Open("a", 10);
  MakeNode(a, "/l");
  const Result<Sequencer> held = Await(a.Acquire("/l", LockMode::kExclusive, Now()));
  ASSERT_TRUE(held.ok());
  harness_->KeepService();
  EXPECT_EQ(Await(a.Renew(At(30 * kSecond))), common::OkStatus());
  MakeNode(a, "/later");
  if (!harness_->SetServiceBack()) {
    sessions_.clear();
    return;
  }
  EXPECT_EQ(Await(a.Renew(At(30 * kSecond))), common::OkStatus());
  EXPECT_TRUE(Await(a.CheckSequencer(*held)).ok());
  EXPECT_TRUE(Await(a.Read("/later")).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Await(Open("b").Acquire("/l", LockMode::kExclusive, Now())).status().Is(StatusCode::kBusy));
}

}  // namespace cellar::lockservice
