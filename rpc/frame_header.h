#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "rpc/frame.h"

namespace cellar::rpc {

inline constexpr uint32_t kFrameMagic = 0x524C6543;  ///< "CeLR" on the wire.
inline constexpr uint8_t kFrameVersion = 1;
inline constexpr size_t kFrameHeaderBytes = 56;

inline constexpr uint32_t kMaxFrameBytes = 64u << 20;   ///< Message and attachment, all chunks together.
inline constexpr uint32_t kMaxMessageBytes = 4u << 20;  ///< A message is not cut into chunks.
inline constexpr uint32_t kChunkBytes = 256u << 10;     ///< Most attachment bytes behind one header.
static_assert(kMaxMessageBytes + kChunkBytes < kMaxFrameBytes);

/// The fixed header before every piece of a frame. docs/internals/wire.md has the layout.
struct FrameHeader {
  static constexpr uint8_t kMoreFlag = 1;  ///< Chunks follow.

  FrameKind kind = FrameKind::kRequest;
  Priority priority = Priority::kNormal;
  bool more = false;
  uint64_t call_id = 0;
  uint64_t trace_id = 0;
  uint16_t method_or_code = 0;
  uint32_t deadline_or_detail = 0;
  uint32_t message_bytes = 0;
  uint32_t attachment_bytes = 0;        ///< Behind this header.
  uint32_t whole_attachment_bytes = 0;  ///< Over all chunks; 0 in a kChunk.
  uint32_t message_crc = 0;
  uint32_t attachment_crc = 0;  ///< Of the bytes behind this header.

  /// Writes kFrameHeaderBytes at `target`.
  void Encode(char* target) const;

  /// Checks magic, version, crc, kinds and lengths of `bytes`, which are kFrameHeaderBytes. The message of an error
  /// names the field. kUnsupported for another version, else kCorruption.
  static Result<FrameHeader> Decode(std::string_view bytes);
};

}  // namespace cellar::rpc
