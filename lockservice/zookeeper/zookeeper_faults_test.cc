// One real ZooKeeper that is killed, stopped, wiped, restored, or meddled with while sessions live.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "common/concurrency/parker.h"
#include "lockservice/zookeeper/zookeeper_lock_service.h"
#include "tests/support/child_process.h"
#include "tests/support/zookeeper_lock_harness.h"

namespace cellar::lockservice {
namespace {

using tests::SharedZooKeeper;
using tests::ZooKeeperLockHarness;
using tests::ZooKeeperProcessOptions;

constexpr Nanos kLease = 2 * kSecond;
constexpr Nanos kLongLease = 30 * kSecond;
/// A server that was just started may take a connection and not answer; the C client leaves it after 2T/3.
constexpr Nanos kSlowReturn = 25 * kSecond;

class ZooKeeperFaultsTest : public testing::Test {
 protected:
  ~ZooKeeperFaultsTest() override { zookeeper().Start(); }

  static SharedZooKeeper& Shared() {
    static SharedZooKeeper shared{ZooKeeperProcessOptions()};
    return shared;
  }
  static tests::ZooKeeperProcess& zookeeper() { return Shared().process; }

  template <typename T>
  T Await(Task<T> task) {
    return harness_.Await(std::move(task));
  }
  std::unique_ptr<LockSession> Open(const std::string& name, Nanos lease = kLease) {
    const SessionOptions options(name, lease);
    Result<std::unique_ptr<LockSession>> session = Await(harness_.service().OpenSession(options));
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return std::move(session).value();
  }
  Deadline At(Nanos delay) { return Deadline::After(harness_.executor().clock(), delay); }

  static Task<void> WaitFor(common::Event& event, Deadline deadline, bool* happened) {
    *happened = co_await event.WaitUntil(deadline);
  }
  bool Happens(common::Event& event, Nanos within) {
    bool happened = false;
    harness_.RunToEnd(WaitFor(event, At(within), &happened));
    return happened;
  }
  static bool IsUnknown(const Status& status) {
    return status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kTimedOut);
  }

  ZooKeeperLockHarness harness_{Shared(), 4 * kSecond};
};

TEST_F(ZooKeeperFaultsTest, ZooKeeperAway_IsWaitedForInTheBackground) {
  const auto session = Open("s", kLongLease);
  EXPECT_TRUE(Await(session->Create("/n", NodeKind::kPersistent, {})).ok());
  const auto watch = session->Watch("/n");
  harness_.PassTime(100 * kMillisecond);
  zookeeper().Kill(0);
  EXPECT_TRUE(IsUnknown(Await(session->Renew(At(300 * kMillisecond)))));
  EXPECT_TRUE(IsUnknown(Await(session->Acquire("/n", LockMode::kExclusive, Deadline(0))).status()));
  EXPECT_TRUE(IsUnknown(Await(harness_.service().Read("/n")).status()));
  EXPECT_TRUE(session->lease().Holds());
  watch->changed().Reset();
  zookeeper().Start();
  EXPECT_EQ(Await(session->Renew(At(kSlowReturn))), common::OkStatus());
  EXPECT_TRUE(Await(session->Acquire("/n", LockMode::kExclusive, Deadline(0))).ok());
  harness_.WaitUntilReachable();
  EXPECT_TRUE(Happens(watch->changed(), 5 * kSecond));
  EXPECT_FALSE(session->ended().is_set());
  EXPECT_EQ(Await(session->Close()), common::OkStatus());
}

TEST_F(ZooKeeperFaultsTest, WaitForALock_OutlivesARestart) {
  const auto holder = Open("holder", kLongLease);
  const auto waiter = Open("waiter", kLongLease);
  EXPECT_TRUE(Await(holder->Create("/l", NodeKind::kPersistent, {})).ok());
  ASSERT_TRUE(Await(holder->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  TaskGroup waiters(harness_.executor());
  std::string order;
  harness_.RunToEnd(SpawnInto(waiters, AcquireAndNote(*waiter, "/l", At(60 * kSecond), &order)));
  harness_.RestartService();
  EXPECT_EQ(order, "");
  // The holder's own connection may take longer to come back than a call waits: then it is to be repeated.
  Status released = Await(holder->Release("/l"));
  for (int tries = 0; tries < 12 && IsUnknown(released); ++tries) released = Await(holder->Release("/l"));
  EXPECT_EQ(released, common::OkStatus());
  harness_.RunToEnd(waiters.Join());
  EXPECT_EQ(order, "+");
}

TEST_F(ZooKeeperFaultsTest, HangingLoop_LosesItsSessionThoughTheClientPings) {
  auto session = Open("hangs");
  EXPECT_TRUE(Await(session->Create("/l", NodeKind::kPersistent, {})).ok());
  ASSERT_TRUE(Await(session->Acquire("/l", LockMode::kExclusive, Deadline(0))).ok());
  common::Parker nobody;
  EXPECT_FALSE(nobody.ParkFor(kLease + kSecond));
  EXPECT_FALSE(session->lease().Holds());
  const auto next = Open("next");
  EXPECT_TRUE(Await(next->Acquire("/l", LockMode::kExclusive, At(kSecond))).ok());
  EXPECT_TRUE(session->ended().is_set());
}

TEST_F(ZooKeeperFaultsTest, StoppedServer_CostsTheSessionThatItKeptFromRenewing) {
  const auto session = Open("s");
  EXPECT_TRUE(Await(session->Create("/e", NodeKind::kEphemeral, {})).ok());
  zookeeper().Signal(0, SIGSTOP);
  EXPECT_TRUE(IsUnknown(Await(session->Renew(At(kLease / 4)))));
  EXPECT_TRUE(Happens(session->ended(), 2 * kLease));
  EXPECT_FALSE(session->lease().Holds());
  zookeeper().Signal(0, SIGCONT);
  EXPECT_TRUE(Await(session->Renew(At(kSecond))).Is(StatusCode::kFenced));
  const auto next = Open("next", kLongLease);
  // The server goes by its own time: what the session held goes T after the server heard of it last.
  const Deadline gone = At(2 * kLease);
  while (Await(next->Read("/e")).ok() && !gone.Expired(harness_.executor().clock())) {
    harness_.PassTime(50 * kMillisecond);
  }
  EXPECT_TRUE(Await(next->Read("/e")).status().Is(StatusCode::kNotFound));
}

TEST_F(ZooKeeperFaultsTest, Wiped_EndsItsSessionsAndFreshOnesWork) {
  const auto session = Open("s");
  EXPECT_TRUE(Await(session->Create("/n", NodeKind::kPersistent, {})).ok());
  zookeeper().Kill(0);
  zookeeper().Wipe();
  zookeeper().Start();
  const auto fresh = Open("fresh");
  EXPECT_TRUE(Await(fresh->List("/")).value().empty());
  EXPECT_TRUE(Await(fresh->Create("/n", NodeKind::kPersistent, {})).ok());
  EXPECT_TRUE(Await(fresh->Acquire("/n", LockMode::kExclusive, Deadline(0))).ok());
  // What was read before is not read again, once the connection that knows too much is given up.
  harness_.WaitUntilReachable();
  EXPECT_TRUE(Happens(session->ended(), kLease + kSecond));
  EXPECT_TRUE(Await(session->Read("/n")).status().Is(StatusCode::kFenced));
}

TEST_F(ZooKeeperFaultsTest, Restored_EndsLaterSessionsAndForgetsEarlierOnesAfterTheirLease) {
  const auto early = Open("early", kLongLease);
  EXPECT_TRUE(Await(early->Create("/kept", NodeKind::kPersistent, {{"x", "1"}})).ok());
  zookeeper().Kill(0);
  zookeeper().Save();
  zookeeper().Start();
  EXPECT_EQ(Await(early->Close()), common::OkStatus());
  const auto late = Open("late");
  EXPECT_TRUE(Await(late->Write("/kept", {{"x", "2"}}, std::nullopt)).ok());
  zookeeper().Kill(0);
  zookeeper().Restore();
  zookeeper().Start();
  EXPECT_TRUE(Happens(late->ended(), kLease + kSecond));
  const auto fresh = Open("fresh");
  EXPECT_EQ(Await(fresh->Read("/kept"))->attributes.at("x"), "1");
  EXPECT_TRUE(Await(fresh->Acquire("/kept", LockMode::kExclusive, Deadline(0))).ok());
  EXPECT_EQ(Await(fresh->Close()), common::OkStatus());
}

// ---- A process that dies

/// A lock_session_holder, from when it holds until it is killed.
class HolderProcess {
 public:
  HolderProcess(const ZooKeeperOptions& options, Nanos lease) {
    auto started = tests::ChildProcess::Start({LOCK_SESSION_HOLDER, JoinAddresses(options.servers), options.path,
                                               options.password, std::to_string(lease / kMillisecond)},
                                              "/dev/null");
    EXPECT_TRUE(started.ok()) << started.status().ToString();
    process_ = std::move(started).value();
    const Result<std::string> line = process_->ReadLine(kSlowReturn);
    EXPECT_TRUE(line.ok()) << line.status().ToString();
    if (line.ok()) credentials_ = *line;
  }

  const std::string& credentials() const { return credentials_; }
  void Kill() { process_.reset(); }

 private:
  std::unique_ptr<tests::ChildProcess> process_;
  std::string credentials_;
};

TEST_F(ZooKeeperFaultsTest, KilledProcess_IsEndedByWhoSawItDie) {
  HolderProcess holder(harness_.options, kLongLease);
  ASSERT_FALSE(holder.credentials().empty());
  const auto next = Open("next", kLongLease);
  EXPECT_TRUE(Await(next->Acquire("/held", LockMode::kExclusive, Deadline(0))).status().Is(StatusCode::kBusy));
  holder.Kill();
  const Nanos killed = harness_.executor().clock().MonotonicNow();
  EXPECT_TRUE(Await(next->Acquire("/held", LockMode::kExclusive, Deadline(0))).status().Is(StatusCode::kBusy));
  EXPECT_EQ(Await(harness_.service().EndSession(holder.credentials())), common::OkStatus());
  EXPECT_TRUE(Await(next->Acquire("/held", LockMode::kExclusive, Deadline(0))).ok());
  const Nanos took = harness_.executor().clock().MonotonicNow() - killed;
  RecordProperty("lock_free_after_ms", static_cast<int>(took / kMillisecond));
  EXPECT_LT(took, kLongLease / 4);
}

// ---- Others who know the way to the znodes

class ForeignHandTest : public ZooKeeperFaultsTest {
 protected:
  /// A handle with that password, below the tests' path.
  SharedZooKeeperClient Connect(const std::string& password) {
    ZooKeeperClientOptions options;
    options.servers = JoinAddresses(zookeeper().addresses());
    options.user_password = "cellar:" + password;
    options.session_timeout = 5 * kSecond;
    Result<OwnedZooKeeperClient> client = closer_.Start(harness_.executor(), options);
    EXPECT_TRUE(client.ok());
    owned_.push_back(std::move(client).value());
    EXPECT_TRUE(Await(owned_.back()->WaitUntilConnected(At(5 * kSecond))).ok());
    return owned_.back().shared();
  }
  ZnodeLayout Layout() const { return ZnodeLayout(harness_.options.path); }
  std::string OnlySession(const SharedZooKeeperClient& client) {
    const Result<ZnodeReply> names =
        Await(client->Finish(client->StartChildren(Layout().sessions(), false), At(kSecond)));
    EXPECT_EQ(names->children.size(), 1u);
    return Layout().sessions() + "/" + names->children.at(0);
  }

  common::SystemClock clock_;
  ZooKeeperCloser closer_{clock_};
  std::vector<OwnedZooKeeperClient> owned_;
};

TEST_F(ForeignHandTest, WrongPassword_OpensNothing) {
  const auto session = Open("s");
  EXPECT_TRUE(Await(session->Create("/n", NodeKind::kPersistent, {})).ok());
  EXPECT_TRUE(Await(session->Create("/e", NodeKind::kEphemeral, {})).ok());
  EXPECT_TRUE(Await(session->Acquire("/n", LockMode::kShared, Deadline(0))).ok());
  ZooKeeperOptions options = harness_.options;
  options.password = "guessed";
  const Status status = harness_.TryOpen(options).status();
  EXPECT_EQ(status.ToString(), "invalid argument: lock service zookeeper://" + zookeeper().addresses()[0].ToString() +
                                   options.path + ": ZooKeeper: wrong password for " + options.path +
                                   ", which was made with another one (lockservice.password_file)");
  HoldName hold;
  hold.mode = LockMode::kShared;
  hold.session = session->id();
  const SharedZooKeeperClient stranger = Connect("guessed");
  const std::string session_znode = OnlySession(Connect("secret"));
  for (const std::string& znode :
       {Layout().path(), Layout().nodes(), Layout().sessions(), session_znode, Layout().Node("/n"), Layout().Node("/e"),
        Layout().Hold(Layout().Node("/n"), hold)}) {
    EXPECT_TRUE(Await(stranger->Get(znode, At(kSecond))).status().Is(StatusCode::kInvalidArgument)) << znode;
    const Status written = Await(stranger->Finish(stranger->StartSet(znode, "", -1), At(kSecond))).status();
    EXPECT_TRUE(written.Is(StatusCode::kInvalidArgument)) << znode << written.ToString();
  }
}

TEST_F(ForeignHandTest, PathOfSomethingElse_IsRefused) {
  const SharedZooKeeperClient other = Connect("secret");
  const std::string path = harness_.options.path + "-other";
  EXPECT_TRUE(Await(other->Ensure(path, "kafka", ZnodeKind::kPersistent, ZnodeAccess::kOwner, At(kSecond))).ok());
  ZooKeeperOptions options = harness_.options;
  options.path = path;
  Status status = harness_.TryOpen(options).status();
  EXPECT_TRUE(status.Is(StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(path + " belongs to something else than a Cellar"));
  PendingReply set = other->StartSet(path, "cellar lock service 2", -1);
  EXPECT_TRUE(Await(other->Finish(std::move(set), At(kSecond))).ok());
  status = harness_.TryOpen(options).status();
  EXPECT_TRUE(status.Is(StatusCode::kUnsupported)) << status.ToString();
}

TEST_F(ForeignHandTest, RenewalWhoseAnswerWasLost_DoesNotHinderTheNext) {
  const auto session = Open("s");
  const SharedZooKeeperClient client = Connect("secret");
  // As a renewal that arrived would have left it.
  PendingReply set = client->StartSet(OnlySession(client), "", -1);
  EXPECT_TRUE(Await(client->Finish(std::move(set), At(kSecond))).ok());
  EXPECT_EQ(Await(session->Renew(At(kSecond))), common::OkStatus());
  EXPECT_EQ(Await(session->Renew(At(kSecond))), common::OkStatus());
}

TEST_F(ForeignHandTest, SessionsZnodeRemoved_EndsIt) {
  const auto session = Open("s");
  EXPECT_TRUE(Await(session->Create("/e", NodeKind::kEphemeral, {})).ok());
  const SharedZooKeeperClient client = Connect("secret");
  EXPECT_TRUE(Await(client->Finish(client->StartDelete(OnlySession(client)), At(kSecond))).ok());
  EXPECT_TRUE(Await(session->Renew(At(kSecond))).Is(StatusCode::kFenced));
  EXPECT_TRUE(session->ended().is_set());
  EXPECT_EQ(Await(WaitUntilGone(client, Layout().Node("/e"), At(kSecond))), common::OkStatus());
}

TEST_F(ForeignHandTest, DamagedNode_IsNamed) {
  const auto session = Open("s");
  EXPECT_TRUE(Await(session->Create("/n", NodeKind::kPersistent, {})).ok());
  const SharedZooKeeperClient client = Connect("secret");
  PendingReply set = client->StartSet(Layout().Node("/n"), "\x01", -1);
  EXPECT_TRUE(Await(client->Finish(std::move(set), At(kSecond))).ok());
  const Status status = Await(session->Read("/n")).status();
  EXPECT_TRUE(status.Is(StatusCode::kCorruption));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(Layout().Node("/n")));
}

TEST_F(ForeignHandTest, CredentialsWithAWrongSecret_EndNothing) {
  const auto session = Open("s", kLongLease);
  std::string credentials = session->credentials();
  credentials.back() = credentials.back() == '0' ? '1' : '0';
  EXPECT_TRUE(Await(harness_.service().EndSession(credentials)).Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(Await(session->Renew(At(kSecond))), common::OkStatus());
}

}  // namespace
}  // namespace cellar::lockservice
