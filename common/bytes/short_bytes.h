#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "common/bytes/coding.h"

namespace cellar::common {

// What memcmp, memcpy and memchr do, in line, for byte strings of a few words: a scan does this a dozen times a cell,
// and the call costs more than the work. None reads or writes a byte outside of what it is given.

inline constexpr size_t kShortBytes = 64;  ///< Beyond it the library's functions are faster.

inline bool EqualBytes(const char* a, const char* b, size_t size) {
  if (size >= 8) {
    if (size > kShortBytes) return std::memcmp(a, b, size) == 0;
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (LoadFixed64(a + i) != LoadFixed64(b + i)) return false;
    }
    return LoadFixed64(a + size - 8) == LoadFixed64(b + size - 8);
  }
  if (size >= 4) return LoadFixed32(a) == LoadFixed32(b) && LoadFixed32(a + size - 4) == LoadFixed32(b + size - 4);
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}
inline bool EqualBytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && EqualBytes(a.data(), b.data(), a.size());
}

/// The two do not overlap.
inline void CopyBytes(char* target, const char* source, size_t size) {
  if (size > 16) {
    if (size > kShortBytes) {
      std::memcpy(target, source, size);
      return;
    }
    for (size_t i = 0; i + 16 < size; i += 16) std::memcpy(target + i, source + i, 16);
    std::memcpy(target + size - 16, source + size - 16, 16);
  } else if (size >= 8) {
    const uint64_t first = LoadFixed64(source);
    StoreFixed64(target + size - 8, LoadFixed64(source + size - 8));
    StoreFixed64(target, first);
  } else if (size >= 4) {
    const uint32_t first = LoadFixed32(source);
    StoreFixed32(target + size - 4, LoadFixed32(source + size - 4));
    StoreFixed32(target, first);
  } else {
    for (size_t i = 0; i < size; ++i) target[i] = source[i];
  }
}

/// Where the first NUL is; `size` when there is none.
inline size_t FindNul(const char* bytes, size_t size) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = 0x8080808080808080;
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (i > kShortBytes) {
      const void* const found = std::memchr(bytes + i, 0, size - i);
      return found == nullptr ? size : static_cast<size_t>(static_cast<const char*>(found) - bytes);
    }
    const uint64_t word = LoadFixed64(bytes + i);
    const uint64_t nuls = (word - kOnes) & ~word & kTops;  // the lowest bit set is that of a NUL
    if (nuls != 0) return i + static_cast<size_t>(std::countr_zero(nuls)) / 8;
  }
  while (i < size && bytes[i] != 0) ++i;
  return i;
}

/// CopyBytes; false when there is a NUL among the bytes, and then what is in `target` says nothing.
inline bool CopyUnlessNul(char* target, const char* source, size_t size) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = 0x8080808080808080;
  if (size < 8) {
    bool has_nul = false;
    for (size_t i = 0; i < size; ++i) {
      has_nul |= source[i] == 0;
      target[i] = source[i];
    }
    return !has_nul;
  }
  if (size > kShortBytes) {
    std::memcpy(target, source, size);
    return std::memchr(source, 0, size) == nullptr;
  }
  uint64_t nuls = 0;
  for (size_t i = 0; i + 8 < size; i += 8) {
    const uint64_t word = LoadFixed64(source + i);
    nuls |= (word - kOnes) & ~word & kTops;
    StoreFixed64(target + i, word);
  }
  const uint64_t last = LoadFixed64(source + size - 8);
  nuls |= (last - kOnes) & ~last & kTops;
  StoreFixed64(target + size - 8, last);
  return nuls == 0;
}

/// A byte string that is often assigned and mostly short. Keeps its memory. Not thread-safe.
class ShortBytes {
 public:
  void assign(std::string_view bytes) { replace_behind(0, bytes); }

  /// Keeps the first `kept` bytes and puts `rest` behind them, which is no part of this. Requires kept ≤ size().
  void replace_behind(size_t kept, std::string_view rest) {
    const size_t size = kept + rest.size();
    if (size > capacity_) [[unlikely]]
      Grow(kept, size);
    CopyBytes(bytes_.get() + kept, rest.data(), rest.size());
    size_ = size;
  }

  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  const char* data() const { return bytes_.get(); }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  void Grow(size_t kept, size_t size) {
    capacity_ = 2 * size + kShortBytes;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    if (kept > 0) std::memcpy(larger.get(), bytes_.get(), kept);
    bytes_ = std::move(larger);
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace cellar::common
