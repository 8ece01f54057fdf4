#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "hql/ast.h"
#include "hql/token_stream.h"

namespace cellar::hql {

// The parser's steps by subject, for parser.cc only. Each begins after the keywords that led to it, and leaves the
// cursor behind what it took.

// parse_definitions.cc
Result<Statement> ParseCreateTable(TokenStream& tokens);
Result<Statement> ParseAlterTable(TokenStream& tokens);

// parse_select.cc
Result<Statement> ParseSelect(TokenStream& tokens);
Result<Statement> ParseExplain(TokenStream& tokens);
Result<Statement> ParseDumpTable(TokenStream& tokens);
Result<Statement> ParseDumpPseudoTable(TokenStream& tokens);

// parse_where.cc
Result<WhereExpression> ParseWhere(TokenStream& tokens);

// parse_columns.cc
/// cf[:qualifier] with all forms of a qualifier. `plain`: only the exact ones, as in DELETE.
Result<model::ColumnSelector> ParseColumn(TokenStream& tokens);
/// The part after the family: nothing, or ':' and a qualifier in any form.
Result<model::QualifierMatch> ParseQualifier(TokenStream& tokens);
/// "cf:qualifier" as INSERT has it, cut at the first ':'; no ':', no qualifier.
std::pair<std::string, std::optional<std::string>> SplitColumn(std::string_view column);

// parse_data.cc
Result<Statement> ParseInsert(TokenStream& tokens);
Result<Statement> ParseDelete(TokenStream& tokens);
Result<Statement> ParseLoadData(TokenStream& tokens);

// parse_update.cc
Result<Statement> ParseUpdate(TokenStream& tokens);

// parse_operating.cc
Result<Statement> ParseCompact(TokenStream& tokens);
Result<Statement> ParseBalance(TokenStream& tokens);
Result<Statement> ParseStop(TokenStream& tokens);
Result<Statement> ParseKill(TokenStream& tokens);
Result<Statement> ParseWait(TokenStream& tokens);
Result<Statement> ParseSet(TokenStream& tokens);
Result<Statement> ParseShutDown(TokenStream& tokens);

// ---- Parts that several of them need

/// A name, or that of a pseudo-table, which needs no quotes: t^.cellstore.index
Result<Name> TakeTableName(TokenStream& tokens);
Result<char> TakeSeparator(TokenStream& tokens);

/// One keyword of an option list with the step that reads its value into `Target`.
template <typename Target>
struct OptionRule {
  std::string_view keyword;
  Status (*parse)(TokenStream& tokens, const Token& keyword, Target* target);
};

/// Reads one option if one is there: true. All keywords count as expected.
template <typename Target, size_t kCount>
Result<bool> ParseOption(TokenStream& tokens, const OptionRule<Target> (&rules)[kCount], Target* target) {
  const Token keyword = tokens.current();
  for (const OptionRule<Target>& rule : rules) {
    if (!tokens.AcceptKeyword(rule.keyword)) continue;
    RETURN_IF_ERROR(rule.parse(tokens, keyword, target));
    return true;
  }
  return false;
}

/// Reads options until none is there.
template <typename Target, size_t kCount>
Status ParseOptions(TokenStream& tokens, const OptionRule<Target> (&rules)[kCount], Target* target) {
  while (true) {
    ASSIGN_OR_RETURN(const bool found, ParseOption(tokens, rules, target));
    if (!found) return Status();
  }
}

/// Stores the value of an option that may be written once.
template <typename T, typename V>
Status SetOnce(TokenStream& tokens, const Token& keyword, std::optional<T>* option, V value) {
  if (option->has_value()) return tokens.Fail(keyword, "option " + std::string(keyword.text) + " is multiply defined");
  *option = static_cast<T>(std::move(value));
  return Status();
}

}  // namespace cellar::hql
