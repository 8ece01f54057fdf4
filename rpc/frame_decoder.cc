#include "rpc/frame_decoder.h"

#include <algorithm>

#include "common/bytes/crc32c.h"

namespace cellar::rpc {
namespace {

using common::Corruption;

}  // namespace

Result<std::optional<Frame>> FrameDecoder::Next(std::string_view* input) {
  RETURN_IF_ERROR(error_);
  Result<std::optional<Frame>> frame = Advance(input);
  if (!frame.ok()) error_ = frame.status();
  return frame;
}

Result<std::optional<Frame>> FrameDecoder::Advance(std::string_view* input) {
  while (true) {
    if (state_ == State::kHeader) {
      const size_t taken = std::min(kFrameHeaderBytes - header_bytes_.size(), input->size());
      header_bytes_.append(input->substr(0, taken));
      input->remove_prefix(taken);
      if (header_bytes_.size() < kFrameHeaderBytes) return std::optional<Frame>();
      RETURN_IF_ERROR(BeginPiece());
    }
    std::string& target = state_ == State::kMessage ? pending().frame.message : pending().frame.attachment;
    const std::string_view bytes = input->substr(0, piece_left_);
    if (state_ == State::kAttachment) MakeRoom(bytes.size());
    target.append(bytes);
    piece_crc_ = common::ExtendCrc32c(piece_crc_, bytes);
    piece_left_ -= static_cast<uint32_t>(bytes.size());
    input->remove_prefix(bytes.size());
    if (piece_left_ > 0) return std::optional<Frame>();
    if (state_ == State::kMessage) {
      if (piece_crc_ != header_.message_crc) return Corruption("frame: message crc");
      state_ = State::kAttachment;
      piece_left_ = header_.attachment_bytes;
      piece_crc_ = 0;
      continue;
    }
    if (piece_crc_ != header_.attachment_crc) return Corruption("frame: attachment crc");
    state_ = State::kHeader;
    Result<std::optional<Frame>> done = EndPiece();
    if (!done.ok() || done->has_value()) return done;
  }
}

/// For so many more bytes of an attachment, and for some that will come: what is moved when memory grows is at most a
/// third of what arrives.
void FrameDecoder::MakeRoom(size_t size) {
  constexpr size_t kGrowth = 4;
  std::string& attachment = pending().frame.attachment;
  const size_t needed = attachment.size() + size;
  if (needed <= attachment.capacity()) return;
  attachment.reserve(std::max(needed, std::min<size_t>(kGrowth * needed, pending().whole_attachment_bytes)));
}

Status FrameDecoder::BeginPiece() {
  Result<FrameHeader> header = FrameHeader::Decode(header_bytes_);
  header_bytes_.clear();
  if (!header.ok()) return header.status();
  header_ = *header;
  Pending& piece = pending();
  if (header_.kind == FrameKind::kChunk) {
    if (!piece.active || piece.frame.call_id != header_.call_id) return Corruption("frame: chunk of no frame");
    const uint64_t so_far = piece.frame.attachment.size() + header_.attachment_bytes;
    if (header_.more ? so_far >= piece.whole_attachment_bytes : so_far != piece.whole_attachment_bytes) {
      return Corruption("frame: chunks do not add up");
    }
  } else {
    if (piece.active) return Corruption("frame: begins before the last one of its priority has ended");
    if (header_.message_bytes + header_.whole_attachment_bytes > max_frame_bytes_) {
      return Corruption("frame: longer than is allowed now");
    }
    piece.active = true;
    piece.whole_attachment_bytes = header_.whole_attachment_bytes;
    piece.frame = Frame();
    piece.frame.kind = header_.kind;
    piece.frame.priority = header_.priority;
    piece.frame.call_id = header_.call_id;
    piece.frame.trace_id = header_.trace_id;
    piece.frame.method_or_code = header_.method_or_code;
    piece.frame.deadline_or_detail = header_.deadline_or_detail;
  }
  state_ = State::kMessage;
  piece_left_ = header_.message_bytes;
  piece_crc_ = 0;
  return Status();
}

Result<std::optional<Frame>> FrameDecoder::EndPiece() {
  if (header_.more) return std::optional<Frame>();
  Pending& piece = pending();
  piece.active = false;
  return std::optional<Frame>(std::move(piece.frame));
}

uint64_t FrameDecoder::pending_bytes() const {
  uint64_t bytes = header_bytes_.size();
  for (const Pending& piece : pending_) bytes += piece.active ? piece.frame.size_bytes() : 0;
  return bytes;
}

}  // namespace cellar::rpc
