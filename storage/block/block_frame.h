#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/compressor_spec.h"
#include "model/ids.h"
#include "storage/block/block_compressor.h"

namespace cellar::storage {

// A frame: one block under a checksum, as docs/internals/cellstore.md has it. The checksum binds the block to its file
// and place, so that a misdirected read or write is found out.

/// What a block is; stored.
enum class BlockKind : uint8_t { kData = 1, kFilter = 2, kIndexLeaf = 3, kIndexRoot = 4, kTrailer = 5 };

std::string_view BlockKindName(BlockKind kind);

inline constexpr size_t kFrameHeaderBytes = 16;
inline constexpr uint8_t kCipherNone = 0;

/// Where a frame lies: whole frame, header included.
struct BlockHandle {
  uint64_t offset = 0;
  uint32_t length = 0;

  uint64_t end() const { return offset + length; }
  friend bool operator==(const BlockHandle&, const BlockHandle&) = default;
};

/// The header of a frame, checked for itself but not yet against the stored bytes.
struct FrameHeader {
  uint32_t crc = 0;
  uint32_t stored_length = 0;
  uint32_t raw_length = 0;
  model::Compressor codec = model::Compressor::kNone;
  BlockKind kind = BlockKind::kData;
  uint8_t cipher = kCipherNone;

  /// kCorruption, or kUnsupported for a codec, kind or cipher unknown to this build. Lengths are within their caps.
  static Result<FrameHeader> Parse(std::string_view bytes);
};

/// Appends the frame of `stored`, which `codec` made of `raw_length` bytes, for this place; returns its length.
uint32_t AppendFrame(model::FileId file, uint64_t offset, BlockKind kind, model::Compressor codec, size_t raw_length,
                     std::string_view stored, std::string* out);

/// kNone is the planted defect "skip-checksum" (docs/internals/faults.md).
enum class FrameCheck : uint8_t { kChecksum, kNone };

/// Bytes that are alone in their allocation and not initialized.
struct RawBlock {
  std::unique_ptr<char[]> bytes;
  size_t size = 0;

  std::string_view view() const { return {bytes.get(), size}; }
};

/// Verifies a whole frame read from `handle` and decompresses it: length, kind, checksum, then content. The message
/// names the offset; the caller adds the file.
Result<RawBlock> OpenFrame(model::FileId file, BlockHandle handle, BlockKind kind, std::string_view frame,
                           FrameCheck check = FrameCheck::kChecksum);

}  // namespace cellar::storage
