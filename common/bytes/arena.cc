#include "common/bytes/arena.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"

namespace cellar::common {

Arena::Arena(Arena&& other) noexcept {
  *this = std::move(other);
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  chunks_ = std::exchange(other.chunks_, {});
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  next_chunk_bytes_ = std::exchange(other.next_chunk_bytes_, kFirstChunkBytes);
  used_bytes_ = std::exchange(other.used_bytes_, 0);
  reserved_bytes_ = std::exchange(other.reserved_bytes_, 0);
  return *this;
}

char* Arena::AllocateAligned(size_t size_bytes, size_t alignment) {
  DCHECK(alignment > 0 && (alignment & (alignment - 1)) == 0 && alignment <= alignof(std::max_align_t));
  const size_t misaligned = reinterpret_cast<uintptr_t>(next_) & (alignment - 1);
  const size_t gap = misaligned == 0 ? 0 : alignment - misaligned;
  if (gap + size_bytes <= static_cast<size_t>(end_ - next_)) return Allocate(gap + size_bytes) + gap;
  return AllocateSlowly(size_bytes);  // Chunks begin aligned, as operator new gives them.
}

std::string_view Arena::Copy(std::string_view bytes) {
  if (bytes.empty()) return {};
  char* const piece = Allocate(bytes.size());
  std::memcpy(piece, bytes.data(), bytes.size());
  return {piece, bytes.size()};
}

char* Arena::AllocateSlowly(size_t size_bytes) {
  used_bytes_ += size_bytes;
  if (size_bytes > next_chunk_bytes_ / 4) return AddChunk(size_bytes);
  char* const chunk = AddChunk(next_chunk_bytes_);
  next_ = chunk + size_bytes;
  end_ = chunk + next_chunk_bytes_;
  next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, kLargestChunkBytes);
  return chunk;
}

char* Arena::AddChunk(size_t size_bytes) {
  chunks_.push_back(std::make_unique_for_overwrite<char[]>(size_bytes));
  reserved_bytes_ += size_bytes;
  return chunks_.back().get();
}

}  // namespace cellar::common
