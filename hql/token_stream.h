#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "hql/lexer.h"
#include "hql/name.h"
#include "hql/parse_error.h"

namespace cellar::hql {

/// The tokens of one statement with a cursor; what the parser walks on. One call, one thread; borrows the text.
///
/// Every question asked at the cursor (Accept, Take) that is answered with no is remembered as an expectation until the
/// cursor moves. So an error can say what would have been taken, and completion what may be typed.
class TokenStream {
 public:
  explicit TokenStream(std::string_view text, Position start = Position());

  const Token& current() const { return ahead_.front(); }
  const Token& Peek(size_t distance);  ///< 0: current().
  bool at_end() const { return current().kind == TokenKind::kEnd; }

  /// Takes the current token if it is this keyword (in any case) or symbol.
  bool AcceptKeyword(std::string_view keyword);
  bool AcceptSymbol(std::string_view symbol);
  /// Both of one kind, without taking, without an expectation.
  bool IsKeyword(std::string_view keyword) const;
  bool IsSymbol(std::string_view symbol) const;

  Status ExpectKeyword(std::string_view keyword);
  Status ExpectSymbol(std::string_view symbol);

  // Each takes one token, or fails as Unexpected() does. `what` is for people: "a row".

  Result<std::string> TakeString(std::string_view what);                 ///< Decoded.
  Result<std::string> TakeFileName();                                    ///< Decoded string.
  Result<std::string> TakeRawString(std::string_view what);              ///< Not decoded.
  Result<std::string> TakeRegex();                                       ///< /…/
  Result<Name> TakeName(Expectation::Kind kind, std::string_view what);  ///< Identifier or string.
  Result<std::string> TakeWord(std::string_view what);                   ///< Any word, reserved or not, or number.
  Result<uint64_t> TakeNumber(std::string_view what, uint64_t largest);
  Result<double> TakeReal(std::string_view what);
  Result<Nanos> TakeDateTime();  ///< String that ParseDateTime takes.
  Result<bool> TakeBool();
  Status ExpectEnd();

  /// Adds to what would be taken at the cursor.
  void Expect(Expectation::Kind kind, std::string_view text);

  /// The error "expected …, found …" at the cursor.
  Status Unexpected();
  /// An error at `token`, or at the cursor, with public code 11.
  Status Fail(const Token& token, const std::string& message);
  Status Fail(const std::string& message) { return Fail(current(), message); }

  const std::vector<Expectation>& expected() const { return expected_; }
  /// Of the failure; valid after Fail or Unexpected.
  const ParseError& error() const { return error_; }

 private:
  void Advance();
  Status CheckNotBad();

  Lexer lexer_;
  std::deque<Token> ahead_;  ///< Never empty.
  std::vector<Expectation> expected_;
  ParseError error_;
};

}  // namespace cellar::hql
