#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "rpc/frame.h"
#include "rpc/frame_header.h"

namespace cellar::rpc {

/// Makes frames of a stream of bytes that arrives in pieces of any size. Owned by a connection; not thread-safe.
///
/// 1. Memory grows with what has arrived, to at most four times as much, never with what a length field says.
/// 2. At most one frame of each priority is under way; a chunk continues that one.
/// 3. After an error every later call returns it: the stream has lost its place.
class FrameDecoder {
 public:
  /// Frames whose message and attachment exceed `max_frame_bytes` are refused when their header is read.
  explicit FrameDecoder(uint32_t max_frame_bytes = kMaxFrameBytes) : max_frame_bytes_(max_frame_bytes) {}

  void set_max_frame_bytes(uint32_t max_frame_bytes) { max_frame_bytes_ = max_frame_bytes; }

  /// Takes bytes from the front of `*input` until a frame is complete or the input is used up. Call again until it
  /// returns no frame.
  Result<std::optional<Frame>> Next(std::string_view* input);

  /// Bytes held of frames that are not complete.
  uint64_t pending_bytes() const;

 private:
  enum class State { kHeader, kMessage, kAttachment };

  struct Pending {
    bool active = false;
    Frame frame;
    uint32_t whole_attachment_bytes = 0;
  };

  Result<std::optional<Frame>> Advance(std::string_view* input);
  void MakeRoom(size_t size);
  Status BeginPiece();
  Result<std::optional<Frame>> EndPiece();
  Pending& pending() { return pending_[static_cast<size_t>(header_.priority)]; }

  uint32_t max_frame_bytes_;
  State state_ = State::kHeader;
  std::string header_bytes_;
  FrameHeader header_;
  uint32_t piece_left_ = 0;  // bytes of the present message or attachment piece still to come
  uint32_t piece_crc_ = 0;
  std::array<Pending, kPriorityCount> pending_;
  Status error_;
};

}  // namespace cellar::rpc
