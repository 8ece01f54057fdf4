#include "common/bytes/utf8.h"

namespace cellar::common {

size_t DecodeUtf8(std::string_view bytes, char32_t* character) {
  if (bytes.empty()) return 0;
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0x80) {
    *character = first;
    return 1;
  }
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < length) return 0;
  constexpr unsigned kFirstBits[] = {0, 0, 0x1F, 0x0F, 0x07};
  char32_t value = first & kFirstBits[length];
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xC0) != 0x80) return 0;
    value = value << 6 | (next & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || is_surrogate) return 0;
  *character = value;
  return length;
}

bool IsUtf8(std::string_view bytes) {
  char32_t character = 0;
  while (!bytes.empty()) {
    const size_t length = DecodeUtf8(bytes, &character);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace cellar::common
