#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace cellar::common {

/// Memory that is handed out piece by piece and given back all at once, when the arena is destroyed. Pieces never
/// move, also when the arena itself is moved. Not thread-safe: its owner guards it. Destructors of what lies in it
/// are not run.
///
/// Chunks double from 4 KiB to 1 MiB, so that a small owner stays small; a piece larger than a quarter of the next
/// chunk gets a chunk of exactly its size.
class Arena {
 public:
  static constexpr size_t kFirstChunkBytes = 4 << 10;
  static constexpr size_t kLargestChunkBytes = 1 << 20;

  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  /// Uninitialized bytes without alignment. A piece of 0 bytes has an address that must not be read.
  char* Allocate(size_t size_bytes) {
    if (size_bytes > static_cast<size_t>(end_ - next_)) return AllocateSlowly(size_bytes);
    char* const piece = next_;
    next_ += size_bytes;
    used_bytes_ += size_bytes;
    return piece;
  }

  /// The same, aligned to `alignment`: a power of two, at most alignof(std::max_align_t).
  char* AllocateAligned(size_t size_bytes, size_t alignment = alignof(std::max_align_t));

  /// A copy that lives as long as the arena.
  std::string_view Copy(std::string_view bytes);

  size_t used_bytes() const { return used_bytes_; }          ///< Handed out, with alignment gaps.
  size_t reserved_bytes() const { return reserved_bytes_; }  ///< Taken from the heap: what a memory budget counts.

 private:
  char* AllocateSlowly(size_t size_bytes);
  char* AddChunk(size_t size_bytes);

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t next_chunk_bytes_ = kFirstChunkBytes;
  size_t used_bytes_ = 0;
  size_t reserved_bytes_ = 0;
};

}  // namespace cellar::common
