#include "hql/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/schema_text.h"

namespace cellar::hql {

namespace {

constexpr std::array<std::string_view, 8> kLongSymbols = {"<=", ">=", "=^", "=~", "..", "!=", "+=", "-="};
constexpr std::string_view kShortSymbols = "(),:=<>*^|+-.[]/;?%";

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsWordByte(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_';
}
char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = ToLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string_view WithoutDelimiters(std::string_view token_text) {
  return token_text.size() >= 2 ? token_text.substr(1, token_text.size() - 2) : std::string_view();
}

/// Decodes the escape at `text[at]`, a backslash; returns how many bytes it takes.
size_t AppendEscape(std::string_view text, size_t at, std::string* out) {
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  constexpr std::string_view kLetters = "\\'\"nrt0";
  constexpr std::string_view kBytes("\\'\"\n\r\t\0", 7);
  if (at + 1 < text.size()) {
    if (const size_t found = kLetters.find(next); found != std::string_view::npos) {
      out->push_back(kBytes[found]);
      return 2;
    }
    if (next == 'x' && at + 3 < text.size() && HexValue(text[at + 2]) >= 0 && HexValue(text[at + 3]) >= 0) {
      out->push_back(static_cast<char>(HexValue(text[at + 2]) * 16 + HexValue(text[at + 3])));
      return 4;
    }
  }
  out->push_back('\\');
  return 1;
}

/// Length of the character of UTF-8 at `at` when it has several bytes and all are there; else 0.
size_t MultiByteLength(std::string_view bytes, size_t at) {
  const auto first = static_cast<unsigned char>(bytes[at]);
  const size_t length = first >= 0xF0 && first <= 0xF4 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (first > 0xF4 || at + length > bytes.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(bytes[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string Position::ToString() const {
  return fmt::format("line {}, column {}", line, column);
}

void Lexer::Advance(size_t bytes) {
  for (const size_t end = offset_ + bytes; offset_ < end; ++offset_) {
    const auto c = static_cast<unsigned char>(text_[offset_]);
    if (c == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if ((c & 0xC0) != 0x80) {  // not the second or later byte of a character
      ++position_.column;
    }
  }
}

void Lexer::SkipBlanks() {
  constexpr std::string_view kBlanks = " \t\n\r\v\f";
  const size_t next = text_.find_first_not_of(kBlanks, offset_);
  Advance((next == std::string_view::npos ? text_.size() : next) - offset_);
}

Token Lexer::Take(TokenKind kind, size_t bytes) {
  Token token;
  token.kind = kind;
  token.text = text_.substr(offset_, bytes);
  token.offset = offset_;
  token.position = position_;
  Advance(bytes);
  return token;
}

size_t Lexer::StringLength() const {
  const char quote = text_[offset_];
  for (size_t at = offset_ + 1; at < text_.size(); ++at) {
    if (text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      return at + 1 - offset_;
    }
  }
  return 0;
}

size_t Lexer::NumberLength() const {
  size_t at = offset_;
  while (at < text_.size() && IsDigit(text_[at])) ++at;
  if (at + 1 < text_.size() && text_[at] == '.' && IsDigit(text_[at + 1])) {
    ++at;
    while (at < text_.size() && IsDigit(text_[at])) ++at;
  }
  return at - offset_;
}

size_t Lexer::SymbolLength() const {
  const std::string_view two = text_.substr(offset_, 2);
  if (std::find(kLongSymbols.begin(), kLongSymbols.end(), two) != kLongSymbols.end()) return 2;
  return kShortSymbols.find(text_[offset_]) != std::string_view::npos ? 1 : 0;
}

Token Lexer::Next() {
  SkipBlanks();
  if (offset_ == text_.size()) return Take(TokenKind::kEnd, 0);
  const char c = text_[offset_];
  if (IsLetter(c) || c == '_') {
    size_t end = offset_;
    while (end < text_.size() && IsWordByte(text_[end])) ++end;
    return Take(TokenKind::kWord, end - offset_);
  }
  if (c == '\'' || c == '"') {
    const size_t length = StringLength();
    return length > 0 ? Take(TokenKind::kString, length) : Take(TokenKind::kBad, text_.size() - offset_);
  }
  if (IsDigit(c)) return Take(TokenKind::kNumber, NumberLength());
  if (const size_t length = SymbolLength(); length > 0) return Take(TokenKind::kSymbol, length);
  size_t length = 1;  // a whole character of UTF-8
  while (offset_ + length < text_.size() && (static_cast<unsigned char>(text_[offset_ + length]) & 0xC0) == 0x80) {
    ++length;
  }
  return Take(TokenKind::kBad, length);
}

Token Lexer::RegexAt(const Token& token) {
  offset_ = token.offset;
  position_ = token.position;
  for (size_t at = offset_ + 1; at < text_.size(); ++at) {
    if (text_[at] == '\\') {
      ++at;
    } else if (text_[at] == '/') {
      return Take(TokenKind::kRegex, at + 1 - offset_);
    }
  }
  return Take(TokenKind::kBad, text_.size() - offset_);
}

std::string DecodeString(std::string_view token_text) {
  const std::string_view text = WithoutDelimiters(token_text);
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t plain = std::min(text.find('\\', at), text.size());
    decoded.append(text.substr(at, plain - at));
    at = plain;
    if (at < text.size()) at += AppendEscape(text, at, &decoded);
  }
  return decoded;
}

std::string RawString(std::string_view token_text) {
  return std::string(WithoutDelimiters(token_text));
}

std::string DecodeRegex(std::string_view token_text) {
  const std::string_view text = WithoutDelimiters(token_text);
  std::string expression;
  expression.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != '/') expression.push_back('\\');
      ++at;
    }
    expression.push_back(text[at]);
  }
  return expression;
}

std::string QuoteString(std::string_view bytes) {
  std::string quoted = "'";
  for (size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (const size_t length = MultiByteLength(bytes, at); length > 0) {
      quoted += bytes.substr(at, length);
      at += length - 1;
      continue;
    }
    switch (c) {
      case '\'':
        quoted += "\\'";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\r':
        quoted += "\\r";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '\0':
        quoted += "\\0";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) {
          quoted += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        } else {
          quoted.push_back(c);
        }
    }
  }
  return quoted + "'";
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ToLower(x) == ToLower(y); });
}

bool IsReservedWord(std::string_view word) {
  return model::IsReservedWord(word);
}

}  // namespace cellar::hql
