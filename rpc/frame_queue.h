#pragma once

#include <array>
#include <deque>
#include <string_view>
#include <vector>

#include "rpc/frame.h"
#include "rpc/frame_header.h"

namespace cellar::rpc {

/// Frames waiting to be written to one connection, given out as pieces: the highest priority first, an attachment in
/// chunks of kChunkBytes, so that a heartbeat waits for one chunk and never for 64 MiB. First in, first out within a
/// priority. Owned by a connection; not thread-safe.
class FrameQueue {
 public:
  /// One header with the bytes behind it. `buffers` point into the piece and the queue: valid until Pop.
  struct Piece {
    char header[kFrameHeaderBytes];
    std::string_view message;
    std::string_view attachment;
    int priority = 0;
    bool last = false;
    uint64_t size_bytes() const { return kFrameHeaderBytes + message.size() + attachment.size(); }
  };

  void Push(Frame frame);

  bool empty() const { return queued_frames_ == 0; }

  /// Bytes, of one header a frame too, that Push added and Pop has not removed: 0 only when empty.
  uint64_t queued_bytes() const { return queued_bytes_; }

  /// The next pieces, at least one and at most about `max_bytes`. They stay queued until Pop. Requires !empty(), and
  /// that the last ones were popped.
  const std::deque<Piece>& Take(uint64_t max_bytes);

  /// The pieces given out last have been written.
  void Pop();

 private:
  struct Queued {
    explicit Queued(Frame f) : frame(std::move(f)) {}
    Frame frame;
    size_t attachment_offset = 0;
    bool begun = false;
  };

  void TakePiece(int priority, size_t index);

  std::array<std::deque<Queued>, kPriorityCount> queues_;
  std::deque<Piece> taken_;
  size_t queued_frames_ = 0;
  uint64_t queued_bytes_ = 0;
};

/// The whole of `frame` as bytes: for greetings, tests and the memory transport.
std::string EncodeFrame(const Frame& frame);

}  // namespace cellar::rpc
