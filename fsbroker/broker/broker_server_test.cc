#include "fsbroker/broker/broker_server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/client/broker_file_system.h"
#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/binary_protocol.h"
#include "fsbroker/wire/sockets.h"

// A broker's bounds, its stop, and what strangers may do to it.

namespace cellar::fsbroker {
namespace {

using gen::ErrorCode;

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});
const std::string kSession(kSessionBytes, 's');

/// A client that says what it wants, in the order that it wants.
class RawClient {
 public:
  RawClient(uint16_t port, const Clock& clock)
      : socket_(std::make_shared<FramedSocket>(
            ConnectTo(rpc::Address("127.0.0.1", port), Deadline::After(clock, kSecond), clock).value(), kMaxFrameBytes,
            clock)),
        stub_(BinaryProtocolOver(socket_)) {
    socket_->SetDeadline(Deadline::After(clock, 20 * kSecond));
  }

  gen::BrokerClient& operator*() { return stub_; }
  gen::BrokerClient* operator->() { return &stub_; }
  FramedSocket& socket() { return *socket_; }

  gen::Welcome Hello() {
    gen::Welcome welcome;
    stub_.hello(welcome, kProtocolVersion, kSession, "test");
    return welcome;
  }

 private:
  const std::shared_ptr<FramedSocket> socket_;
  gen::BrokerClient stub_;
};

class BrokerServerTest : public ::testing::Test {
 protected:
  BrokerServerTest() { options_.listen = rpc::Address("127.0.0.1", 0); }

  void Start() { server_ = BrokerServer::Start(files_, clock_, metrics_, Logger(), options_).value(); }

  Result<std::unique_ptr<BrokerFileSystem>> Connect() const {
    BrokerOptions options;
    options.address = rpc::Address("127.0.0.1", server_->port());
    options.connect_timeout = 200 * kMillisecond;
    options.max_connections = 4;
    return BrokerFileSystem::Connect(options, clock_, common::SystemSeed());
  }
  RawClient Raw() const { return RawClient(server_->port(), clock_); }

  /// The code of the error that `call` ends by; 0: none.
  static int CodeOf(const std::function<void()>& call) {
    try {
      call();
    } catch (const gen::BrokerError& error) {
      EXPECT_FALSE(error.message.empty());
      return error.code;
    }
    return 0;
  }

  /// The value of a line of /metrics; waits until it is at least `least`.
  void AwaitMetric(const std::string& name, int least) const {
    while (true) {
      const std::string text = metrics_.PrometheusText();
      const size_t at = text.find("\n" + name + " ");
      CHECK(at != std::string::npos);
      if (std::stoi(text.substr(at + name.size() + 2)) >= least) return;
      std::this_thread::yield();
    }
  }

  const common::SystemClock clock_;
  MetricsRegistry metrics_;
  common::MemoryFileSystem memory_;
  FaultyFileSystem files_{memory_, 1};
  BrokerServerOptions options_;
  std::unique_ptr<BrokerServer> server_;
};

TEST_F(BrokerServerTest, Hello_TellsWhoItIs) {
  ClusterId cluster;
  cluster.bytes[0] = 0xab;
  options_.cluster = cluster;
  options_.program = "cellar 1.2";
  Start();
  RawClient client = Raw();
  const gen::Welcome welcome = client.Hello();
  EXPECT_EQ(welcome.protocol_version, kProtocolVersion);
  EXPECT_EQ(welcome.life.size(), kLifeBytes);
  EXPECT_EQ(welcome.program, "cellar 1.2");
  EXPECT_EQ(welcome.cluster_id, "ab000000000000000000000000000000");
  EXPECT_EQ(welcome.limits.max_transfer_bytes, 1 << 20);
  EXPECT_EQ(welcome.limits.lease_ms, 10'000);
  EXPECT_EQ(Connect().value()->cluster_id(), cluster);
}

TEST_F(BrokerServerTest, Hello_ComesFirstAndOnce) {
  Start();
  RawClient client = Raw();
  gen::Welcome welcome;
  EXPECT_EQ(CodeOf([&] { client->exists("f"); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->create("f", 1, 1, std::string(16, 't')); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->hello(welcome, 2, kSession, ""); }), ErrorCode::UNSUPPORTED);
  EXPECT_EQ(CodeOf([&] { client->hello(welcome, 1, "short", ""); }), ErrorCode::INVALID_ARGUMENT);
  client.Hello();
  EXPECT_EQ(CodeOf([&] { client->hello(welcome, 1, kSession, ""); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_FALSE(client->exists("f"));
}

TEST_F(BrokerServerTest, BadArguments_AreRefusedAndChangeNothing) {
  options_.max_transfer_bytes = kMinTransferBytes;
  Start();
  RawClient client = Raw();
  client.Hello();
  const std::string token(kTokenBytes, 't');
  const int64_t writer = client->create("f", 1, 1, token);
  const int64_t reader = client->open("f");
  std::string data;
  EXPECT_EQ(CodeOf([&] { client->create("g", -1, 1, token); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->create("g", int64_t{1} << 32, 1, token); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->create("g", 1, 1, "short"); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->create("../g", 1, 1, token); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->remove("f", "short"); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->append(writer, -1, "x", false); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->append(writer, 7, "x", false); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->append(writer, 0, std::string(kMinTransferBytes + 1, 'x'), false); }),
            ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->append(reader, 0, "x", false); }), ErrorCode::UNKNOWN_FILE);
  EXPECT_EQ(CodeOf([&] { client->read(data, reader, -1, 1); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->read(data, reader, 0, -1); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->read(data, reader, 0, kMinTransferBytes + 1); }), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { client->read(data, writer, 0, 1); }), ErrorCode::UNKNOWN_FILE);
  EXPECT_EQ(CodeOf([&] { client->length(77); }), ErrorCode::UNKNOWN_FILE);
  EXPECT_EQ(ReadWholeFile(memory_, "f", 100).value(), "");
  EXPECT_FALSE(memory_.Exists("g").value());
}

TEST_F(BrokerServerTest, ExampleOfThePage_IsTrue) {  // docs/internals/broker.md
  const std::string question(
      "\0\0\0\x1b\x80\x01\0\x01\0\0\0\x06"
      "exists"
      "\0\0\0\0\x0b\0\x01\0\0\0\x01"
      "a\0",
      31);
  const std::string answer(
      "\0\0\0\x17\x80\x01\0\x02\0\0\0\x06"
      "exists"
      "\0\0\0\0\x02\0\0\x01\0",
      27);
  ASSERT_TRUE(memory_.CreateDirectories("a").ok());
  Start();
  RawClient client = Raw();
  client.Hello();
  const int fd = client.socket().fd();
  ASSERT_EQ(::send(fd, question.data(), question.size(), MSG_NOSIGNAL), static_cast<ssize_t>(question.size()));
  std::string heard;
  while (heard.size() < answer.size() && WaitForSocket(fd, POLLIN, Deadline::After(clock_, 20 * kSecond), clock_)) {
    char byte = 0;
    ASSERT_EQ(::recv(fd, &byte, 1, 0), 1);
    heard.push_back(byte);
  }
  EXPECT_EQ(heard, answer);
}

TEST_F(BrokerServerTest, Strangers_AreCutOff_AndNobodyElseNotices) {
  Start();
  const auto files = Connect().value();
  int broken = 0;
  for (const std::string& noise :
       {std::string("GET / HTTP/1.0\r\n\r\n"), std::string("\x7f\xff\xff\xff", 4), std::string(1'000, '\0'),
        std::string("\0\0\0\x08hellohel", 12), std::string("\0\0\0\x10\x80\x01\0\x01\x7f\xff\xff\xffhello", 17)}) {
    const auto socket =
        ConnectTo(rpc::Address("127.0.0.1", server_->port()), Deadline::After(clock_, kSecond), clock_).value();
    CHECK(::send(socket.get(), noise.data(), noise.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(noise.size()));
    AwaitMetric("cellar_fsbroker_connections_broken_total", ++broken);
  }
  EXPECT_TRUE(files->CreateDirectories("d").ok());
}

TEST_F(BrokerServerTest, AListThatClaimsToBeLong_IsNotAllocated) {
  Start();
  // close([…]) with 2^31 - 1 elements of which none comes.
  const std::string message = std::string("\x80\x01\0\x01\0\0\0\x05", 8) + "close" + std::string("\0\0\0\0", 4) +
                              std::string("\x0f\0\x01\x0a\x7f\xff\xff\xff", 8);
  const std::string frame = std::string("\0\0\0", 3) + static_cast<char>(message.size()) + message;
  const auto socket =
      ConnectTo(rpc::Address("127.0.0.1", server_->port()), Deadline::After(clock_, kSecond), clock_).value();
  CHECK(::send(socket.get(), frame.data(), frame.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(frame.size()));
  AwaitMetric("cellar_fsbroker_connections_broken_total", 1);
}

TEST_F(BrokerServerTest, ConnectionThatSaysNothing_IsClosed) {
  options_.hello_timeout = 20 * kMillisecond;
  Start();
  RawClient client = Raw();
  EXPECT_FALSE(client.socket().AwaitFrame());
}

TEST_F(BrokerServerTest, OneConnectionTooMany_HearsBusy) {
  options_.max_connections = 1;
  Start();
  auto first = Connect().value();
  const Status refused = Connect().status();
  EXPECT_EQ(refused.code(), StatusCode::kBusy) << refused.ToString();
  EXPECT_NE(refused.message().find("1 connections are open"), std::string_view::npos) << refused.ToString();
  first.reset();
  while (!Connect().ok()) std::this_thread::yield();  // Its place is free again.
}

TEST_F(BrokerServerTest, MoreReadersThanMayBeOpen_AllRead) {
  options_.max_open_files = 3;
  Start();
  const auto files = Connect().value();
  std::vector<std::unique_ptr<ReadableFile>> readers;
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    auto file = memory_.Create(name, kLife).value();
    ASSERT_TRUE(file->Append(name + "-bytes").ok());
    readers.push_back(files->Open(name).value());
  }
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < readers.size(); ++i) {
      char bytes[7];
      ASSERT_EQ(readers[i]->Read(0, sizeof(bytes), bytes).value(), 7u);
      EXPECT_EQ(std::string_view(bytes, 7), std::string(1, static_cast<char>('a' + i)) + "-bytes");
    }
  }
}

TEST_F(BrokerServerTest, MoreWritersThanMayBeOpen_AreBusy) {
  options_.max_open_files = 1;
  Start();
  const auto files = Connect().value();
  const auto first = files->Create("a", kLife);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(files->Create("b", kLife).status().code(), StatusCode::kBusy);
  EXPECT_EQ(files->Open("a").status().code(), StatusCode::kBusy);
  EXPECT_FALSE(memory_.Exists("b").value());
}

TEST_F(BrokerServerTest, VanishedClient_ItsFilesGoAfterTheLease) {
  options_.lease = 50 * kMillisecond;
  options_.max_open_files = 1;
  Start();
  {
    RawClient client = Raw();
    client.Hello();
    client->create("a", 1, 1, std::string(kTokenBytes, 't'));
  }
  const auto files = Connect().value();
  while (true) {
    const Status created = files->Create("b", kLife).status();
    if (created.ok()) break;
    ASSERT_EQ(created.code(), StatusCode::kBusy) << created.ToString();
    std::this_thread::yield();
  }
}

TEST_F(BrokerServerTest, ErrorsOfTheStorage_KeepTheirKind_AndNameTheBroker) {
  Start();
  const auto files = Connect().value();
  const std::string address = "127.0.0.1:" + std::to_string(server_->port());
  for (const StatusCode code : {StatusCode::kNoSpace, StatusCode::kIoError, StatusCode::kCorruption, StatusCode::kBusy,
                                StatusCode::kTimedOut, StatusCode::kUnavailable, StatusCode::kFenced}) {
    files_.AddRule({.operation = common::FileOperation::kSync, .code = code});
    const std::string path = "f" + std::to_string(static_cast<int>(code));
    auto file = files->Create(path, kLife).value();
    ASSERT_TRUE(file->Append("x").ok());
    const Status synced = file->Sync();
    EXPECT_EQ(synced.code(), code);
    EXPECT_NE(synced.message().find("'" + path + "' by broker " + address), std::string_view::npos) << synced.message();
    files_.ClearRules();
    EXPECT_EQ(file->Sync(), synced);  // Poisoned, at both ends.
    EXPECT_EQ(file->Append("y").status(), synced);
  }
}

TEST_F(BrokerServerTest, DirectoriesOfManyFiles_ComeInPages) {
  Start();
  const auto files = Connect().value();
  ASSERT_TRUE(memory_.CreateDirectories("d").ok());
  const std::string long_name(150, 'n');
  for (int i = 0; i < 3'000; ++i) ASSERT_TRUE(memory_.Create("d/" + std::to_string(i) + long_name, kLife).ok());
  const auto listed = files->List("d");
  ASSERT_TRUE(listed.ok()) << listed.status().ToString();
  EXPECT_EQ(listed->size(), 3'000u);
  const auto sealed = files->Seal("d", kLife);
  ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
  const auto directly = memory_.Seal("d", kLife).value();
  ASSERT_EQ(sealed->size(), directly.size());
  for (size_t i = 0; i < directly.size(); ++i) EXPECT_EQ((*sealed)[i].name, directly[i].name);
}

TEST_F(BrokerServerTest, Stop_AnswersWhatIsUnderWay) {
  Start();
  const auto files = Connect().value();
  auto file = files->Create("f", kLife).value();
  ASSERT_TRUE(file->Append("x").ok());
  std::atomic<bool> is_syncing = false;
  std::atomic<bool> may_go_on = false;
  files_.AddRule(
      {.operation = common::FileOperation::kSync, .fault = common::FileFault::kHookOnly, .hook = [&](std::string_view) {
         is_syncing = true;
         while (!may_go_on) std::this_thread::yield();
       }});
  Status synced;
  std::jthread writer([&] { synced = file->Sync(); });
  while (!is_syncing) std::this_thread::yield();
  std::jthread stopper([&] { server_->Stop(); });
  while (ConnectTo(rpc::Address("127.0.0.1", server_->port()), Deadline::After(clock_, kSecond), clock_).ok()) {
    std::this_thread::yield();  // Until it has begun to stop.
  }
  may_go_on = true;
  writer.join();
  stopper.join();
  EXPECT_TRUE(synced.ok()) << synced.ToString();
}

TEST_F(BrokerServerTest, TakenPort_IsNamed) {
  Start();
  options_.listen.port = server_->port();
  const Status taken = BrokerServer::Start(files_, clock_, metrics_, Logger(), options_).status();
  EXPECT_EQ(taken.code(), StatusCode::kUnavailable);
  EXPECT_NE(taken.message().find(options_.listen.ToString()), std::string_view::npos);
}

TEST_F(BrokerServerTest, ManyThreadsOnOneClient_SealedUnderLoad) {
  Start();
  const auto files = Connect().value();
  ASSERT_TRUE(files->CreateDirectories("d").ok());
  constexpr size_t kWriters = 6;  // More than the client has connections.
  std::vector<std::atomic<uint64_t>> acknowledged(kWriters);
  std::vector<std::jthread> writers;
  std::atomic<size_t> started = 0;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const std::string path = "d/log" + std::to_string(i);
      const auto file = files->Create(path, kLife);
      while (file.ok() && (*file)->Append("0123456789").ok() && (*file)->Sync().ok()) {
        if ((acknowledged[i] += 10) == 10) ++started;
        (void)ReadWholeFile(*files, path, 1 << 28);
      }
    });
  }
  while (started < kWriters) std::this_thread::yield();
  const auto sealed = files->Seal("d", Incarnation(FencingNumber{.term = 2, .counter = 1}));
  writers.clear();
  ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
  ASSERT_EQ(sealed->size(), kWriters);
  for (size_t i = 0; i < kWriters; ++i) {
    EXPECT_LE(acknowledged[i], (*sealed)[i].length_bytes);
    EXPECT_EQ(ReadWholeFile(*files, "d/" + (*sealed)[i].name, 1 << 28).value().size(), (*sealed)[i].length_bytes);
  }
}

TEST_F(BrokerServerTest, HandlesOfAnEarlierLife_NeverReachTheFilesThatHaveTheirNumbersNow) {
  Start();
  options_.listen.port = server_->port();
  const auto files = Connect().value();
  for (const std::string name : {"a", "b"}) ASSERT_TRUE(memory_.Create(name, kLife).value()->Append("of " + name).ok());
  auto writer = files->Create("c", kLife).value();  // Handle 1.
  const auto reader = files->Open("a").value();     // Handle 2.
  server_.reset();
  Start();
  auto new_writer = files->Create("d", kLife).value();
  const auto new_reader = files->Open("b").value();
  char bytes[4];
  EXPECT_EQ(writer->Append("astray").status().code(), StatusCode::kIoError);
  EXPECT_EQ(ReadWholeFile(memory_, "d", 100).value(), "");
  ASSERT_EQ(reader->Read(0, sizeof(bytes), bytes).value(), 4u);
  EXPECT_EQ(std::string_view(bytes, 4), "of a");
  ASSERT_EQ(new_reader->Read(0, sizeof(bytes), bytes).value(), 4u);
  EXPECT_EQ(std::string_view(bytes, 4), "of b");
  writer.reset();  // Its handle is not closed in the new life, where it is another's.
  EXPECT_TRUE(new_writer->Append("in place").ok());
  EXPECT_TRUE(new_writer->Sync().ok());
}

TEST_F(BrokerServerTest, AnotherClusterAtTheSameAddress_IsRefused) {
  ClusterId cluster;
  cluster.bytes[0] = 1;
  options_.cluster = cluster;
  Start();
  options_.listen.port = server_->port();
  const auto files = Connect().value();
  EXPECT_TRUE(files->CreateDirectories("d").ok());
  server_.reset();
  cluster.bytes[0] = 2;
  options_.cluster = cluster;
  Start();
  const Status refused = files->CreateDirectories("d");
  EXPECT_EQ(refused.code(), StatusCode::kConflict) << refused.ToString();
  EXPECT_NE(refused.message().find("01000000"), std::string_view::npos) << refused.ToString();
  EXPECT_NE(refused.message().find("02000000"), std::string_view::npos) << refused.ToString();
}

}  // namespace
}  // namespace cellar::fsbroker
