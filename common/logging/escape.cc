#include "common/logging/escape.h"

#include <algorithm>

namespace cellar::common {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Length of the UTF-8 sequence at the front of `text` (1 to 4), or 0 when there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (first == 0xE0 && byte(1) < 0xA0) return 0;  // Overlong.
  if (first == 0xED && byte(1) > 0x9F) return 0;  // Surrogates.
  if (first == 0xF0 && byte(1) < 0x90) return 0;  // Overlong.
  if (first == 0xF4 && byte(1) > 0x8F) return 0;  // Beyond U+10FFFF.
  return length;
}

char ShortEscape(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '"':
    case '\\':
      return c;
    default:
      return 0;
  }
}

}  // namespace

void AppendEscaped(std::string* out, std::string_view text, EscapeStyle style) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const auto byte = static_cast<uint8_t>(text[0]);
    if (length <= 1 && ShortEscape(text[0]) != 0) {
      out->push_back('\\');
      out->push_back(ShortEscape(text[0]));
    } else if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out->append(style == EscapeStyle::kJson ? "\\u00" : "\\x");
      out->push_back(kHexDigits[byte >> 4]);
      out->push_back(kHexDigits[byte & 15]);
    } else {
      out->append(text.substr(0, length));
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
}

std::string JsonQuote(std::string_view text) {
  std::string quoted = "\"";
  AppendEscaped(&quoted, text, EscapeStyle::kJson);
  quoted.push_back('"');
  return quoted;
}

}  // namespace cellar::common
