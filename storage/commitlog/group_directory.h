#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "storage/commitlog/section.h"

namespace cellar::storage {

inline constexpr size_t kAloneChunkBytes = 4 << 10;    ///< A section of this size has a chunk of its own.
inline constexpr size_t kSharedChunkBytes = 16 << 10;  ///< Smaller neighbours share chunks of about this size.
inline constexpr size_t kMaxResultBytes = 1 << 10;

/// Values are on disk; 0 stands for "in the chunk begun before".
enum class ChunkCoding : uint8_t { kStored = 1, kLz4 = 2 };

/// A part of a group's payload that is compressed and checksummed alone.
struct DirectoryChunk {
  ChunkCoding coding = ChunkCoding::kStored;
  uint64_t stored_bytes = 0;
  uint64_t raw_bytes = 0;
  uint32_t crc = 0;
  uint64_t payload_offset = 0;  ///< From the start of the payload.
};

/// Where the cells of one section lie.
struct DirectorySection {
  Section section;  ///< Without cells; `result` borrows the directory's bytes, `range` the GroupDirectory.
  uint32_t range_index = 0;
  uint32_t chunk_index = 0;
  uint64_t cells_offset = 0;  ///< Within the chunk once expanded.
  uint64_t cells_bytes = 0;
};

/// What a group block holds, decoded. Moves keep the pointers of its sections valid; copies do not, so there are none.
struct GroupDirectory {
  std::vector<LoggedRange> ranges;
  std::vector<DirectorySection> sections;  ///< In the order of `ranges`.
  std::vector<DirectoryChunk> chunks;

  GroupDirectory() = default;
  GroupDirectory(GroupDirectory&&) = default;
  GroupDirectory& operator=(GroupDirectory&&) = default;
  GroupDirectory(const GroupDirectory&) = delete;
  GroupDirectory& operator=(const GroupDirectory&) = delete;
};

/// Decodes a directory whose checksum was verified; it borrows `bytes`. kCorruption when it is malformed or does not
/// describe exactly `payload_bytes` of payload.
Result<GroupDirectory> DecodeGroupDirectory(std::string_view bytes, uint64_t payload_bytes);

/// The raw bytes of one chunk from its stored ones, whose checksum was verified. `out` is replaced.
Status ExpandChunk(const DirectoryChunk& chunk, std::string_view stored, std::string* out);

}  // namespace cellar::storage
