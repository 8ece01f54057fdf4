#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cellar::hql {

/// A place in the text of statements, for people: both count from 1, columns in characters of UTF-8.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;

  std::string ToString() const;  ///< "line 1, column 7"
  friend bool operator==(Position, Position) = default;
};

enum class TokenKind : uint8_t {
  kEnd,     ///< After the last token; its text is empty.
  kWord,    ///< Letter or '_', then letters, digits, '_': an identifier or a keyword, as the grammar decides.
  kString,  ///< In single or double quotes, which are part of the text; escapes are not decoded yet.
  kNumber,  ///< Digits, perhaps with a fraction.
  kSymbol,  ///< Punctuation or an operator.
  kRegex,   ///< Between slashes, which are part of the text. Only where the parser asks for one.
  kBad,     ///< No token: an unknown character, or a string or regular expression that does not end.
};

/// A piece of a statement. The text is borrowed from the statement.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
  size_t offset = 0;  ///< Of the text's first byte in the statement.
  Position position;
};

}  // namespace cellar::hql
