#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "thrift/gateway/wire/framed_server.h"

namespace cellar::thrift {

class FramedPeer;

/// What the connections of one FramedServer share. Server's thread only, but for the counters.
struct FramedLoop {
  boost::asio::io_context io{1};
  const FramedServerOptions options;
  FrameReceiver& receiver;
  bool taking = true;
  size_t memory_left;
  std::deque<std::shared_ptr<FramedPeer>> waiting_for_memory;
  std::list<std::shared_ptr<FramedPeer>> peers;
  std::atomic<uint64_t> connection_count{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> broken{0};
  std::atomic<uint64_t> bytes_in{0};
  std::atomic<uint64_t> bytes_out{0};

  FramedLoop(FramedServerOptions options_in, FrameReceiver& receiver_in)
      : options(std::move(options_in)), receiver(receiver_in), memory_left(options.frame_memory_bytes) {}
};

/// A connection of a FramedServer:
///
///     head ──4 bytes──▶ (memory) ──▶ body ──whole──▶ answering ──Answer──▶ writing ──written──▶ head
///
/// While it answers, the socket is watched for the peer's going. Server's thread only, but for Peer's methods.
class FramedPeer final : public Peer, public std::enable_shared_from_this<FramedPeer> {
 public:
  FramedPeer(FramedLoop& loop, boost::asio::ip::tcp::socket socket, std::string address);

  void Start(std::list<std::shared_ptr<FramedPeer>>::iterator place);
  void Close(bool broken);
  /// Closes a peer that was to do something and did nothing since the last look but one.
  void LookForStall(Nanos since_last_look);
  /// Memory that it waited for is its own now.
  void OnMemory();
  size_t wanted_memory() const { return wanted_memory_; }
  bool is_being_answered() const { return state_ == State::kAnswering || state_ == State::kWriting; }

  const std::string& address() const override { return address_; }
  void Answer(AnswerFrame frame) override;
  void HangUp() override;

 private:
  enum class State : uint8_t { kHead, kMemory, kBody, kAnswering, kWriting, kClosed };

  void ReadHead();
  void OnHead();
  void ReadBody();
  void HandOver();
  void WatchForEnd();
  void Write();
  std::array<boost::asio::const_buffer, 3> RestOfAnswer() const;
  void GiveMemoryBack();

  FramedLoop& loop_;
  boost::asio::ip::tcp::socket socket_;
  const std::string address_;
  std::list<std::shared_ptr<FramedPeer>>::iterator place_;
  State state_ = State::kHead;
  char head_[kFrameHeadBytes] = {};
  size_t have_ = 0;         ///< Of head or body; written of an answer.
  size_t size_ = 0;         ///< Of the body.
  size_t size_before_ = 0;  ///< Of the last one that was whole.
  common::ByteRoom body_;
  size_t body_room_ = 0;  ///< What body_ has room for.
  AnswerFrame answer_;
  size_t wanted_memory_ = 0;
  size_t held_memory_ = 0;
  Nanos stalled_for_ = 0;
  bool watched_ = false;
};

}  // namespace cellar::thrift
