#include "fsbroker/wire/framed_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/base/check.h"
#include "common/time/system_clock.h"

namespace cellar::fsbroker {
namespace {

using apache::thrift::transport::TTransportException;

constexpr size_t kMaxFrame = 200'000;

/// Two ends of a connection: one is the FramedSocket, the other one speaks bytes.
class FramedSocketTest : public ::testing::Test {
 protected:
  FramedSocketTest() {
    int ends[2];
    CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    framed_ = std::make_unique<FramedSocket>(common::LocalDescriptor(ends[0]), kMaxFrame, clock_);
    raw_ = common::LocalDescriptor(ends[1]);
    CHECK(::fcntl(raw_.get(), F_SETFL, 0) == 0);
  }

  void Speak(std::string_view bytes) {
    CHECK(::send(raw_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  std::string Hear(size_t size) {
    std::string bytes(size, '\0');
    CHECK(::recv(raw_.get(), bytes.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
    return bytes;
  }
  std::string Read(size_t size) {
    std::string bytes(size, '\0');
    framed_->readAll(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<uint32_t>(size));
    return bytes;
  }
  void Write(std::string_view bytes) {
    framed_->write(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<uint32_t>(bytes.size()));
  }

  /// The type of the exception that `call` ends by; -1: none.
  static int Thrown(const std::function<void()>& call) {
    try {
      call();
    } catch (const TTransportException& error) {
      return error.getType();
    }
    return -1;
  }

  const common::SystemClock clock_;
  std::unique_ptr<FramedSocket> framed_;
  common::LocalDescriptor raw_;
};

std::string Length(uint32_t length) {
  return {static_cast<char>(length >> 24), static_cast<char>(length >> 16), static_cast<char>(length >> 8),
          static_cast<char>(length)};
}

TEST_F(FramedSocketTest, ReadsFrameAfterFrame) {
  Speak(Length(3) + "abc" + Length(2) + "de");
  EXPECT_EQ(Read(1), "a");
  EXPECT_EQ(Read(2), "bc");
  framed_->readEnd();
  EXPECT_EQ(Read(2), "de");
  framed_->readEnd();
}

TEST_F(FramedSocketTest, LargePieces_ArriveAndLeaveWhole) {
  const std::string large(150'000, 'L');
  std::jthread peer([&] {
    Speak(Length(150'003) + "ab" + large + "c");
    EXPECT_EQ(Hear(150'008), Length(150'004) + "12" + large + "34");
  });
  EXPECT_EQ(Read(2), "ab");
  EXPECT_EQ(Read(large.size()), large);
  EXPECT_EQ(Read(1), "c");
  framed_->readEnd();
  Write("12");
  Write(large);
  Write("34");
  framed_->flush();
}

TEST_F(FramedSocketTest, FrameThatIsTooLong_IsRefusedByItsLength) {
  Speak(Length(kMaxFrame + 1));
  EXPECT_EQ(Thrown([&] { Read(1); }), TTransportException::CORRUPTED_DATA);
}

TEST_F(FramedSocketTest, LengthBelowZero_IsTooLong) {
  Speak(Length(0xffffffff));
  EXPECT_EQ(Thrown([&] { Read(1); }), TTransportException::CORRUPTED_DATA);
}

TEST_F(FramedSocketTest, MessageBeyondItsFrame_IsRefused) {
  Speak(Length(3) + "abcdef");
  EXPECT_EQ(Thrown([&] { Read(4); }), TTransportException::CORRUPTED_DATA);
}

TEST_F(FramedSocketTest, MessageShorterThanItsFrame_IsRefused) {
  Speak(Length(3) + "abc");
  Read(2);
  EXPECT_EQ(Thrown([&] { framed_->readEnd(); }), TTransportException::CORRUPTED_DATA);
}

TEST_F(FramedSocketTest, EndWithinAFrame_IsAnError_BetweenFramesNot) {
  Speak(Length(3) + "abc");
  EXPECT_TRUE(framed_->AwaitFrame());
  Read(3);
  framed_->readEnd();
  Speak(Length(3) + "a");
  ::shutdown(raw_.get(), SHUT_WR);
  EXPECT_EQ(Thrown([&] { Read(3); }), TTransportException::END_OF_FILE);
}

TEST_F(FramedSocketTest, PeerThatLeaves_LeavesInPeace) {
  EXPECT_FALSE(framed_->IsStale());
  ::shutdown(raw_.get(), SHUT_WR);
  EXPECT_TRUE(framed_->IsStale());
  EXPECT_FALSE(framed_->AwaitFrame());
}

TEST_F(FramedSocketTest, PeerThatSpeaksUnasked_IsStale) {
  Speak("x");
  EXPECT_TRUE(framed_->IsStale());
}

TEST_F(FramedSocketTest, NothingInTime_TimesOut) {
  framed_->SetDeadline(Deadline::After(clock_, 20 * kMillisecond));
  EXPECT_EQ(Thrown([&] { Read(1); }), TTransportException::TIMED_OUT);
}

TEST_F(FramedSocketTest, FrameThatDripsIn_TimesOutFromItsFirstByte) {
  framed_->SetFrameTimeout(50 * kMillisecond);
  Speak(Length(1'000) + "a");
  EXPECT_EQ(Thrown([&] { Read(1'000); }), TTransportException::TIMED_OUT);
}

TEST_F(FramedSocketTest, PeerThatTakesNothing_TimesOut) {
  framed_->SetFrameTimeout(50 * kMillisecond);
  const std::string large(150'000, 'L');
  const int type = Thrown([&] {
    for (int i = 0; i < 100; ++i) {
      Write(large);
      framed_->flush();
    }
  });
  EXPECT_EQ(type, TTransportException::TIMED_OUT);
}

TEST_F(FramedSocketTest, MessageThatIsTooLong_IsNotSent) {
  const std::string large(kMaxFrame + 1, 'L');
  Write(large);
  EXPECT_EQ(Thrown([&] { framed_->flush(); }), TTransportException::BAD_ARGS);
}

}  // namespace
}  // namespace cellar::fsbroker
