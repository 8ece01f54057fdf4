#include "rpc/tcp/tcp_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace cellar::rpc {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t kGreetingBufferBytes = 4 << 10;  // a peer that has not said hello costs no more
constexpr size_t kReadBufferBytes = 64 << 10;
constexpr uint64_t kWriteBytes = 256 << 10;  // gathered into one write; a heartbeat waits for no more than this

std::string PeerName(const asio::ip::tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return "unknown peer";
  return Address(endpoint.address().to_string(), endpoint.port()).ToString();
}

}  // namespace

void SetSocketOptions(asio::ip::tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
}

TcpStream::TcpStream(Executor& executor, asio::ip::tcp::socket socket, TcpTransportOptions options)
    : executor_(executor),
      socket_(std::move(socket)),
      options_(options),
      peer_(PeerName(socket_)),
      read_buffer_(kGreetingBufferBytes),
      last_heard_(executor.clock().MonotonicNow()),
      decoder_(limits_.max_frame_bytes) {
  SetSocketOptions(socket_);
}

void TcpStream::Start() {
  ReadSome();
}

void TcpStream::SetLimits(const ConnectionLimits& limits) {
  limits_ = limits;
  decoder_.set_max_frame_bytes(limits.max_frame_bytes);
}

Status TcpStream::Send(Frame frame) {
  if (!open_) return common::Unavailable("connection to " + peer_ + " is closed");
  // One frame is always let in, so that a large one passes when the queue is empty.
  if (!outgoing_.empty() &&
      outgoing_.queued_bytes() + kFrameHeaderBytes + frame.size_bytes() > limits_.max_queued_bytes) {
    return common::Busy("connection to " + peer_ + ": send queue is full");
  }
  outgoing_.Push(std::move(frame));
  if (!writing_) WriteSome();
  return Status();
}

Task<Result<Frame>> TcpStream::Receive(Deadline deadline) {
  const std::shared_ptr<TcpStream> self = shared_from_this();
  while (received_.empty() && open_) {
    const bool in_time = co_await arrived_.WaitUntil(deadline);
    if (!in_time && received_.empty() && open_) co_return common::TimedOut("nothing received from " + peer_);
  }
  if (received_.empty()) co_return closed_with_;
  Frame frame = std::move(received_.front());
  received_.pop_front();
  received_bytes_ -= frame.size_bytes();
  ReadSome();
  co_return std::move(frame);
}

void TcpStream::Close(Status why) {
  received_.clear();
  Break(std::move(why));
}

/// The end, but for the frames that have arrived and were not taken yet.
void TcpStream::Break(Status why) {
  if (!open_) return;
  open_ = false;
  closed_with_ = why.ok() ? common::Unavailable("connection to " + peer_ + " was closed") : std::move(why);
  if (slow_reader_timer_ != TimerId()) executor_.CancelTimer(std::exchange(slow_reader_timer_, TimerId()));
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  arrived_.Set();
}

void TcpStream::ReadSome() {
  if (!open_ || reading_ || received_bytes_ >= limits_.max_queued_bytes) return;
  reading_ = true;
  if (limits_.max_frame_bytes > kReadBufferBytes && read_buffer_.size() < kReadBufferBytes) {
    read_buffer_.resize(kReadBufferBytes);
  }
  socket_.async_read_some(asio::buffer(read_buffer_),
                          [self = shared_from_this()](const error_code& error, size_t count) {
                            self->reading_ = false;
                            if (!self->open_) return;
                            if (error) {
                              self->Break(common::Unavailable("connection to " + self->peer_ + ": " + error.message()));
                              return;
                            }
                            self->TakeBytes(count);
                          });
}

void TcpStream::TakeBytes(size_t count) {
  std::string_view bytes(read_buffer_.data(), count);
  last_heard_ = executor_.clock().MonotonicNow();
  while (!bytes.empty()) {
    Result<std::optional<Frame>> frame = decoder_.Next(&bytes);
    if (!frame.ok()) {
      Break(std::move(frame).status().WithContext("connection to " + peer_));
      return;
    }
    if (!frame->has_value()) break;
    (*frame)->received_at = last_heard_;
    received_bytes_ += (*frame)->size_bytes();
    received_.push_back(std::move(**frame));
    arrived_.WakeOne();
  }
  ReadSome();
}

void TcpStream::WriteSome() {
  if (!open_ || outgoing_.empty()) return;
  writing_ = true;
  std::vector<asio::const_buffer> buffers;
  for (const FrameQueue::Piece& piece : outgoing_.Take(kWriteBytes)) {
    buffers.emplace_back(piece.header, kFrameHeaderBytes);
    if (!piece.message.empty()) buffers.emplace_back(piece.message.data(), piece.message.size());
    if (!piece.attachment.empty()) buffers.emplace_back(piece.attachment.data(), piece.attachment.size());
  }
  write_started_at_ = executor_.clock().MonotonicNow();
  if (slow_reader_timer_ == TimerId()) ArmSlowReaderTimer();
  asio::async_write(socket_, buffers, [self = shared_from_this()](const error_code& error, size_t) {
    self->writing_ = false;
    if (!self->open_) return;
    if (error) {
      self->Break(common::Unavailable("connection to " + self->peer_ + ": " + error.message()));
      return;
    }
    self->outgoing_.Pop();
    self->WriteSome();
  });
}

/// One write's bytes must go within the time-out. One timer serves many writes.
void TcpStream::ArmSlowReaderTimer() {
  const Nanos due = write_started_at_ + options_.slow_reader_timeout;
  slow_reader_timer_ = executor_.PostAt(due, [self = shared_from_this()] {
    self->slow_reader_timer_ = TimerId();
    if (!self->writing_) return;
    if (self->executor_.clock().MonotonicNow() - self->write_started_at_ < self->options_.slow_reader_timeout) {
      self->ArmSlowReaderTimer();
    } else {
      self->Break(common::Busy("connection to " + self->peer_ + ": slow reader"));
    }
  });
}

}  // namespace cellar::rpc
