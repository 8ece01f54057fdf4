#include "hql/token_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "common/time/datetime.h"
#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr size_t kLongestShownToken = 32;

/// The token for a message: in quotes, without control bytes, cut when long.
std::string ShowToken(const Token& token) {
  if (token.kind == TokenKind::kEnd) return "the end of the statement";
  std::string shown;
  size_t taken = 0;
  for (; taken < token.text.size() && (taken < kLongestShownToken || (token.text[taken] & 0xC0) == 0x80); ++taken) {
    const auto c = static_cast<unsigned char>(token.text[taken]);
    if (c < 0x20 || c == 0x7F) {
      shown += fmt::format("\\x{:02X}", c);
    } else {
      shown.push_back(token.text[taken]);
    }
  }
  if (taken < token.text.size()) shown += "…";
  if (token.kind == TokenKind::kString) return shown;
  return "'" + shown + "'";
}

bool IsIdentifier(const Token& token) {
  return token.kind == TokenKind::kWord && token.text[0] != '_';
}

}  // namespace

std::string Expectation::ToString() const {
  return kind == Kind::kSymbol ? "'" + text + "'" : text;
}

Status ErrorAt(Position position, const std::string& message, int32_t detail) {
  return Status(StatusCode::kInvalidArgument, position.ToString() + ": " + message, detail);
}

TokenStream::TokenStream(std::string_view text, Position start) : lexer_(text, start) {
  ahead_.push_back(lexer_.Next());
}

const Token& TokenStream::Peek(size_t distance) {
  while (ahead_.size() <= distance) ahead_.push_back(lexer_.Next());
  return ahead_[distance];
}

void TokenStream::Advance() {
  Peek(1);
  ahead_.pop_front();
  expected_.clear();
}

void TokenStream::Expect(Expectation::Kind kind, std::string_view text) {
  Expectation expectation;
  expectation.kind = kind;
  expectation.text = std::string(text);
  if (std::find(expected_.begin(), expected_.end(), expectation) == expected_.end()) {
    expected_.push_back(std::move(expectation));
  }
}

bool TokenStream::IsKeyword(std::string_view keyword) const {
  return current().kind == TokenKind::kWord && EqualsIgnoringCase(current().text, keyword);
}

bool TokenStream::IsSymbol(std::string_view symbol) const {
  return current().kind == TokenKind::kSymbol && current().text == symbol;
}

bool TokenStream::AcceptKeyword(std::string_view keyword) {
  if (IsKeyword(keyword)) {
    Advance();
    return true;
  }
  Expect(Expectation::Kind::kKeyword, keyword);
  return false;
}

bool TokenStream::AcceptSymbol(std::string_view symbol) {
  if (IsSymbol(symbol)) {
    Advance();
    return true;
  }
  Expect(Expectation::Kind::kSymbol, symbol);
  return false;
}

Status TokenStream::ExpectKeyword(std::string_view keyword) {
  return AcceptKeyword(keyword) ? Status() : Unexpected();
}

Status TokenStream::ExpectSymbol(std::string_view symbol) {
  return AcceptSymbol(symbol) ? Status() : Unexpected();
}

Status TokenStream::ExpectEnd() {
  if (at_end()) return Status();
  Expect(Expectation::Kind::kOther, "the end of the statement");
  return Unexpected();
}

Status TokenStream::CheckNotBad() {
  const Token& token = current();
  if (token.kind != TokenKind::kBad) return Status();
  const char first = token.text[0];
  if (first == '\'' || first == '"') return Fail(fmt::format("the string that begins here has no closing {}", first));
  if (first == '/') return Fail("the regular expression that begins here has no closing '/'");
  return Fail(fmt::format("unexpected character {}", ShowToken(token)));
}

Status TokenStream::Unexpected() {
  RETURN_IF_ERROR(CheckNotBad());
  std::vector<std::string> texts;  // two kinds may read the same
  for (const Expectation& expectation : expected_) {
    std::string text = expectation.ToString();
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
  }
  std::string list;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) list += i + 1 == texts.size() ? " or " : ", ";
    list += texts[i];
  }
  const bool takes_name = std::any_of(expected_.begin(), expected_.end(), [](const Expectation& expectation) {
    return expectation.kind != Expectation::Kind::kKeyword && expectation.kind != Expectation::Kind::kSymbol;
  });
  const bool reserved = takes_name && current().kind == TokenKind::kWord && IsReservedWord(current().text);
  return Fail(fmt::format("expected {}, found {}{}", list, ShowToken(current()),
                          reserved ? ", a reserved word: as a name it needs quotes" : ""));
}

Status TokenStream::Fail(const Token& token, const std::string& message) {
  error_.position = token.position;
  error_.offset = token.offset;
  error_.length = token.text.size();
  error_.expected = expected_;
  return ErrorAt(token.position, message, kParseError);
}

Result<std::string> TokenStream::TakeString(std::string_view what) {
  if (current().kind != TokenKind::kString) {
    Expect(Expectation::Kind::kOther, what);
    return Unexpected();
  }
  std::string decoded = DecodeString(current().text);
  Advance();
  return decoded;
}

Result<std::string> TokenStream::TakeFileName() {
  if (current().kind != TokenKind::kString) {
    Expect(Expectation::Kind::kFile, "a file name in quotes");
    return Unexpected();
  }
  return TakeString("a file name in quotes");
}

Result<std::string> TokenStream::TakeRawString(std::string_view what) {
  if (current().kind != TokenKind::kString) {
    Expect(Expectation::Kind::kOther, what);
    return Unexpected();
  }
  std::string raw = RawString(current().text);
  Advance();
  return raw;
}

Result<std::string> TokenStream::TakeRegex() {
  if (!IsSymbol("/")) {
    Expect(Expectation::Kind::kOther, "/regular expression/");
    return Unexpected();
  }
  const Token slash = current();
  ahead_.clear();
  ahead_.push_back(lexer_.RegexAt(slash));
  RETURN_IF_ERROR(CheckNotBad());
  std::string expression = DecodeRegex(current().text);
  Advance();
  return expression;
}

Result<Name> TokenStream::TakeName(Expectation::Kind kind, std::string_view what) {
  const Token& token = current();
  if (token.kind == TokenKind::kString) {
    Name name(DecodeString(token.text), token.position);
    if (name.text.empty()) return Fail(fmt::format("the name is empty; expected {}", what));
    Advance();
    return name;
  }
  if (!IsIdentifier(token) || IsReservedWord(token.text)) {
    Expect(kind, what);
    return Unexpected();
  }
  Name name(std::string(token.text), token.position);
  Advance();
  return name;
}

Result<std::string> TokenStream::TakeWord(std::string_view what) {
  if (current().kind != TokenKind::kWord && current().kind != TokenKind::kNumber) {
    Expect(Expectation::Kind::kOther, what);
    return Unexpected();
  }
  std::string word(current().text);
  Advance();
  return word;
}

Result<uint64_t> TokenStream::TakeNumber(std::string_view what, uint64_t largest) {
  const Token& token = current();
  if (token.kind != TokenKind::kNumber || token.text.find('.') != std::string_view::npos) {
    Expect(Expectation::Kind::kOther, what);
    return Unexpected();
  }
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
  if (error != std::errc() || end != token.text.data() + token.text.size() || number > largest) {
    return Fail(fmt::format("{} is too large; at most {}", ShowToken(token), largest));
  }
  Advance();
  return number;
}

Result<double> TokenStream::TakeReal(std::string_view what) {
  if (current().kind != TokenKind::kNumber) {
    Expect(Expectation::Kind::kOther, what);
    return Unexpected();
  }
  const double number = std::strtod(std::string(current().text).c_str(), nullptr);
  Advance();
  return number;
}

Result<Nanos> TokenStream::TakeDateTime() {
  const Token token = current();
  ASSIGN_OR_RETURN(const std::string text, TakeString("a date and time in quotes"));
  Result<Nanos> time = common::ParseDateTime(text);
  if (!time.ok()) return Fail(token, std::string(time.status().message()));
  return time;
}

Result<bool> TokenStream::TakeBool() {
  if (AcceptKeyword("true")) return true;
  if (AcceptKeyword("false")) return false;
  return Unexpected();
}

}  // namespace cellar::hql
