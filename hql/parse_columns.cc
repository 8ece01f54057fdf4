#include "hql/parse_steps.h"

namespace cellar::hql {

namespace {

using Kind = model::QualifierMatch::Kind;

/// A qualifier or prefix: a word, a number, or a string.
Result<std::string> TakeQualifierText(TokenStream& tokens) {
  if (tokens.current().kind == TokenKind::kString) return tokens.TakeString("a qualifier");
  if (tokens.current().kind == TokenKind::kWord && IsReservedWord(tokens.current().text)) {
    tokens.Expect(Expectation::Kind::kOther, "a qualifier");
    return tokens.Unexpected();
  }
  return tokens.TakeWord("a qualifier");
}

}  // namespace

std::pair<std::string, std::optional<std::string>> SplitColumn(std::string_view column) {
  const size_t colon = column.find(':');
  if (colon == std::string_view::npos) return {std::string(column), std::nullopt};
  return {std::string(column.substr(0, colon)), std::string(column.substr(colon + 1))};
}

Result<model::QualifierMatch> ParseQualifier(TokenStream& tokens) {
  if (!tokens.AcceptSymbol(":")) return model::QualifierMatch();
  if (tokens.AcceptSymbol("*")) return model::QualifierMatch();
  if (tokens.AcceptSymbol("^")) {
    ASSIGN_OR_RETURN(std::string prefix, TakeQualifierText(tokens));
    return model::QualifierMatch(Kind::kPrefix, std::move(prefix));
  }
  if (tokens.IsSymbol("/")) {
    ASSIGN_OR_RETURN(std::string expression, tokens.TakeRegex());
    return model::QualifierMatch(Kind::kRegex, std::move(expression));
  }
  ASSIGN_OR_RETURN(std::string exact, TakeQualifierText(tokens));
  return model::QualifierMatch(Kind::kExact, std::move(exact));
}

Result<model::ColumnSelector> ParseColumn(TokenStream& tokens) {
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(const Name name, tokens.TakeName(Expectation::Kind::kFamily, "a column family"));
  auto [family, qualifier] = SplitColumn(name.text);
  if (family.empty()) return tokens.Fail(token, "the column has no family");
  if (qualifier) {  // 'cf:qualifier' in one string
    return model::ColumnSelector(family, model::QualifierMatch(Kind::kExact, *std::move(qualifier)));
  }
  ASSIGN_OR_RETURN(model::QualifierMatch match, ParseQualifier(tokens));
  return model::ColumnSelector(family, std::move(match));
}

}  // namespace cellar::hql
