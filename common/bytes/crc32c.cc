#include "common/bytes/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace cellar::common {

uint32_t ExtendCrc32c(uint32_t crc, std::string_view data) {
  constexpr size_t kLargestPiece = size_t{1} << 30;  // The library counts in int.
  uint32_t state = ~crc;
  while (!data.empty()) {
    const std::string_view piece = data.substr(0, std::min(data.size(), kLargestPiece));
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data()));  // It only reads them.
    state = crc32_iscsi(bytes, static_cast<int>(piece.size()), state);
    data.remove_prefix(piece.size());
  }
  return ~state;
}

}  // namespace cellar::common
