#include "hql/executor/guid.h"

#include <fmt/format.h>

namespace cellar::hql {

std::string NewGuid(Random& random) {
  constexpr uint64_t kVersionMask = 0xF000;
  constexpr uint64_t kVersion4 = 0x4000;
  constexpr uint64_t kVariantMask = uint64_t{0xC000} << 48;
  constexpr uint64_t kVariant1 = uint64_t{0x8000} << 48;
  const uint64_t high = (random.Next() & ~kVersionMask) | kVersion4;
  const uint64_t low = (random.Next() & ~kVariantMask) | kVariant1;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFFFFFFFFFF);
}

}  // namespace cellar::hql
