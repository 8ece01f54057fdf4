#include "common/bytes/hash.h"

#include <xxhash.h>

#include "common/bytes/coding.h"

namespace cellar::common {

std::string Hash128::ToBytes() const {
  std::string bytes;
  PutBigEndian64(&bytes, high);
  PutBigEndian64(&bytes, low);
  return bytes;
}

std::string Hash128::ToHex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : ToBytes()) {
    hex.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    hex.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return hex;
}

uint64_t Hash64(std::string_view data, uint64_t seed) {
  return XXH3_64bits_withSeed(data.data(), data.size(), seed);
}

Hash128 HashTo128(std::string_view data, uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(data.data(), data.size(), seed);
  return Hash128{hash.high64, hash.low64};
}

}  // namespace cellar::common
