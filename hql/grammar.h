#pragma once

#include <span>
#include <string_view>

namespace cellar::hql {

/// An option of a statement, for people.
struct OptionEntry {
  std::string_view syntax;  ///< Begins with the keyword: "LIMIT n".
  std::string_view meaning;

  /// The first word of the syntax.
  std::string_view keyword() const { return syntax.substr(0, syntax.find_first_of(" =[")); }
};

/// A statement, for people: what HELP prints and docs/reference/hql.md holds. Tests hold the parser to it: each example
/// parses, and each option is taken after the last example.
struct StatementEntry {
  std::string_view topic;    ///< What HELP takes: "CREATE TABLE".
  std::string_view summary;  ///< One line without a final period.
  std::string_view syntax;   ///< `[]` optional, `{}` repeat, `|` choice.
  std::string_view text;     ///< What else there is to know; may be empty.
  std::span<const OptionEntry> options;
  std::span<const std::string_view> examples;
};

/// All statements in the order of the reference.
std::span<const StatementEntry> Statements();

/// Subjects that several statements share: dates, strings, columns, conditions. The same form, without examples of
/// statements.
std::span<const StatementEntry> Subjects();

}  // namespace cellar::hql
