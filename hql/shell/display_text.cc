#include "hql/shell/display_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "common/bytes/utf8.h"

namespace cellar::hql {

namespace {

struct CharacterRange {
  char32_t first;
  char32_t last;
};

/// Of East Asian Width W or F (Unicode's annex 11), in large.
constexpr CharacterRange kWide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

/// Marks that are drawn over the character before.
constexpr CharacterRange kCombining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

/// Control characters, those that turn the direction of writing, and those that cannot be seen.
constexpr CharacterRange kHidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x061C, 0x061C}, {0x180E, 0x180E},   {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}, {0xE000, 0xF8FF},
};

bool IsIn(char32_t character, std::span<const CharacterRange> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const CharacterRange& range) {
    return range.first <= character && character <= range.last;
  });
}

/// The letter after the backslash, NUL when there is none.
char ShortEscape(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\0':
      return '0';
    case '\\':
      return '\\';
    default:
      return '\0';
  }
}

void AppendHex(std::string_view bytes, std::string* out) {
  for (const char c : bytes) fmt::format_to(std::back_inserter(*out), "\\x{:02x}", static_cast<unsigned char>(c));
}

bool IsPlainAscii(char c) {
  return c >= 0x20 && c < 0x7F && c != '\\';
}

}  // namespace

void AppendDisplayText(std::string_view bytes, std::string* out) {
  char32_t character = 0;
  while (!bytes.empty()) {
    const auto plain = std::find_if_not(bytes.begin(), bytes.end(), IsPlainAscii);
    out->append(bytes.begin(), plain);
    bytes.remove_prefix(static_cast<size_t>(plain - bytes.begin()));
    if (bytes.empty()) return;
    if (const char letter = ShortEscape(bytes[0]); letter != '\0') {
      *out += '\\';
      *out += letter;
      bytes.remove_prefix(1);
      continue;
    }
    const size_t length = common::DecodeUtf8(bytes, &character);
    const std::string_view taken = bytes.substr(0, std::max<size_t>(length, 1));
    if (length == 0 || IsIn(character, kHidden)) {
      AppendHex(taken, out);
    } else {
      out->append(taken);
    }
    bytes.remove_prefix(taken.size());
  }
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  char32_t character = 0;
  while (!text.empty()) {
    const size_t length = common::DecodeUtf8(text, &character);
    if (length <= 1) {
      ++width;
    } else if (!IsIn(character, kCombining)) {
      width += IsIn(character, kWide) ? 2 : 1;
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return width;
}

}  // namespace cellar::hql
