#pragma once

#include <cstdint>
#include <string_view>

namespace cellar::common {

/// CRC-32C (Castagnoli, as in iSCSI) of `crc`'s bytes followed by `data`. Crc32c("123456789") is e3069283.
/// About 20 GB/s and more: ISA-L with carry-less multiplication.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view data);

/// CRC-32C of `data` alone.
inline uint32_t Crc32c(std::string_view data) {
  return ExtendCrc32c(0, data);
}

}  // namespace cellar::common
