#pragma once

#include <thrift/transport/TVirtualTransport.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/concurrency/deadline.h"
#include "common/file/local_descriptor.h"

namespace cellar::fsbroker {

/// Thrift's framed transport over a TCP socket: what TFramedTransport speaks, with three things that it lacks. A
/// frame's length is checked before anything is read or allocated, a message that does not fill its frame exactly is
/// refused, and every wait has a deadline. Large pieces are sent from and received into their owner's memory. Used by
/// one thread.
///
/// Errors are TTransportException: END_OF_FILE, TIMED_OUT, CORRUPTED_DATA (the peer breaks the rules) and UNKNOWN.
class FramedSocket final : public apache::thrift::transport::TVirtualTransport<FramedSocket> {
 public:
  /// `socket` is non-blocking. Borrows `clock`.
  FramedSocket(common::LocalDescriptor socket, size_t max_frame_bytes, const Clock& clock);

  /// All waits end then; infinite at first.
  void SetDeadline(Deadline deadline) { deadline_ = deadline; }

  /// Besides: how long a frame may take from its first byte to its last, in either direction.
  void SetFrameTimeout(Nanos timeout) { frame_timeout_ = timeout; }

  /// Waits for the first byte of a frame. False at the end of the stream, where a peer may leave in peace.
  bool AwaitFrame();

  /// Whether the peer has closed, or speaks unasked, so that nothing should be sent any more. Does not wait.
  bool IsStale() const;

  int fd() const { return socket_.get(); }

  // What Thrift's protocols call. A large `buf` that is written must stay as it is until flush returns.
  bool isOpen() const override { return socket_.is_open(); }
  void close() override;
  uint32_t read(uint8_t* buf, uint32_t len);
  uint32_t readAll(uint8_t* buf, uint32_t len);
  uint32_t readEnd() override;
  void write(const uint8_t* buf, uint32_t len);
  void flush() override;

 private:
  static constexpr size_t kBufferBytes = 16 << 10;
  static constexpr uint32_t kBorrowFromBytes = 4 << 10;

  /// A borrowed piece of the frame being written, which goes before `small_[at]`.
  struct Borrowed {
    size_t at;
    const uint8_t* data;
    size_t size;
  };

  size_t buffered() const { return buffer_end_ - buffer_begin_; }
  void Wait(short events) const;
  void BeginFrame();
  void Fill();
  size_t Receive(uint8_t* out, size_t size);
  void Send();

  common::LocalDescriptor socket_;
  const size_t max_frame_bytes_;
  const Clock& clock_;
  Deadline deadline_;
  Nanos frame_timeout_ = 0;  ///< 0: none.
  Deadline frame_deadline_;

  std::array<uint8_t, kBufferBytes> buffer_;  ///< Received, not yet read.
  size_t buffer_begin_ = 0;
  size_t buffer_end_ = 0;
  bool in_frame_ = false;
  size_t frame_left_ = 0;

  std::string small_;  ///< The frame being written, begun by room for its length.
  std::vector<Borrowed> borrowed_;
  size_t borrowed_bytes_ = 0;
};

}  // namespace cellar::fsbroker
