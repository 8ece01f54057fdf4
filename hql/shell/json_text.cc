#include "hql/shell/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "common/bytes/utf8.h"
#include "hql/shell/display_text.h"

namespace cellar::hql {

namespace {

void AppendBase64(std::string_view bytes, std::string* out) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!bytes.empty()) {
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (size_t i = 0; i < 4; ++i) *out += i <= bytes.size() ? kLetters[(group >> (18 - 6 * i)) & 63] : '=';
    bytes.remove_prefix(std::min<size_t>(bytes.size(), 3));
  }
}

/// What a terminal must not see is escaped, though JSON would take it.
void AppendJsonString(std::string_view text, std::string* out) {
  char32_t character = 0;
  while (!text.empty()) {
    const size_t length = common::DecodeUtf8(text, &character);
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    const bool is_hidden = character < 0x20 || (character >= 0x7F && character < 0xA0) ||
                           (character >= 0x2028 && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
    if (character == '"' || character == '\\') {
      *out += '\\';
      *out += static_cast<char>(character);
    } else if (character == '\n') {
      *out += "\\n";
    } else if (character == '\r') {
      *out += "\\r";
    } else if (character == '\t') {
      *out += "\\t";
    } else if (is_hidden) {
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<uint32_t>(character));
    } else {
      out->append(taken);
    }
  }
}

}  // namespace

void AppendJsonMember(std::string_view name, std::string_view bytes, std::string* out) {
  const bool is_text = common::IsUtf8(bytes);
  fmt::format_to(std::back_inserter(*out), "\"{}{}\":\"", name, is_text ? "" : "_base64");
  if (is_text) {
    AppendJsonString(bytes, out);
  } else {
    AppendBase64(bytes, out);
  }
  *out += '"';
}

}  // namespace cellar::hql
