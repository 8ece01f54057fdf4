#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "common/random/random.h"
#include "rpc/frame_queue.h"
#include "rpc/tcp/tcp_test_bed.h"

namespace cellar::rpc {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

#if __has_feature(address_sanitizer)
constexpr uint64_t kAllowedGrowthBytes = 512u << 20;  // it keeps what is freed
#else
constexpr uint64_t kAllowedGrowthBytes = 64u << 20;
#endif

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

/// A server on TCP, and peers who misbehave on plain sockets.
class TcpGarbageTest : public testing::Test {
 protected:
  void Start(RpcServerOptions options = {}) { bed.RunOnServer(StartServer(std::move(options))); }
  Task<void> StartServer(RpcServerOptions options) {
    echo = std::make_unique<EchoServer>(bed.executor, bed.transport, std::move(options));
    CHECK(echo->server().Start(Address("127.0.0.1", 0)).ok());
    port = echo->server().address().port;
    co_return;
  }
  void TearDown() override {
    bed.RunOnServer(echo->server().Stop(Deadline::Infinite()));
    echo.reset();
  }

  tcp::socket Connect() {
    tcp::socket socket(io);
    socket.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
    return socket;
  }
  static void Write(tcp::socket& socket, const std::string& bytes) {
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(bytes), ignored);
  }
  /// What the server says until it closes.
  static std::string ReadToEnd(tcp::socket& socket) {
    std::string bytes;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(bytes), end);
    return bytes;
  }
  static std::string HelloBytes() {
    Frame hello;
    hello.kind = FrameKind::kHello;
    hello.message = Hello().Encode();
    return EncodeFrame(hello);
  }
  RpcServerStats Stats() {
    RpcServerStats stats;
    auto read = [](RpcServer& server, RpcServerStats* out) -> Task<void> {
      *out = server.stats();
      co_return;
    };
    bed.RunOnServer(read(echo->server(), &stats));
    return stats;
  }

  TcpTestBed bed;
  std::unique_ptr<EchoServer> echo;
  uint16_t port = 0;
  asio::io_context io;
};

TEST_F(TcpGarbageTest, Garbage_IsClosed) {
  Start();
  tcp::socket socket = Connect();
  Write(socket, std::string(1000, 'x'));
  EXPECT_EQ(ReadToEnd(socket), "");
}

TEST_F(TcpGarbageTest, TenThousandGarbageConnections_CostLittleMemory) {
  Start();
  SeededRandom random(3);
  const uint64_t before = ResidentBytes();
  for (int i = 0; i < 10'000; ++i) {
    tcp::socket socket = Connect();
    std::string bytes(56 + random.Uniform(200), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    Write(socket, bytes);
  }
  EXPECT_LT(ResidentBytes(), before + kAllowedGrowthBytes);
  tcp::socket socket = Connect();
  Write(socket, HelloBytes());
  std::string welcome(kFrameHeaderBytes, '\0');
  asio::read(socket, asio::buffer(welcome));
  EXPECT_EQ(welcome[5], static_cast<char>(FrameKind::kWelcome));
}

TEST_F(TcpGarbageTest, HugeDeclaredLength_IsRefusedAtTheHeader) {
  Start();
  for (const uint32_t length : {65u << 10, kMaxFrameBytes - 100, 0xFFFFFFFFu}) {
    FrameHeader header;
    header.kind = FrameKind::kHello;
    header.message_bytes = std::min(length, kMaxMessageBytes);
    header.whole_attachment_bytes = length - header.message_bytes;
    header.attachment_bytes = std::min(header.whole_attachment_bytes, kChunkBytes);
    header.more = header.attachment_bytes < header.whole_attachment_bytes;
    std::string bytes(kFrameHeaderBytes, '\0');
    header.Encode(bytes.data());
    tcp::socket socket = Connect();
    Write(socket, bytes);
    EXPECT_EQ(ReadToEnd(socket), "") << length;
  }
}

TEST_F(TcpGarbageTest, RequestBeforeHello_IsClosed) {
  Start();
  Frame request;
  request.method_or_code = kEcho.get();
  tcp::socket socket = Connect();
  Write(socket, EncodeFrame(request));
  EXPECT_EQ(ReadToEnd(socket), "");
  EXPECT_EQ(Stats().calls, 0u);
}

TEST_F(TcpGarbageTest, SilentPeer_IsClosedAfterTheTimeout) {
  RpcServerOptions options;
  options.hello_timeout = 30 * kMillisecond;
  Start(options);
  tcp::socket socket = Connect();
  EXPECT_EQ(ReadToEnd(socket), "");
  EXPECT_EQ(Stats().refused_greetings, 1u);
}

TEST_F(TcpGarbageTest, HalfOpenPeers_AreBoundedAndTheOldestGivesWay) {
  RpcServerOptions options;
  options.max_half_open = 4;
  Start(options);
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(Connect());
  tcp::socket fifth = Connect();
  EXPECT_EQ(ReadToEnd(silent[0]), "");
  EXPECT_EQ(Stats().refused_connections, 1u);
  Write(fifth, HelloBytes());
  std::string welcome(kFrameHeaderBytes, '\0');
  asio::read(fifth, asio::buffer(welcome));
  EXPECT_EQ(welcome[5], static_cast<char>(FrameKind::kWelcome));
}

TEST_F(TcpGarbageTest, UnknownMechanism_IsToldWhy) {
  Start();
  Hello hello;
  hello.mechanism = "kerberos";
  Frame frame;
  frame.kind = FrameKind::kHello;
  frame.message = hello.Encode();
  tcp::socket socket = Connect();
  Write(socket, EncodeFrame(frame));
  EXPECT_NE(ReadToEnd(socket).find("authentication mechanism 'kerberos'"), std::string::npos);
}

TEST_F(TcpGarbageTest, DamagedRequest_ClosesTheConnection) {
  Start();
  Frame request;
  request.method_or_code = kEcho.get();
  request.message = "message";
  request.attachment = "attachment";
  std::string bytes = EncodeFrame(request);
  bytes.back() ^= 1;
  tcp::socket socket = Connect();
  Write(socket, HelloBytes());
  std::string welcome(kFrameHeaderBytes, '\0');
  asio::read(socket, asio::buffer(welcome));
  EXPECT_EQ(welcome[5], static_cast<char>(FrameKind::kWelcome));
  Write(socket, bytes);
  ReadToEnd(socket);
  EXPECT_EQ(Stats().calls, 0u);
}

}  // namespace
}  // namespace cellar::rpc
