#include "common/bytes/coding.h"

#include <limits>

namespace cellar::common {

const char* LoadVarint64(const char* source, const char* limit, uint64_t* value) {
  if (source < limit && static_cast<uint8_t>(*source) < 0x80) [[likely]] {
    *value = static_cast<uint8_t>(*source);
    return source + 1;
  }
  uint64_t result = 0;
  for (int shift = 0; shift < 70 && source < limit; shift += 7) {
    const uint64_t byte = static_cast<uint8_t>(*source++);
    if (shift == 63 && byte > 1) return nullptr;  // More than 64 bits.
    result |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte == 0) return nullptr;  // A trailing zero byte: not the shortest encoding.
      *value = result;
      return source;
    }
  }
  return nullptr;
}

const char* LoadVarint32(const char* source, const char* limit, uint32_t* value) {
  uint64_t wide = 0;
  const char* const after = LoadVarint64(source, limit, &wide);
  if (after == nullptr || wide > std::numeric_limits<uint32_t>::max()) return nullptr;
  *value = static_cast<uint32_t>(wide);
  return after;
}

}  // namespace cellar::common
