#include <algorithm>
#include <iterator>
#include <limits>

#include "hql/parse_steps.h"

namespace cellar::hql {

namespace {

using Expected = model::CellCondition::Expectation;

struct ConditionSymbol {
  std::string_view symbol;
  Expected expectation;
};

constexpr ConditionSymbol kConditionSymbols[] = {
    {"=", Expected::kEquals},       {"!=", Expected::kNotEquals}, {"<", Expected::kLess},
    {"<=", Expected::kLessOrEqual}, {">", Expected::kGreater},    {">=", Expected::kGreaterOrEqual},
    {"=^", Expected::kStartsWith},
};

/// family, family:qualifier or 'family:qualifier'; no patterns.
Result<UpdateColumn> TakeUpdateColumn(TokenStream& tokens) {
  UpdateColumn column;
  const Token token = tokens.current();
  const bool ends_with_any = tokens.Peek(1).text == ":" && tokens.Peek(2).text == "*";
  ASSIGN_OR_RETURN(model::ColumnSelector selector, ParseColumn(tokens));
  column.family = Name(std::move(selector.family), token.position);
  using Kind = model::QualifierMatch::Kind;
  if (selector.qualifier.kind == Kind::kExact) {
    column.qualifier = std::move(selector.qualifier.text);
  } else if (selector.qualifier.kind != Kind::kAny || ends_with_any) {
    return tokens.Fail(token, "UPDATE takes exact columns, no patterns");
  }
  return column;
}

/// Text, or a number as its text.
Result<std::string> TakeOperand(TokenStream& tokens) {
  if (tokens.current().kind == TokenKind::kNumber) return tokens.TakeWord("a value");
  if (tokens.IsSymbol("-") && tokens.Peek(1).kind == TokenKind::kNumber) {
    RETURN_IF_ERROR(tokens.ExpectSymbol("-"));
    ASSIGN_OR_RETURN(const std::string digits, tokens.TakeWord("a value"));
    return "-" + digits;
  }
  return tokens.TakeString("a value in quotes, or a number");
}

Result<InsertText> TakeNewValue(TokenStream& tokens) {
  InsertText value;
  if (tokens.AcceptKeyword("GUID")) {
    RETURN_IF_ERROR(tokens.ExpectSymbol("("));
    RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
    value.guid = true;
    return value;
  }
  ASSIGN_OR_RETURN(value.text, TakeOperand(tokens));
  return value;
}

Result<UpdateChange> ParseDeleteChange(TokenStream& tokens) {
  UpdateChange change;
  change.kind = UpdateChange::Kind::kDelete;
  change.position = tokens.current().position;
  if (!tokens.AcceptSymbol("*")) {
    ASSIGN_OR_RETURN(change.column, TakeUpdateColumn(tokens));
  }
  if (tokens.AcceptKeyword("TIMESTAMP")) {
    ASSIGN_OR_RETURN(change.time, tokens.TakeDateTime());
  } else if (change.column && tokens.AcceptKeyword("VERSION")) {
    change.exact_version = true;
    ASSIGN_OR_RETURN(change.time, tokens.TakeDateTime());
  }
  return change;
}

/// DELETE, NOT and EXISTS may be families, too: then an operator or a qualifier follows.
bool IsWordOfUpdate(TokenStream& tokens, std::string_view keyword) {
  if (!tokens.IsKeyword(keyword)) return false;
  const std::string_view next = tokens.Peek(1).text;
  const bool is_operator = std::any_of(std::begin(kConditionSymbols), std::end(kConditionSymbols),
                                       [next](const ConditionSymbol& known) { return known.symbol == next; });
  return !is_operator && next != "+=" && next != "-=" && next != ":";
}

Result<UpdateChange> ParseChange(TokenStream& tokens) {
  if (IsWordOfUpdate(tokens, "DELETE")) {
    RETURN_IF_ERROR(tokens.ExpectKeyword("DELETE"));
    return ParseDeleteChange(tokens);
  }
  tokens.Expect(Expectation::Kind::kKeyword, "DELETE");
  UpdateChange change;
  change.position = tokens.current().position;
  ASSIGN_OR_RETURN(change.column, TakeUpdateColumn(tokens));
  const bool adds = tokens.AcceptSymbol("+=");
  if (adds || tokens.AcceptSymbol("-=")) {
    change.kind = UpdateChange::Kind::kAdd;
    ASSIGN_OR_RETURN(const uint64_t amount, tokens.TakeNumber("a number", std::numeric_limits<int64_t>::max()));
    change.amount = adds ? static_cast<int64_t>(amount) : -static_cast<int64_t>(amount);
    return change;
  }
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(change.value, TakeNewValue(tokens));
  if (tokens.AcceptKeyword("TIMESTAMP")) {
    ASSIGN_OR_RETURN(change.time, tokens.TakeDateTime());
  }
  return change;
}

Result<UpdateCondition> ParseCondition(TokenStream& tokens) {
  UpdateCondition condition;
  condition.position = tokens.current().position;
  if (IsWordOfUpdate(tokens, "NOT") || IsWordOfUpdate(tokens, "EXISTS")) {
    condition.expectation = tokens.AcceptKeyword("NOT") ? Expected::kAbsent : Expected::kPresent;
    RETURN_IF_ERROR(tokens.ExpectKeyword("EXISTS"));
    RETURN_IF_ERROR(tokens.ExpectSymbol("("));
    ASSIGN_OR_RETURN(condition.column, TakeUpdateColumn(tokens));
    RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
    return condition;
  }
  tokens.Expect(Expectation::Kind::kKeyword, "EXISTS");
  tokens.Expect(Expectation::Kind::kKeyword, "NOT");
  ASSIGN_OR_RETURN(condition.column, TakeUpdateColumn(tokens));
  for (const ConditionSymbol& candidate : kConditionSymbols) {
    if (!tokens.AcceptSymbol(candidate.symbol)) continue;
    condition.expectation = candidate.expectation;
    ASSIGN_OR_RETURN(condition.value, TakeOperand(tokens));
    return condition;
  }
  return tokens.Unexpected();
}

}  // namespace

Result<Statement> ParseUpdate(TokenStream& tokens) {
  Update update;
  ASSIGN_OR_RETURN(update.table, TakeTableName(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("SET"));
  do {
    ASSIGN_OR_RETURN(UpdateChange change, ParseChange(tokens));
    update.changes.push_back(std::move(change));
  } while (tokens.AcceptSymbol(","));
  RETURN_IF_ERROR(tokens.ExpectKeyword("WHERE"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("ROW"));
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(update.row, tokens.TakeString("a row in quotes"));
  if (!tokens.AcceptKeyword("IF")) return Statement(std::move(update));
  do {
    ASSIGN_OR_RETURN(UpdateCondition condition, ParseCondition(tokens));
    update.conditions.push_back(std::move(condition));
  } while (tokens.AcceptKeyword("AND"));
  if (tokens.IsKeyword("OR")) return tokens.Fail("the conditions of IF are joined with AND only");
  return Statement(std::move(update));
}

}  // namespace cellar::hql
