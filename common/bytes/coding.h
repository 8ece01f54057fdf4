#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace cellar::common {

// Encoders and decoders of numbers and strings, used by every format on disk and on the wire. `Fixed` is
// little-endian; `BigEndian` keeps numeric order under memcmp. A varint holds seven bits a byte, low bits first, and
// has exactly one encoding: the decoders refuse a longer one. Encoders append; decoders never read past the end.

static_assert(std::endian::native == std::endian::little, "the Store and Load functions copy bytes as they are");

inline constexpr size_t kMaxVarint32Bytes = 5;
inline constexpr size_t kMaxVarint64Bytes = 10;

// ---- Numbers at an address. The caller guarantees that the bytes are there.

template <typename T>
T LoadFixed(const char* source) {
  T value;
  std::memcpy(&value, source, sizeof(value));
  return value;
}
template <typename T>
void StoreFixed(char* target, T value) {
  std::memcpy(target, &value, sizeof(value));
}
inline uint16_t LoadFixed16(const char* source) {
  return LoadFixed<uint16_t>(source);
}
inline uint32_t LoadFixed32(const char* source) {
  return LoadFixed<uint32_t>(source);
}
inline uint64_t LoadFixed64(const char* source) {
  return LoadFixed<uint64_t>(source);
}
inline void StoreFixed16(char* target, uint16_t value) {
  StoreFixed(target, value);
}
inline void StoreFixed32(char* target, uint32_t value) {
  StoreFixed(target, value);
}
inline void StoreFixed64(char* target, uint64_t value) {
  StoreFixed(target, value);
}

inline uint16_t LoadBigEndian16(const char* source) {
  return __builtin_bswap16(LoadFixed16(source));
}
inline uint32_t LoadBigEndian32(const char* source) {
  return __builtin_bswap32(LoadFixed32(source));
}
inline uint64_t LoadBigEndian64(const char* source) {
  return __builtin_bswap64(LoadFixed64(source));
}
inline void StoreBigEndian16(char* target, uint16_t value) {
  StoreFixed16(target, __builtin_bswap16(value));
}
inline void StoreBigEndian32(char* target, uint32_t value) {
  StoreFixed32(target, __builtin_bswap32(value));
}
inline void StoreBigEndian64(char* target, uint64_t value) {
  StoreFixed64(target, __builtin_bswap64(value));
}

/// Bytes that the varint of `value` takes: 1 to 10.
inline size_t VarintLength(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

/// Writes the varint at `target`, which has room for kMaxVarint64Bytes; returns the byte after it.
inline char* StoreVarint64(char* target, uint64_t value) {
  while (value >= 0x80) {
    *target++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *target++ = static_cast<char>(value);
  return target;
}

/// Reads a varint from [source, limit); returns the byte after it, or nullptr when it is cut off, too large for the
/// type or not the shortest encoding.
const char* LoadVarint32(const char* source, const char* limit, uint32_t* value);
const char* LoadVarint64(const char* source, const char* limit, uint64_t* value);

/// Maps small negative numbers to small unsigned ones: 0, -1, 1, -2 → 0, 1, 2, 3.
inline uint64_t EncodeZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t DecodeZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// ---- Appending to a string.

inline void PutFixed8(std::string* out, uint8_t value) {
  out->push_back(static_cast<char>(value));
}
inline void PutFixed16(std::string* out, uint16_t value) {
  char bytes[sizeof(value)];
  StoreFixed16(bytes, value);
  out->append(bytes, sizeof(bytes));
}
inline void PutFixed32(std::string* out, uint32_t value) {
  char bytes[sizeof(value)];
  StoreFixed32(bytes, value);
  out->append(bytes, sizeof(bytes));
}
inline void PutFixed64(std::string* out, uint64_t value) {
  char bytes[sizeof(value)];
  StoreFixed64(bytes, value);
  out->append(bytes, sizeof(bytes));
}
inline void PutBigEndian16(std::string* out, uint16_t value) {
  PutFixed16(out, __builtin_bswap16(value));
}
inline void PutBigEndian32(std::string* out, uint32_t value) {
  PutFixed32(out, __builtin_bswap32(value));
}
inline void PutBigEndian64(std::string* out, uint64_t value) {
  PutFixed64(out, __builtin_bswap64(value));
}
inline void PutVarint64(std::string* out, uint64_t value) {
  char bytes[kMaxVarint64Bytes];
  out->append(bytes, static_cast<size_t>(StoreVarint64(bytes, value) - bytes));
}
inline void PutVarint32(std::string* out, uint32_t value) {
  PutVarint64(out, value);
}
inline void PutZigZag64(std::string* out, int64_t value) {
  PutVarint64(out, EncodeZigZag(value));
}

/// Varint of the length, then the bytes.
inline void PutLengthPrefixed(std::string* out, std::string_view bytes) {
  PutVarint64(out, bytes.size());
  out->append(bytes);
}

/// Decodes from the front of a byte string that it borrows. Every Get returns false when the bytes are not there or
/// not valid, and then has changed neither the position nor `*value`. Allocates nothing: a length found in the input
/// is checked against what is left, and strings are views into the input.
class Reader {
 public:
  Reader() = default;
  explicit Reader(std::string_view bytes) : begin_(bytes.data()), next_(begin_), end_(begin_ + bytes.size()) {}

  bool empty() const { return next_ == end_; }
  size_t remaining_bytes() const { return static_cast<size_t>(end_ - next_); }
  size_t offset() const { return static_cast<size_t>(next_ - begin_); }  ///< Of the next byte; for error messages.
  std::string_view rest() const { return {next_, remaining_bytes()}; }

  bool GetFixed8(uint8_t* value) { return Get(value); }
  bool GetFixed16(uint16_t* value) { return Get(value); }
  bool GetFixed32(uint32_t* value) { return Get(value); }
  bool GetFixed64(uint64_t* value) { return Get(value); }

  bool GetBigEndian16(uint16_t* value) {
    if (!Get(value)) return false;
    *value = __builtin_bswap16(*value);
    return true;
  }
  bool GetBigEndian32(uint32_t* value) {
    if (!Get(value)) return false;
    *value = __builtin_bswap32(*value);
    return true;
  }
  bool GetBigEndian64(uint64_t* value) {
    if (!Get(value)) return false;
    *value = __builtin_bswap64(*value);
    return true;
  }

  bool GetVarint32(uint32_t* value) { return Advance(LoadVarint32(next_, end_, value)); }
  bool GetVarint64(uint64_t* value) { return Advance(LoadVarint64(next_, end_, value)); }
  bool GetZigZag64(int64_t* value) {
    uint64_t encoded = 0;
    if (!GetVarint64(&encoded)) return false;
    *value = DecodeZigZag(encoded);
    return true;
  }

  bool GetBytes(size_t length, std::string_view* bytes) {
    if (length > remaining_bytes()) return false;
    *bytes = std::string_view(next_, length);
    next_ += length;
    return true;
  }
  bool GetLengthPrefixed(std::string_view* bytes) {
    const char* const start = next_;
    uint64_t length = 0;
    if (GetVarint64(&length) && length <= remaining_bytes() && GetBytes(static_cast<size_t>(length), bytes))
      return true;
    next_ = start;
    return false;
  }
  bool Skip(size_t length) {
    std::string_view ignored;
    return GetBytes(length, &ignored);
  }

 private:
  template <typename T>
  bool Get(T* value) {
    if (remaining_bytes() < sizeof(T)) return false;
    *value = LoadFixed<T>(next_);
    next_ += sizeof(T);
    return true;
  }
  bool Advance(const char* after) {
    if (after == nullptr) return false;
    next_ = after;
    return true;
  }

  const char* begin_ = nullptr;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
};

}  // namespace cellar::common
