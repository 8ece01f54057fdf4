#include "fsbroker/wire/framed_socket.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "common/file/local_pieces.h"
#include "fsbroker/wire/sockets.h"

namespace cellar::fsbroker {
namespace {

using apache::thrift::transport::TTransportException;

constexpr size_t kLengthBytes = 4;
constexpr size_t kPiecesPerCall = 64;

[[noreturn]] void Fail(TTransportException::TTransportExceptionType type, const std::string& message) {
  throw TTransportException(type, message);
}

[[noreturn]] void FailWithErrno(int error, const char* what) {
  Fail(TTransportException::UNKNOWN, std::string(what) + ": " + std::system_category().message(error));
}

}  // namespace

FramedSocket::FramedSocket(common::LocalDescriptor socket, size_t max_frame_bytes, const Clock& clock)
    : socket_(std::move(socket)), max_frame_bytes_(max_frame_bytes), clock_(clock), small_(kLengthBytes, '\0') {}

void FramedSocket::close() {
  socket_ = common::LocalDescriptor();
}

bool FramedSocket::IsStale() const {
  if (!socket_.is_open() || buffered() > 0 || in_frame_) return true;
  pollfd waiting{.fd = socket_.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
  return ::poll(&waiting, 1, 0) != 0;
}

void FramedSocket::Wait(short events) const {
  if (WaitForSocket(socket_.get(), events, Earliest(deadline_, frame_deadline_), clock_)) return;
  Fail(TTransportException::TIMED_OUT, "no answer in time");
}

size_t FramedSocket::Receive(uint8_t* out, size_t size) {
  while (true) {
    const ssize_t received = ::recv(socket_.get(), out, size, MSG_DONTWAIT);
    if (received > 0) return static_cast<size_t>(received);
    if (received == 0) Fail(TTransportException::END_OF_FILE, "the peer closed the connection");
    if (errno == EAGAIN) {
      Wait(POLLIN);
    } else if (errno != EINTR) {
      FailWithErrno(errno, "receive");
    }
  }
}

void FramedSocket::Fill() {
  if (buffer_begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + buffer_begin_, buffered());
    buffer_end_ -= std::exchange(buffer_begin_, 0);
  }
  buffer_end_ += Receive(buffer_.data() + buffer_end_, buffer_.size() - buffer_end_);
}

bool FramedSocket::AwaitFrame() {
  frame_deadline_ = Deadline();
  while (buffered() == 0) {
    Wait(POLLIN);
    const ssize_t received = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (received == 0 || (received < 0 && errno == ECONNRESET)) return false;
    if (received < 0 && errno != EAGAIN && errno != EINTR) FailWithErrno(errno, "receive");
    buffer_begin_ = 0;
    buffer_end_ = received > 0 ? static_cast<size_t>(received) : 0;
  }
  return true;
}

void FramedSocket::BeginFrame() {
  if (!AwaitFrame()) Fail(TTransportException::END_OF_FILE, "the peer closed the connection");
  if (frame_timeout_ > 0) frame_deadline_ = Deadline::After(clock_, frame_timeout_);
  while (buffered() < kLengthBytes) Fill();
  const uint8_t* bytes = buffer_.data() + buffer_begin_;
  const size_t length = size_t{bytes[0]} << 24 | size_t{bytes[1]} << 16 | size_t{bytes[2]} << 8 | size_t{bytes[3]};
  if (length > max_frame_bytes_) {
    Fail(TTransportException::CORRUPTED_DATA,
         "a frame of " + std::to_string(length) + " bytes, at most " + std::to_string(max_frame_bytes_) + " are taken");
  }
  buffer_begin_ += kLengthBytes;
  frame_left_ = length;
  in_frame_ = true;
}

uint32_t FramedSocket::read(uint8_t* buf, uint32_t len) {
  if (!in_frame_) BeginFrame();
  return readAll(buf, static_cast<uint32_t>(std::min<size_t>(len, frame_left_)));
}

uint32_t FramedSocket::readAll(uint8_t* buf, uint32_t len) {
  if (!in_frame_) BeginFrame();
  if (len > frame_left_) Fail(TTransportException::CORRUPTED_DATA, "a message that is longer than its frame");
  frame_left_ -= len;
  for (size_t left = len; left > 0;) {
    size_t taken = std::min(left, buffered());
    if (taken > 0) {
      std::memcpy(buf, buffer_.data() + buffer_begin_, taken);
      buffer_begin_ += taken;
    } else if (left >= kBufferBytes) {
      taken = Receive(buf, left);
    } else {
      Fill();
    }
    buf += taken;
    left -= taken;
  }
  return len;
}

uint32_t FramedSocket::readEnd() {
  if (in_frame_ && frame_left_ != 0) {
    Fail(TTransportException::CORRUPTED_DATA, "a message that is shorter than its frame");
  }
  in_frame_ = false;
  frame_deadline_ = Deadline();
  return 0;
}

void FramedSocket::write(const uint8_t* buf, uint32_t len) {
  if (len >= kBorrowFromBytes) {
    borrowed_.push_back({.at = small_.size(), .data = buf, .size = len});
    borrowed_bytes_ += len;
  } else {
    small_.append(reinterpret_cast<const char*>(buf), len);
  }
}

void FramedSocket::flush() {
  const size_t length = small_.size() - kLengthBytes + borrowed_bytes_;
  if (length > max_frame_bytes_) Fail(TTransportException::BAD_ARGS, "a message that is too long to be sent");
  for (size_t i = 0; i < kLengthBytes; ++i) small_[i] = static_cast<char>(length >> (8 * (kLengthBytes - 1 - i)));
  if (frame_timeout_ > 0) frame_deadline_ = Deadline::After(clock_, frame_timeout_);
  Send();
  frame_deadline_ = Deadline();
  small_.resize(kLengthBytes);
  borrowed_.clear();
  borrowed_bytes_ = 0;
}

void FramedSocket::Send() {
  std::vector<iovec> pieces;
  size_t sent_small = 0;
  const auto add = [&pieces](const void* data, size_t size) {
    if (size > 0) pieces.push_back({.iov_base = const_cast<void*>(data), .iov_len = size});
  };
  for (const Borrowed& piece : borrowed_) {
    add(small_.data() + sent_small, piece.at - sent_small);
    add(piece.data, piece.size);
    sent_small = piece.at;
  }
  add(small_.data() + sent_small, small_.size() - sent_small);
  for (size_t first = 0; first < pieces.size();) {
    msghdr message{};
    message.msg_iov = &pieces[first];
    message.msg_iovlen = std::min(pieces.size() - first, kPiecesPerCall);
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      common::AdvancePieces(&pieces, &first, static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      Wait(POLLOUT);
    } else if (errno == EPIPE || errno == ECONNRESET) {
      Fail(TTransportException::END_OF_FILE, "the peer closed the connection");
    } else if (errno != EINTR) {
      FailWithErrno(errno, "send");
    }
  }
}

}  // namespace cellar::fsbroker
