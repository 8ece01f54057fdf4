#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/ids.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::storage {

inline constexpr size_t kBlockHeaderBytes = 72;
inline constexpr size_t kBlockAlignment = 8;
inline constexpr size_t kMaxDirectoryBytes = 16 << 20;
inline constexpr uint64_t kMaxBlockPayloadBytes = uint64_t{128} << 20;

/// Values are on disk.
enum class LogBlockKind : uint8_t { kGroup = 1, kPrune = 2, kIndex = 3 };

/// What stands before each block of a fragment (docs/internals/commit-log.md).
struct BlockHeader {
  LogBlockKind kind = LogBlockKind::kGroup;
  uint32_t directory_bytes = 0;
  uint32_t directory_crc = 0;
  uint64_t payload_bytes = 0;
  uint64_t sequence = 0;
  uint64_t offset = 0;
  uint64_t durable_up_to = 0;  ///< Bytes of the fragment known to be synced when the block was made.
  model::Revision min_revision;
  model::Revision max_revision;

  uint64_t directory_offset() const { return offset + kBlockHeaderBytes; }
  uint64_t payload_offset() const { return directory_offset() + directory_bytes; }
  uint64_t padding_bytes() const { return (0 - payload_bytes - directory_bytes - kBlockHeaderBytes) % kBlockAlignment; }
  uint64_t end() const { return payload_offset() + payload_bytes + padding_bytes(); }
};
static_assert(kBlockHeaderBytes % kBlockAlignment == 0);

/// Writes kBlockHeaderBytes at `out`.
void EncodeBlockHeader(const BlockHeader& header, const FragmentBinding& binding, char* out);

/// The header at `offset` of the bound fragment; nothing when the bytes do not verify there. Lengths are within the
/// limits above afterwards.
std::optional<BlockHeader> DecodeBlockHeader(std::string_view bytes, const FragmentBinding& binding, uint64_t offset);

/// Quick test before DecodeBlockHeader.
bool HasBlockMagic(const char* bytes);

}  // namespace cellar::storage
