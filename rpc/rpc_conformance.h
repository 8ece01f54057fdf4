#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"
#include "rpc/frame_header.h"
#include "rpc/rpc_client.h"
#include "rpc/rpc_server.h"
#include "rpc/rpc_test_bed.h"

// What client and server do over every Transport. Include it in a test of a transport and instantiate:
//     INSTANTIATE_TEST_SUITE_P(Tcp, RpcConformanceTest, testing::Values(&MakeTcpBed));

namespace cellar::rpc {

/// Runs client and server on the two sides of a bed.
class RpcConformanceTest : public testing::TestWithParam<std::function<std::unique_ptr<RpcTestBed>()>> {
 protected:
  void SetUp() override {
    bed_ = GetParam()();
    options_.min_backoff = kMillisecond;
    options_.max_backoff = 4 * kMillisecond;
  }

  void TearDown() override {
    if (client_ != nullptr) bed_->RunOnClient(client_->Stop());
    if (echo_ != nullptr) bed_->RunOnServer(echo_->server().Stop(Deadline::Infinite()));
    echo_.reset();
    client_.reset();
  }

  void Start(RpcServerOptions server_options = {}, Address address = Address("127.0.0.1", 0)) {
    bed_->RunOnServer(StartServer(std::move(server_options), std::move(address)));
    if (client_ == nullptr) {
      client_ = std::make_unique<RpcClient>(bed_->client_executor(), bed_->client_transport(), random_, options_);
    }
  }

  Task<void> StartServer(RpcServerOptions server_options, Address address) {
    echo_ = std::make_unique<EchoServer>(bed_->server_executor(), bed_->server_transport(), std::move(server_options));
    const Status started = echo_->server().Start(address);
    CHECK(started.ok());
    address_ = echo_->server().address();
    co_return;
  }

  Task<void> StopServer() {
    co_await echo_->server().Stop(Deadline::Infinite());
    echo_.reset();
  }

  Deadline In(Nanos delay) { return Deadline::After(bed_->client_executor().clock(), delay); }

  Task<void> CallInto(Result<Response>* result, MethodId method, Request request, Nanos time, CallOptions options) {
    *result = co_await client_->Call(address_, method, std::move(request), In(time), options);
  }

  Result<Response> Call(MethodId method, Request request, Nanos time = 5 * kSecond, CallOptions options = {}) {
    Result<Response> result = common::Unavailable("not called");
    bed_->RunOnClient(CallInto(&result, method, std::move(request), time, options));
    return result;
  }

  Task<void> CallMany(int count, size_t attachment_bytes, int* answered) {
    TaskGroup group(bed_->client_executor());
    for (int i = 0; i < count; ++i) group.Spawn(EchoOne(i, attachment_bytes, answered));
    co_await group.Join();
  }

  Task<void> EchoOne(int number, size_t attachment_bytes, int* answered) {
    Request request(std::to_string(number), std::string(attachment_bytes, static_cast<char>('a' + number % 26)));
    const std::string attachment = request.attachment;
    CallOptions options(static_cast<Priority>(number % kPriorityCount));
    Result<Response> response = co_await client_->Call(address_, kEcho, std::move(request), In(20 * kSecond), options);
    CHECK(response.ok());
    CHECK(response->message == std::to_string(number));
    CHECK(response->attachment == attachment);
    ++*answered;
  }

  Task<void> StopDuringACall(Result<Response>* under_way, Result<Response>* late) {
    TaskGroup group(bed_->client_executor());
    group.Spawn(CallInto(under_way, kSleep, Request("50"), 5 * kSecond, CallOptions()));
    co_await SleepFor(bed_->client_executor(), 20 * kMillisecond);
    bed_->server_executor().Post([this] {
      stopper_ = std::make_unique<TaskGroup>(bed_->server_executor());
      stopper_->Spawn(echo_->server().Stop(Deadline::Infinite()));
    });
    co_await SleepFor(bed_->client_executor(), 10 * kMillisecond);
    group.Spawn(CallInto(late, kEcho, Request("x"), 5 * kSecond, CallOptions()));
    co_await group.Join();
  }

  Task<void> StopClientDuringACall(Result<Response>* result) {
    TaskGroup group(bed_->client_executor());
    group.Spawn(CallInto(result, kSleep, Request("300"), 5 * kSecond, CallOptions()));
    co_await SleepFor(bed_->client_executor(), 20 * kMillisecond);
    co_await client_->Stop();
    co_await group.Join();
  }

  std::unique_ptr<RpcTestBed> bed_;
  SeededRandom random_{1};
  RpcClientOptions options_;
  Address address_;
  std::unique_ptr<RpcClient> client_;
  std::unique_ptr<EchoServer> echo_;
  std::unique_ptr<TaskGroup> stopper_;
};

TEST_P(RpcConformanceTest, Call_ReturnsMessageAndAttachment) {
  Start();
  Result<Response> response = Call(kEcho, Request("hello", std::string("\0\xff", 2)));
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  EXPECT_EQ(response->message, "hello");
  EXPECT_EQ(response->attachment, std::string("\0\xff", 2));
  EXPECT_EQ(echo_->server().stats().connections, 1u);
}

TEST_P(RpcConformanceTest, Status_TravelsWithCodeDetailAndMessage) {
  Start();
  const Status status = Call(kFail, Request("row exists")).status();
  EXPECT_EQ(status, Status(StatusCode::kConflict, "row exists", 77));
  EXPECT_TRUE(Call(kUnknown, Request("")).status().Is(StatusCode::kUnsupported));
}

TEST_P(RpcConformanceTest, Handler_SeesWhoCallsAndWhy) {
  Start();
  EXPECT_EQ(Call(kDescribe, Request(""), 5 * kSecond, CallOptions(Priority::kMetadata, 42))->message,
            "anonymous 42 1 deadline");
}

TEST_P(RpcConformanceTest, ManyCalls_ShareOneConnection) {
  Start();
  int answered = 0;
  bed_->RunOnClient(CallMany(200, 1000, &answered));
  EXPECT_EQ(answered, 200);
  EXPECT_EQ(echo_->server().stats().accepted, 1u);
}

TEST_P(RpcConformanceTest, LargeAttachments_OfAllPrioritiesArriveWhole) {
  Start();
  int answered = 0;
  bed_->RunOnClient(CallMany(12, 3 * kChunkBytes + 17, &answered));
  EXPECT_EQ(answered, 12);
  EXPECT_EQ(Call(kEcho, Request("", std::string(20u << 20, 'x')), 20 * kSecond)->attachment.size(), 20u << 20);
}

TEST_P(RpcConformanceTest, OverTheFrameLimit_IsRefusedHere) {
  Start();
  EXPECT_TRUE(Call(kEcho, Request("", std::string(kMaxFrameBytes + 1, 'x'))).status().Is(StatusCode::kInvalidArgument));
}

TEST_P(RpcConformanceTest, Deadline_EndsTheCallWithOutcomeUnknown) {
  Start();
  EXPECT_TRUE(Call(kSleep, Request("200"), 20 * kMillisecond).status().Is(StatusCode::kTimedOut));
  EXPECT_EQ(Call(kEcho, Request("next"))->message, "next");
}

TEST_P(RpcConformanceTest, NobodyListens_IsUnavailable) {
  Start();
  bed_->RunOnServer(StopServer());
  EXPECT_TRUE(Call(kEcho, Request("x"), 2 * kSecond).status().Is(StatusCode::kUnavailable));
}

TEST_P(RpcConformanceTest, RestartedServer_IsFoundAgain) {
  Start();
  EXPECT_EQ(Call(kEcho, Request("1"))->message, "1");
  bed_->RunOnServer(StopServer());
  Start({}, address_);
  Result<Response> response = common::Unavailable("");
  for (int attempt = 0; attempt < 5 && !response.ok(); ++attempt) response = Call(kEcho, Request("2"));
  EXPECT_EQ(response->message, "2");
}

TEST_P(RpcConformanceTest, ForeignCluster_IsRefusedByName) {
  options_.hello.cluster = ClusterId::FromBytes("0123456789abcdef");
  RpcServerOptions server_options;
  server_options.identity.cluster = ClusterId::FromBytes("fedcba9876543210");
  Start(server_options);
  const Status status = Call(kEcho, Request("x")).status();
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
  EXPECT_NE(status.message().find("this is cluster " + server_options.identity.cluster.ToString()), std::string::npos)
      << status.ToString();
}

TEST_P(RpcConformanceTest, TooManyBytesUnderWay_AreAnsweredBusy) {
  RpcServerOptions server_options;
  server_options.max_bytes_per_connection = 1000;
  Start(server_options);
  EXPECT_TRUE(Call(kEcho, Request("", std::string(2000, 'x'))).status().Is(StatusCode::kBusy));
  EXPECT_EQ(Call(kEcho, Request("x"))->message, "x");
}

TEST_P(RpcConformanceTest, Stop_LetsCallsUnderWayEnd) {
  Start();
  Result<Response> slept = common::Unavailable("");
  Result<Response> refused = common::Unavailable("");
  bed_->RunOnClient(StopDuringACall(&slept, &refused));
  bed_->RunOnServer(stopper_->Join());
  stopper_.reset();
  ASSERT_TRUE(slept.ok()) << slept.status().ToString();
  EXPECT_TRUE(refused.status().Is(StatusCode::kUnavailable)) << refused.status().ToString();
  EXPECT_EQ(echo_->sleeps_done(), 1);
}

TEST_P(RpcConformanceTest, ClientStop_CancelsItsCalls) {
  Start();
  Result<Response> slept = common::Unavailable("");
  bed_->RunOnClient(StopClientDuringACall(&slept));
  EXPECT_TRUE(slept.status().Is(StatusCode::kCancelled)) << slept.status().ToString();
}

TEST_P(RpcConformanceTest, Hooks_CountCallsAndBytes) {
  Start();
  CallRecord seen;
  client_->SetHook([&seen](const CallRecord& record) { seen = record; });
  EXPECT_TRUE(Call(kEcho, Request("12345", "678")).ok());
  EXPECT_EQ(seen.method, kEcho);
  EXPECT_EQ(seen.request_bytes, 8u);
  EXPECT_EQ(seen.response_bytes, 8u);
}

}  // namespace cellar::rpc
