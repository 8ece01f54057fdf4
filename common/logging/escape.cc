#include "common/logging/escape.h"

#include <algorithm>

#include "common/bytes/utf8.h"

namespace cellar::common {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

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
  char32_t character = 0;
  while (!text.empty()) {
    const size_t length = DecodeUtf8(text, &character);
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
