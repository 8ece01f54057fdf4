#include "rpc/frame_queue.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/bytes/crc32c.h"

namespace cellar::rpc {
namespace {

/// Bounds the number of buffers of one gathering write.
constexpr size_t kMaxPiecesPerWrite = 32;

FrameHeader HeaderOf(const Frame& frame, size_t offset, size_t length) {
  FrameHeader header;
  const bool first = offset == 0;
  header.kind = first ? frame.kind : FrameKind::kChunk;
  header.priority = frame.priority;
  header.more = offset + length < frame.attachment.size();
  header.call_id = frame.call_id;
  header.trace_id = frame.trace_id;
  header.method_or_code = frame.method_or_code;
  header.deadline_or_detail = frame.deadline_or_detail;
  header.attachment_bytes = static_cast<uint32_t>(length);
  header.attachment_crc = common::Crc32c(std::string_view(frame.attachment).substr(offset, length));
  if (first) {
    header.message_bytes = static_cast<uint32_t>(frame.message.size());
    header.message_crc = common::Crc32c(frame.message);
    header.whole_attachment_bytes = static_cast<uint32_t>(frame.attachment.size());
  }
  return header;
}

}  // namespace

void FrameQueue::Push(Frame frame) {
  CHECK(frame.message.size() <= kMaxMessageBytes && frame.size_bytes() <= kMaxFrameBytes);
  queued_bytes_ += kFrameHeaderBytes + frame.size_bytes();
  ++queued_frames_;
  queues_[static_cast<size_t>(frame.priority)].emplace_back(std::move(frame));
}

const std::deque<FrameQueue::Piece>& FrameQueue::Take(uint64_t max_bytes) {
  CHECK(!empty() && taken_.empty());
  uint64_t bytes = 0;
  for (int priority = 0; priority < kPriorityCount; ++priority) {
    const size_t count = queues_[static_cast<size_t>(priority)].size();
    for (size_t index = 0; index < count; ++index) {
      bool frame_goes_on = true;
      while (frame_goes_on) {
        if (!taken_.empty() && (bytes >= max_bytes || taken_.size() >= kMaxPiecesPerWrite)) return taken_;
        TakePiece(priority, index);
        bytes += taken_.back().size_bytes();
        frame_goes_on = !taken_.back().last;
      }
    }
  }
  return taken_;
}

void FrameQueue::TakePiece(int priority, size_t index) {
  Queued& queued = queues_[static_cast<size_t>(priority)][index];
  const Frame& frame = queued.frame;
  const size_t offset = queued.attachment_offset;
  const size_t length = std::min<size_t>(kChunkBytes, frame.attachment.size() - offset);
  Piece& piece = taken_.emplace_back();
  HeaderOf(frame, offset, length).Encode(piece.header);
  if (!queued.begun) piece.message = frame.message;
  piece.attachment = std::string_view(frame.attachment).substr(offset, length);
  piece.priority = priority;
  queued.begun = true;
  queued.attachment_offset += length;
  piece.last = queued.attachment_offset == frame.attachment.size();
}

void FrameQueue::Pop() {
  for (const Piece& piece : taken_) {
    queued_bytes_ -= piece.message.size() + piece.attachment.size();
    if (!piece.last) continue;
    queued_bytes_ -= kFrameHeaderBytes;
    queues_[static_cast<size_t>(piece.priority)].pop_front();
    --queued_frames_;
  }
  taken_.clear();
}

std::string EncodeFrame(const Frame& frame) {
  FrameQueue queue;
  queue.Push(frame);
  std::string bytes;
  while (!queue.empty()) {
    for (const FrameQueue::Piece& piece : queue.Take(kMaxFrameBytes)) {
      bytes.append(piece.header, kFrameHeaderBytes).append(piece.message).append(piece.attachment);
    }
    queue.Pop();
  }
  return bytes;
}

}  // namespace cellar::rpc
