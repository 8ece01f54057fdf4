#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "rpc/rpc_conformance.h"

// What a client does about a silent peer over every Transport. Instantiate RpcLivenessTest as RpcConformanceTest.

namespace cellar::rpc {

/// A peer that says welcome to the first connections and nothing else, as a server that was stopped.
class MutePeer {
 public:
  struct Options {
    uint64_t features = kOurFeatures;
    bool reads = true;  ///< Takes what it is sent, and throws it away.
    int welcomes = 1;   ///< Connections that it greets.
  };

  MutePeer(Executor& executor, Transport& transport, Options options)
      : transport_(transport), options_(options), tasks_(executor) {}

  Task<void> Start() {
    Result<std::unique_ptr<Listener>> listener = transport_.Listen(Address("127.0.0.1", 0));
    CHECK(listener.ok());
    listener_ = std::move(*listener);
    tasks_.Spawn(Accept());
    co_return;
  }

  Task<void> Stop() {
    listener_->Close();
    for (const std::unique_ptr<Connection>& connection : connections_) connection->Close(Status());
    co_await tasks_.Join();
  }

  Address address() const { return listener_->address(); }
  size_t accepted() const { return connections_.size(); }
  int pings() const { return pings_; }

 private:
  Task<void> Accept() {
    while (true) {
      Result<std::unique_ptr<Connection>> accepted = co_await listener_->Accept();
      if (!accepted.ok()) co_return;
      connections_.push_back(std::move(*accepted));
      if (connections_.size() <= static_cast<size_t>(options_.welcomes)) tasks_.Spawn(Greet(*connections_.back()));
    }
  }

  Task<void> Greet(Connection& connection) {
    const Result<Frame> hello = co_await connection.Receive(Deadline::Infinite());
    if (!hello.ok()) co_return;
    Welcome welcome;
    welcome.features = options_.features;
    Frame answer;
    answer.kind = FrameKind::kWelcome;
    answer.message = welcome.Encode();
    connection.SetLimits(ConnectionLimits(kMaxFrameBytes, 1));
    CHECK(connection.Send(std::move(answer)).ok());
    while (options_.reads) {
      const Result<Frame> frame = co_await connection.Receive(Deadline::Infinite());
      if (!frame.ok()) co_return;
      if (frame->kind == FrameKind::kPing) ++pings_;
    }
  }

  Transport& transport_;
  const Options options_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int pings_ = 0;
  TaskGroup tasks_;
};

class RpcLivenessTest : public RpcConformanceTest {
 protected:
  static constexpr Nanos kLong = 60 * kSecond;  ///< Of a call whose peer must be left long before.
  static constexpr Nanos kSoon = 20 * kSecond;  ///< On the busiest machine.

  void SetUp() override {
    RpcConformanceTest::SetUp();
    options_.ping_after = 20 * kMillisecond;
    options_.ping_timeout = 300 * kMillisecond;
    options_.connect_timeout = kSecond;
  }

  void TearDown() override {
    RpcConformanceTest::TearDown();
    if (mute_ != nullptr) bed_->RunOnServer(mute_->Stop());
    mute_.reset();
  }

  void StartMute(MutePeer::Options options) {
    mute_ = std::make_unique<MutePeer>(bed_->server_executor(), bed_->server_transport(), options);
    bed_->RunOnServer(mute_->Start());
    address_ = mute_->address();
    client_ = std::make_unique<RpcClient>(bed_->client_executor(), bed_->client_transport(), random_, options_);
  }

  Nanos now() { return bed_->client_executor().clock().MonotonicNow(); }

  void Wait(Nanos time) { bed_->RunOnClient(Sleep(time)); }
  Task<void> Sleep(Nanos time) { co_await SleepFor(bed_->client_executor(), time); }

  Task<void> CallBoth(Result<Response>* first, Request one, Result<Response>* second, Request other) {
    TaskGroup group(bed_->client_executor());
    group.Spawn(CallInto(first, kEcho, std::move(one), kLong, CallOptions()));
    group.Spawn(CallInto(second, kEcho, std::move(other), kLong, CallOptions()));
    co_await group.Join();
  }

  Task<void> SleepMany(int count, const char* millis, int* answered) {
    TaskGroup group(bed_->client_executor());
    for (int i = 0; i < count; ++i) group.Spawn(SleepOne(millis, answered));
    co_await group.Join();
  }
  Task<void> SleepOne(const char* millis, int* answered) {
    Result<Response> response = co_await client_->Call(address_, kSleep, Request(millis), In(kLong));
    if (response.ok()) ++*answered;
  }

  std::unique_ptr<MutePeer> mute_;
};

inline bool WasSilent(const Status& status) {
  return status.Is(StatusCode::kTimedOut) && status.message().find("silent for") != std::string::npos;
}

TEST_P(RpcLivenessTest, SilentPeer_IsLeft_AfterOnePing) {
  StartMute({});
  const Nanos start = now();
  const Status status = Call(kEcho, Request("x"), kLong).status();
  EXPECT_TRUE(WasSilent(status)) << status.ToString();
  EXPECT_GE(now() - start, options_.ping_after + options_.ping_timeout);
  EXPECT_LT(now() - start, kSoon);
  EXPECT_EQ(mute_->pings(), 1);
}

TEST_P(RpcLivenessTest, SilentPeer_IsNotWaitedForWhenConnecting) {
  StartMute({});
  EXPECT_TRUE(WasSilent(Call(kEcho, Request("x"), kLong).status()));
  const Nanos start = now();
  EXPECT_TRUE(Call(kEcho, Request("y"), kLong).status().Is(StatusCode::kUnavailable));
  EXPECT_LT(now() - start, kSoon);
  EXPECT_EQ(mute_->accepted(), 2u);
}

TEST_P(RpcLivenessTest, PeerThatTakesNothing_IsLeft_WithALargeRequestUnderWay) {
  MutePeer::Options deaf;
  deaf.reads = false;
  StartMute(deaf);
  Result<Response> small = common::Unavailable("");
  Result<Response> large = common::Unavailable("");
  const Nanos start = now();
  bed_->RunOnClient(
      CallBoth(&small, Request("", std::string(1000, 'x')), &large, Request("", std::string(40u << 20, 'x'))));
  EXPECT_TRUE(WasSilent(small.status())) << small.status().ToString();
  EXPECT_TRUE(WasSilent(large.status())) << large.status().ToString();
  EXPECT_LT(now() - start, kSoon);
}

TEST_P(RpcLivenessTest, CallsTooShortToBePinged_LeaveASilentPeerToo) {
  StartMute({});
  int calls = 0;
  while (mute_->accepted() < 2 && calls < 1000) {
    EXPECT_FALSE(Call(kEcho, Request("x"), options_.ping_after / 4).ok());
    ++calls;
  }
  EXPECT_LT(calls, 1000);
}

TEST_P(RpcLivenessTest, SlowHandler_IsNotLeft) {
  Start();
  Result<Response> response = Call(kSleep, Request("1000"), kLong);
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  EXPECT_EQ(response->message, "slept");
  EXPECT_EQ(echo_->server().stats().accepted, 1u);
  EXPECT_GE(echo_->server().stats().pings, 2u);
}

TEST_P(RpcLivenessTest, ManyCalls_CauseThePingsOfOne) {
  Start();
  int answered = 0;
  const Nanos start = now();
  bed_->RunOnClient(SleepMany(500, "400", &answered));
  EXPECT_EQ(answered, 500);
  const auto most = static_cast<uint64_t>((now() - start) / options_.ping_after + 1);
  EXPECT_LE(echo_->server().stats().pings, most);
  EXPECT_EQ(echo_->server().stats().accepted, 1u);
}

TEST_P(RpcLivenessTest, IdleConnection_IsNotPinged) {
  Start();
  EXPECT_TRUE(Call(kSleep, Request("100"), kLong).ok());
  const uint64_t pings = echo_->server().stats().pings;
  Wait(10 * options_.ping_after);
  EXPECT_EQ(echo_->server().stats().pings, pings);
  EXPECT_EQ(Call(kEcho, Request("x"))->message, "x");
  EXPECT_EQ(echo_->server().stats().pings, pings);
}

TEST_P(RpcLivenessTest, PeerOfABuildWithoutPings_IsSentNone) {
  RpcServerOptions older;
  older.identity.features = 0;
  Start(older);
  EXPECT_TRUE(Call(kSleep, Request("600"), kLong).ok());
  EXPECT_EQ(echo_->server().stats().pings, 0u);
  EXPECT_EQ(echo_->server().stats().accepted, 1u);
}

TEST_P(RpcLivenessTest, PeerOfABuildWithoutPings_IsLeftAtTheDeadline) {
  MutePeer::Options older;
  older.features = 0;
  older.welcomes = 2;
  StartMute(older);
  EXPECT_TRUE(Call(kEcho, Request("x"), 100 * kMillisecond).status().Is(StatusCode::kTimedOut));
  EXPECT_TRUE(Call(kEcho, Request("x"), 100 * kMillisecond).status().Is(StatusCode::kTimedOut));
  EXPECT_EQ(mute_->accepted(), 2u);
  EXPECT_EQ(mute_->pings(), 0);
}

}  // namespace cellar::rpc
