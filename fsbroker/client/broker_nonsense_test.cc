#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <thrift/TProcessor.h>
#include <thrift/protocol/TBinaryProtocol.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/client/broker_file_system.h"
#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/framed_socket.h"
#include "fsbroker/wire/protocol.h"
#include "fsbroker/wire/sockets.h"

// Brokers that lie, and things that are no brokers: a typed error that names address and path, never a wrong byte.

namespace cellar::fsbroker {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});

/// A broker whose answers a test writes. One life, unless the test says otherwise.
class Scripted : public gen::BrokerNull {
 public:
  void hello(gen::Welcome& welcome, const int32_t, const std::string&, const std::string&) override {
    welcome = answer_to_hello;
  }
  int64_t create(const std::string&, const int64_t, const int64_t, const std::string&) override { return 1; }
  int64_t open(const std::string&) override { return 2; }
  void read(std::string& data, const int64_t, const int64_t, const int32_t) override { data = answer_to_read; }
  int64_t length(const int64_t) override { return answer_to_length; }
  void list_directory(gen::EntryPage& page, const std::string&, const std::string&) override { page = answer_to_list; }
  void seal(gen::SealPage& page, const std::string&, const int64_t, const int64_t, const std::string&) override {
    page = answer_to_seal;
  }

  gen::Welcome answer_to_hello;
  std::string answer_to_read;
  int64_t answer_to_length = 0;
  gen::EntryPage answer_to_list;
  gen::SealPage answer_to_seal;
};

class BrokerNonsenseTest : public ::testing::Test {
 protected:
  using Serve = std::function<void(common::LocalDescriptor)>;

  BrokerNonsenseTest() {
    scripted_->answer_to_hello.protocol_version = kProtocolVersion;
    scripted_->answer_to_hello.life = std::string(kLifeBytes, 'L');
    scripted_->answer_to_hello.limits.max_transfer_bytes = kMaxTransferBytes;
    scripted_->answer_to_hello.limits.lease_ms = 1'000;
    serve_ = [this](common::LocalDescriptor socket) { ServeScripted(std::move(socket)); };
    acceptor_ = std::jthread([this] { Accept(); });
  }
  ~BrokerNonsenseTest() override {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
  }

  void Accept() {
    std::list<std::jthread> threads;
    while (!stopping_) {
      WaitForSocket(listener_.get(), POLLIN, Deadline(), clock_);
      AcceptedSocket accepted = AcceptFrom(listener_);
      if (!accepted.descriptor.is_open()) continue;
      threads.emplace_back([this, socket = std::move(accepted.descriptor)]() mutable { serve_(std::move(socket)); });
    }
  }

  void ServeScripted(common::LocalDescriptor socket) {
    auto framed = std::make_shared<FramedSocket>(std::move(socket), 2 * kMaxFrameBytes, clock_);
    const auto protocol = std::make_shared<apache::thrift::protocol::TBinaryProtocolT<FramedSocket>>(framed);
    gen::BrokerProcessor processor(scripted_);
    try {
      while (framed->AwaitFrame()) processor.process(protocol, protocol, nullptr);
    } catch (const std::exception&) {
      return;  // The client has left.
    }
  }

  rpc::Address address() const { return rpc::Address("127.0.0.1", PortOf(listener_).value()); }

  Result<std::unique_ptr<BrokerFileSystem>> Connect() const {
    BrokerOptions options;
    options.address = address();
    options.connect_timeout = 300 * kMillisecond;
    options.call_timeout = 300 * kMillisecond;
    return BrokerFileSystem::Connect(options, clock_, common::SystemSeed());
  }

  /// That the error is of the code, and names the address, the path, and `part`.
  void ExpectError(const Status& status, StatusCode code, const std::string& path, const std::string& part) const {
    EXPECT_EQ(status.code(), code) << status.ToString();
    for (const std::string& named : {address().ToString(), path, part}) {
      EXPECT_NE(status.message().find(named), std::string_view::npos) << named << " in: " << status.ToString();
    }
  }

  const common::SystemClock clock_;
  const std::shared_ptr<Scripted> scripted_ = std::make_shared<Scripted>();
  const common::LocalDescriptor listener_ = ListenOn(rpc::Address("127.0.0.1", 0)).value();
  std::atomic<bool> stopping_{false};
  Serve serve_;
  std::jthread acceptor_;
};

TEST_F(BrokerNonsenseTest, MoreBytesThanAskedFor) {
  const auto files = Connect().value();
  const auto file = files->Open("f").value();
  scripted_->answer_to_read = std::string(11, 'x');
  char bytes[10];
  ExpectError(file->Read(0, sizeof(bytes), bytes).status(), StatusCode::kIoError, "'f'",
              "11 bytes, where 10 were asked for");
}

TEST_F(BrokerNonsenseTest, AnswerLargerThanAFrame) {
  const auto files = Connect().value();
  const auto file = files->Open("f").value();
  scripted_->answer_to_read = std::string(kMaxFrameBytes + 1, 'x');
  char bytes[10];
  ExpectError(file->Read(0, sizeof(bytes), bytes).status(), StatusCode::kIoError, "'f'", "a frame of");
}

TEST_F(BrokerNonsenseTest, LengthBelowZero) {
  const auto files = Connect().value();
  scripted_->answer_to_length = -1;
  ExpectError(files->Open("f").value()->Length().status(), StatusCode::kIoError, "'f'", "a length of -1");
}

TEST_F(BrokerNonsenseTest, LengthOutOfThisWorld_IsNotAllocated) {
  const auto files = Connect().value();
  scripted_->answer_to_length = int64_t{1} << 60;
  EXPECT_EQ(ReadWholeFile(*files, "f", 1 << 20).status().code(), StatusCode::kCorruption);
}

TEST_F(BrokerNonsenseTest, NamesThatCannotBe) {
  const auto files = Connect().value();
  gen::Entry entry;
  for (const char* name : {"", "..", "a/b", ".seal"}) {
    entry.name = name;
    scripted_->answer_to_list.entries = {entry};
    ExpectError(files->List("d").status(), StatusCode::kIoError, "'d'", "a name that cannot be");
  }
}

TEST_F(BrokerNonsenseTest, NamesOutOfOrder) {
  const auto files = Connect().value();
  gen::Entry b;
  b.name = "b";
  scripted_->answer_to_list.entries = {b, b};
  ExpectError(files->List("d").status(), StatusCode::kIoError, "'d'", "'b' after 'b'");
}

TEST_F(BrokerNonsenseTest, TheSamePageForEver) {
  const auto files = Connect().value();
  gen::Entry b;
  b.name = "b";
  scripted_->answer_to_list.entries = {b};
  scripted_->answer_to_list.more = true;
  ExpectError(files->List("d").status(), StatusCode::kIoError, "'d'", "'b' after 'b'");
  scripted_->answer_to_list.entries.clear();
  ExpectError(files->List("d").status(), StatusCode::kIoError, "'d'", "an empty page");
}

TEST_F(BrokerNonsenseTest, SealedLengthBelowZero) {
  const auto files = Connect().value();
  gen::SealedFile file;
  file.name = "log/1";
  file.length_bytes = -5;
  scripted_->answer_to_seal.files = {file};
  ExpectError(files->Seal("d", kLife).status(), StatusCode::kIoError, "'d'", "with a length of -5");
}

TEST_F(BrokerNonsenseTest, HelloWithoutALife) {
  scripted_->answer_to_hello.life.clear();
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "is no broker");
}

TEST_F(BrokerNonsenseTest, HelloWithoutRoom) {
  scripted_->answer_to_hello.limits.max_transfer_bytes = -1;
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "is no broker");
}

TEST_F(BrokerNonsenseTest, HelloOfABadCluster) {
  scripted_->answer_to_hello.__set_cluster_id("xyz");
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "is no broker");
}

TEST_F(BrokerNonsenseTest, SomethingElseListens) {
  serve_ = [](common::LocalDescriptor socket) {
    const std::string_view text = "HTTP/1.1 400 Bad Request\r\n\r\n";
    static_cast<void>(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL));
  };
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "a frame of 1213486160 bytes");
}

TEST_F(BrokerNonsenseTest, SomethingSilentListens) {
  serve_ = [this](common::LocalDescriptor socket) {
    while (!stopping_) WaitForSocket(socket.get(), POLLHUP, Deadline::After(clock_, kMillisecond), clock_);
  };
  const Nanos began = clock_.MonotonicNow();
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "no answer in time");
  EXPECT_LT(clock_.MonotonicNow() - began, 3 * kSecond);
}

TEST_F(BrokerNonsenseTest, ConnectionsThatCloseAtOnce) {
  serve_ = [](common::LocalDescriptor) {};
  ExpectError(Connect().status(), StatusCode::kUnavailable, "", "closed the connection");
}

}  // namespace
}  // namespace cellar::fsbroker
