#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cellar::common {

/// A 128-bit digest. As bytes: `high` then `low`, big-endian, so that the hex text reads as the bytes lie on disk.
struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend constexpr auto operator<=>(const Hash128&, const Hash128&) = default;
  friend constexpr bool operator==(const Hash128&, const Hash128&) = default;

  std::string ToBytes() const;  ///< 16 bytes.
  std::string ToHex() const;    ///< 32 lower-case digits.
};

/// XXH3, 64 bits. Stable over versions and machines, so it may be written to disk. Not cryptographic.
uint64_t Hash64(std::string_view data, uint64_t seed = 0);

/// XXH3, 128 bits: the digest of CellStore blocks. Stable and not cryptographic, as above.
Hash128 HashTo128(std::string_view data, uint64_t seed = 0);

}  // namespace cellar::common
