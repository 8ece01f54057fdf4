#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "hql/token.h"

namespace cellar::hql {

/// One statement cut out of a longer text, without its ';'. Comments in it are blanked, so that places stay right.
struct SplitStatement {
  std::string text;
  Position position;  ///< Of the text's first character.

  SplitStatement() = default;
};

/// Cuts lines of text into statements that end with ';' outside of strings and regular expressions. A line that begins
/// with '#' is a comment, unless a string goes on there. For shells; the parser knows neither.
class StatementSplitter {
 public:
  /// Adds a line, without its end. kInvalidArgument when the statement under way becomes longer than a statement may
  /// be; it is then forgotten.
  Status AddLine(std::string_view line);

  /// The next complete statement, if there is one. Empty ones (";;") are left out.
  std::optional<SplitStatement> Next();

  /// Takes what is there as a statement, complete or not; nothing when it is blank.
  std::optional<SplitStatement> TakeRest();

  /// No statement is under way: only blanks and comments were added since the last one.
  bool at_start() const;
  /// Inside of a string that goes on in the next line.
  bool in_string() const { return state_ == State::kSingleQuoted || state_ == State::kDoubleQuoted; }

  std::string_view pending() const { return text_; }
  void Clear();

  /// Number of the line that AddLine will get next, from 1.
  uint32_t next_line() const { return next_line_; }

 private:
  enum class State : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kRegex };

  void Scan(char c);
  SplitStatement Take(size_t length);

  std::string text_;    ///< Lines not given out yet, with their ends.
  Position position_;   ///< Of the text's first character.
  size_t scanned_ = 0;  ///< Bytes of the text whose state is known: up to a ';' or the end.
  State state_ = State::kPlain;
  bool after_backslash_ = false;
  bool regex_may_follow_ = false;  ///< After ':' or '=~' with blanks.
  char previous_ = '\0';
  uint32_t next_line_ = 1;
};

}  // namespace cellar::hql
