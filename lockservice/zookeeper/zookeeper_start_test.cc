// What Open and OpenSession refuse, and how they say it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lockservice/zookeeper/zookeeper_lock_service.h"
#include "tests/support/zookeeper_lock_harness.h"

namespace cellar::lockservice {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::PumpedExecutor;
using tests::SharedZooKeeper;
using tests::ZooKeeperLockHarness;
using tests::ZooKeeperProcess;
using tests::ZooKeeperProcessOptions;

/// A port of loopback; listening, but never answering, if asked to.
class Port {
 public:
  explicit Port(bool is_open) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    if (is_open) EXPECT_EQ(listen(descriptor_, 100), 0);
    number_ = ntohs(address.sin_port);
  }
  ~Port() { close(descriptor_); }
  rpc::Address address() const { return rpc::Address("127.0.0.1", number_); }

 private:
  const int descriptor_;
  uint16_t number_ = 0;
};

class ZooKeeperStartTest : public testing::Test {
 protected:
  Status Refusal(const ZooKeeperOptions& options) {
    std::optional<Result<std::unique_ptr<ZooKeeperLockService>>> opened;
    executor_.Run(Store(options, &opened));
    if (!opened->ok()) return opened->status();
    executor_.Run(Drop(std::move(*opened).value()));
    return common::OkStatus();
  }
  Task<void> Store(ZooKeeperOptions options, std::optional<Result<std::unique_ptr<ZooKeeperLockService>>>* opened) {
    opened->emplace(co_await ZooKeeperLockService::Open(std::move(options), executor_, Logger()));
  }
  static Task<void> Drop(std::unique_ptr<ZooKeeperLockService>) { co_return; }

  ZooKeeperOptions OptionsFor(std::vector<rpc::Address> servers) {
    ZooKeeperOptions options;
    options.servers = std::move(servers);
    options.password = "secret";
    return options;
  }
  Nanos Now() const { return clock_.MonotonicNow(); }

  common::SystemClock clock_;
  PumpedExecutor executor_{clock_};
};

TEST_F(ZooKeeperStartTest, NobodyThere_IsNamedAtOnce) {
  const Port first(false);
  const Port second(false);
  const Nanos began = Now();
  const Status status = Refusal(OptionsFor({first.address(), second.address()}));
  EXPECT_LT(Now() - began, 3 * kSecond);
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("lock service zookeeper://"),
                                                   HasSubstr(first.address().ToString() + ": Connection refused"),
                                                   HasSubstr(second.address().ToString() + ": Connection refused")));
}

TEST_F(ZooKeeperStartTest, SilentServer_IsGivenUpInTime) {
  const Port silent(true);
  const Nanos began = Now();
  const Status status = Refusal(OptionsFor({silent.address()}));
  EXPECT_LT(Now() - began, 3 * kSecond);
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
  EXPECT_THAT(std::string(status.message()), HasSubstr("not connected to any of " + silent.address().ToString()));
}

TEST_F(ZooKeeperStartTest, UnknownHost_IsNamed) {
  const Status status = Refusal(OptionsFor({rpc::Address("no-such-host.invalid", 2181)}));
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
  EXPECT_THAT(std::string(status.message()), HasSubstr("no-such-host.invalid:2181: "));
}

TEST_F(ZooKeeperStartTest, BadOptions_AreRefused) {
  ZooKeeperOptions options = OptionsFor({});
  EXPECT_TRUE(Refusal(options).Is(StatusCode::kInvalidArgument));
  options = OptionsFor({rpc::Address("127.0.0.1", 1)});
  options.password.clear();
  EXPECT_THAT(std::string(Refusal(options).message()), HasSubstr("lockservice.password_file"));
  options.password = "secret";
  for (const char* path : {"", "/", "a", "/a/", "/a b"}) {
    options.path = path;
    EXPECT_TRUE(Refusal(options).Is(StatusCode::kInvalidArgument)) << path;
  }
}

/// One that ticks so slowly that a short lease does not suit it, and keeps that to itself.
class SlowZooKeeperTest : public ZooKeeperStartTest {
 protected:
  void Start(bool tells_configuration) {
    ZooKeeperProcessOptions options;
    options.tick_ms = 1500;
    options.max_session_ms = 20'000;
    options.tells_configuration = tells_configuration;
    zookeeper_ = std::make_unique<SharedZooKeeper>(options);
    harness_ = std::make_unique<ZooKeeperLockHarness>(*zookeeper_);
  }
  Status OpenSession(Nanos lease) {
    const SessionOptions options("s", lease);
    Result<std::unique_ptr<LockSession>> session = harness_->Await(harness_->service().OpenSession(options));
    if (!session.ok()) return session.status();
    return harness_->Await((*session)->Close());
  }

  std::unique_ptr<SharedZooKeeper> zookeeper_;
  std::unique_ptr<ZooKeeperLockHarness> harness_;
};

TEST_F(SlowZooKeeperTest, TickTooLongForTheLease_IsRefused) {
  Start(true);
  const Status status = OpenSession(6 * kSecond);
  EXPECT_TRUE(status.Is(StatusCode::kInvalidArgument)) << status.ToString();
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("lockservice.lease_ms must be longer or ZooKeeper's tickTime shorter"),
                    HasSubstr("tick (1500 ms)")));
  EXPECT_EQ(OpenSession(12 * kSecond), common::OkStatus());
  const Status too_long = OpenSession(30 * kSecond);
  EXPECT_TRUE(too_long.Is(StatusCode::kInvalidArgument)) << too_long.ToString();
  EXPECT_THAT(std::string(too_long.message()),
              HasSubstr("this ZooKeeper makes it 20000 ms: change its maxSessionTimeout"));
}

TEST_F(SlowZooKeeperTest, TickThatIsNotTold_IsTakenFromTheLeastSessionTime) {
  Start(false);
  const Status status = OpenSession(6 * kSecond);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tick (1500 ms)"));
  EXPECT_EQ(OpenSession(12 * kSecond), common::OkStatus());
}

TEST_F(ZooKeeperStartTest, ServerThatIsNotThereAmongOthers_IsPassedBy) {
  SharedZooKeeper zookeeper{ZooKeeperProcessOptions()};
  ZooKeeperLockHarness harness(zookeeper);
  const Port nobody(false);
  harness.options.servers.push_back(nobody.address());
  const auto service = harness.OpenService();
  for (int i = 0; i < 10; ++i) {
    const SessionOptions options("s", 2 * kSecond);
    Result<std::unique_ptr<LockSession>> session = harness.Await(service->OpenSession(options));
    ASSERT_TRUE(session.ok()) << session.status().ToString();
    EXPECT_EQ(harness.Await((*session)->Close()), common::OkStatus());
  }
}

TEST(FourLetterWordsTest, Tick_IsFoundInTheConfiguration) {
  EXPECT_EQ(ParseTick("clientPort=21810\ndataDir=/d\ntickTime=500\nmaxClientCnxns=0\n"), 500 * kMillisecond);
  EXPECT_EQ(ParseTick("conf is not executed because it is not in the whitelist.\n"), std::nullopt);
  EXPECT_EQ(ParseTick("tickTime=\n"), std::nullopt);
  EXPECT_EQ(ParseTick("tickTime=-5\n"), std::nullopt);
  EXPECT_EQ(ParseTick(""), std::nullopt);
}

}  // namespace
}  // namespace cellar::lockservice
