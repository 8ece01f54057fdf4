#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/event.h"
#include "rpc/frame_decoder.h"
#include "rpc/frame_queue.h"
#include "rpc/tcp/tcp_transport.h"

namespace cellar::rpc {

/// A socket with its two directions. Shared by the TcpConnection that is its face and by Asio's pending operations,
/// which end soon after Close. Loop only.
///
/// 1. At most one read and one write are under way.
/// 2. Nothing is read while the frames that Receive has not taken exceed the limit: the peer's writes then block.
/// 3. After Close no more frames come out and none are accepted.
class TcpStream final : public std::enable_shared_from_this<TcpStream> {
 public:
  TcpStream(Executor& executor, boost::asio::ip::tcp::socket socket, TcpTransportOptions options);

  void Start();
  Status Send(Frame frame);
  Task<Result<Frame>> Receive(Deadline deadline);
  void Close(Status why);
  void SetLimits(const ConnectionLimits& limits);

  uint64_t queued_bytes() const { return outgoing_.queued_bytes(); }
  Nanos last_heard() const { return last_heard_; }
  const std::string& peer() const { return peer_; }

 private:
  void Break(Status why);
  void ReadSome();
  void TakeBytes(size_t count);
  void WriteSome();
  void ArmSlowReaderTimer();

  Executor& executor_;
  boost::asio::ip::tcp::socket socket_;
  const TcpTransportOptions options_;
  std::string peer_;
  ConnectionLimits limits_;
  bool open_ = true;
  Status closed_with_;

  std::vector<char> read_buffer_;
  bool reading_ = false;
  Nanos last_heard_;
  FrameDecoder decoder_;
  std::deque<Frame> received_;
  uint64_t received_bytes_ = 0;
  Event arrived_{"rpc frame"};

  FrameQueue outgoing_;
  bool writing_ = false;
  Nanos write_started_at_ = 0;
  TimerId slow_reader_timer_;
};

/// Small frames go at once; no call on the socket blocks.
void SetSocketOptions(boost::asio::ip::tcp::socket& socket);

}  // namespace cellar::rpc
