#pragma once

#include <string>
#include <string_view>

#include "hql/token.h"

namespace cellar::hql {

/// Cuts one statement into tokens, from left to right. Borrows the text. Never fails: what is no token comes as kBad.
class Lexer {
 public:
  /// `start`: the place of the text's first character, when it is part of something longer.
  explicit Lexer(std::string_view text, Position start = Position()) : text_(text), position_(start) {}

  Token Next();

  /// Goes back to `token`, a '/', and reads from there a regular expression up to the next '/' that has no backslash
  /// before it.
  Token RegexAt(const Token& token);

 private:
  void SkipBlanks();
  void Advance(size_t bytes);
  Token Take(TokenKind kind, size_t bytes);
  size_t StringLength() const;  ///< 0: does not end.
  size_t NumberLength() const;
  size_t SymbolLength() const;  ///< 0: none begins here.

  std::string_view text_;
  size_t offset_ = 0;
  Position position_;
};

/// The bytes a string token stands for: without its quotes; `\\ \' \" \n \r \t \0 \xHH` decoded, any other backslash as
/// written.
std::string DecodeString(std::string_view token_text);

/// As written, without the quotes: what follows REGEXP, where the expression has its own escapes.
std::string RawString(std::string_view token_text);

/// The expression between the slashes; `\/` is a slash.
std::string DecodeRegex(std::string_view token_text);

/// The opposite of DecodeString: a literal in single quotes, all printable, with whole characters of UTF-8 as they are.
std::string QuoteString(std::string_view bytes);

/// Words that are no bare identifiers in lower, UPPER and Capital spelling.
bool IsReservedWord(std::string_view word);

/// ASCII only; keywords have no other letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace cellar::hql
