#include "hql/statement_splitter.h"

#include <fmt/format.h>

#include "hql/error_codes.h"
#include "hql/parse_error.h"
#include "hql/parser.h"

namespace cellar::hql {

namespace {

constexpr std::string_view kBlanks = " \t\n\r\v\f";

bool IsBlank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

void Move(std::string_view over, Position* position) {
  for (const char c : over) {
    if (c == '\n') {
      ++position->line;
      position->column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++position->column;
    }
  }
}

}  // namespace

Status StatementSplitter::AddLine(std::string_view line) {
  if (text_.empty()) {
    position_.line = next_line_;
    position_.column = 1;
  }
  ++next_line_;
  const size_t first = line.find_first_not_of(kBlanks);
  const bool comment = !in_string() && first != std::string_view::npos && line[first] == '#';
  if (comment) {
    text_.append(line.size(), ' ');
  } else {
    text_.append(line);
  }
  text_.push_back('\n');
  if (text_.size() <= kMaxStatementBytes) return Status();
  const Position position = position_;
  Clear();
  return ErrorAt(position, fmt::format("the statement is longer than {} bytes", kMaxStatementBytes), kParseError);
}

void StatementSplitter::Scan(char c) {
  if (state_ != State::kPlain) {
    if (after_backslash_) {
      after_backslash_ = false;
    } else if (c == '\\') {
      after_backslash_ = true;
    } else if ((state_ == State::kSingleQuoted && c == '\'') || (state_ == State::kDoubleQuoted && c == '"') ||
               (state_ == State::kRegex && c == '/')) {
      state_ = State::kPlain;
    }
    previous_ = c;
    return;
  }
  if (c == '\'') state_ = State::kSingleQuoted;
  if (c == '"') state_ = State::kDoubleQuoted;
  if (c == '/' && regex_may_follow_) state_ = State::kRegex;
  if (!IsBlank(c)) regex_may_follow_ = c == ':' || (c == '~' && previous_ == '=');
  previous_ = c;
}

std::optional<SplitStatement> StatementSplitter::Next() {
  while (scanned_ < text_.size()) {
    const char c = text_[scanned_];
    if (c != ';' || state_ != State::kPlain) {
      Scan(c);
      ++scanned_;
      continue;
    }
    const SplitStatement statement = Take(scanned_ + 1);
    if (!statement.text.empty()) return statement;
  }
  if (at_start()) Clear();
  return std::nullopt;
}

/// Takes the first `length` bytes, of which a final ';' and blanks around are left out.
SplitStatement StatementSplitter::Take(size_t length) {
  SplitStatement statement;
  std::string_view taken = std::string_view(text_).substr(0, length);
  if (taken.ends_with(';')) taken.remove_suffix(1);
  const size_t first = std::min(taken.find_first_not_of(kBlanks), taken.size());
  statement.position = position_;
  Move(taken.substr(0, first), &statement.position);
  taken.remove_prefix(first);
  statement.text = std::string(taken.substr(0, taken.find_last_not_of(kBlanks) + 1));
  Move(std::string_view(text_).substr(0, length), &position_);
  text_.erase(0, length);
  scanned_ = 0;
  state_ = State::kPlain;
  after_backslash_ = false;
  regex_may_follow_ = false;
  return statement;
}

std::optional<SplitStatement> StatementSplitter::TakeRest() {
  SplitStatement statement = Take(text_.size());
  if (statement.text.empty()) return std::nullopt;
  return statement;
}

bool StatementSplitter::at_start() const {
  return text_.find_first_not_of(kBlanks) == std::string::npos;
}

void StatementSplitter::Clear() {
  text_.clear();
  scanned_ = 0;
  state_ = State::kPlain;
  after_backslash_ = false;
  regex_may_follow_ = false;
}

}  // namespace cellar::hql
