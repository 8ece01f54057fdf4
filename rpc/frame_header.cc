#include "rpc/frame_header.h"

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::rpc {
namespace {

using common::Corruption;
using common::LoadFixed16;
using common::LoadFixed32;
using common::LoadFixed64;

constexpr size_t kCrcOffset = kFrameHeaderBytes - 4;

Status CheckFields(const FrameHeader& header) {
  if (header.message_bytes > kMaxMessageBytes) return Corruption("frame: message length over the limit");
  if (header.attachment_bytes > kChunkBytes) return Corruption("frame: attachment piece over the limit");
  const bool is_bare = header.kind == FrameKind::kPing || header.kind == FrameKind::kPong;
  if (is_bare && (header.message_bytes != 0 || header.whole_attachment_bytes != 0)) {
    return Corruption("frame: a ping with something in it");
  }
  if (header.kind == FrameKind::kChunk) {
    if (header.message_bytes != 0 || header.whole_attachment_bytes != 0 || header.attachment_bytes == 0) {
      return Corruption("frame: lengths of a chunk");
    }
    return Status();
  }
  if (header.whole_attachment_bytes > kMaxFrameBytes - header.message_bytes) {
    return Corruption("frame: length over the limit");
  }
  const bool is_whole = header.attachment_bytes == header.whole_attachment_bytes;
  const bool is_first = header.attachment_bytes != 0 && header.attachment_bytes < header.whole_attachment_bytes;
  if (header.more ? !is_first : !is_whole) return Corruption("frame: attachment lengths contradict each other");
  return Status();
}

}  // namespace

void FrameHeader::Encode(char* target) const {
  common::StoreFixed32(target, kFrameMagic);
  target[4] = static_cast<char>(kFrameVersion);
  target[5] = static_cast<char>(kind);
  target[6] = static_cast<char>(more ? kMoreFlag : 0);
  target[7] = static_cast<char>(priority);
  common::StoreFixed64(target + 8, call_id);
  common::StoreFixed64(target + 16, trace_id);
  common::StoreFixed16(target + 24, method_or_code);
  common::StoreFixed16(target + 26, 0);
  common::StoreFixed32(target + 28, deadline_or_detail);
  common::StoreFixed32(target + 32, message_bytes);
  common::StoreFixed32(target + 36, attachment_bytes);
  common::StoreFixed32(target + 40, whole_attachment_bytes);
  common::StoreFixed32(target + 44, message_crc);
  common::StoreFixed32(target + 48, attachment_crc);
  common::StoreFixed32(target + kCrcOffset, common::Crc32c(std::string_view(target, kCrcOffset)));
}

Result<FrameHeader> FrameHeader::Decode(std::string_view bytes) {
  CHECK(bytes.size() == kFrameHeaderBytes);
  const char* const source = bytes.data();
  if (LoadFixed32(source) != kFrameMagic) return Corruption("frame: wrong magic");
  if (LoadFixed32(source + kCrcOffset) != common::Crc32c(bytes.substr(0, kCrcOffset))) {
    return Corruption("frame: header crc");
  }
  const auto version = static_cast<uint8_t>(source[4]);
  if (version != kFrameVersion) return common::Unsupported("frame: version " + std::to_string(version));
  const auto kind = static_cast<uint8_t>(source[5]);
  const auto flags = static_cast<uint8_t>(source[6]);
  const auto priority = static_cast<uint8_t>(source[7]);
  if (kind < 1 || kind > static_cast<uint8_t>(FrameKind::kPong)) return Corruption("frame: unknown kind");
  if ((flags & ~kMoreFlag) != 0) return Corruption("frame: unknown flag");
  if (priority >= kPriorityCount) return Corruption("frame: unknown priority");

  FrameHeader header;
  header.kind = static_cast<FrameKind>(kind);
  header.more = (flags & kMoreFlag) != 0;
  header.priority = static_cast<Priority>(priority);
  header.call_id = LoadFixed64(source + 8);
  header.trace_id = LoadFixed64(source + 16);
  header.method_or_code = LoadFixed16(source + 24);
  header.deadline_or_detail = LoadFixed32(source + 28);
  header.message_bytes = LoadFixed32(source + 32);
  header.attachment_bytes = LoadFixed32(source + 36);
  header.whole_attachment_bytes = LoadFixed32(source + 40);
  header.message_crc = LoadFixed32(source + 44);
  header.attachment_crc = LoadFixed32(source + 48);
  RETURN_IF_ERROR(CheckFields(header));
  return header;
}

}  // namespace cellar::rpc
