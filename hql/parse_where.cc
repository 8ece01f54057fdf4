#include <limits>

#include "hql/parse_steps.h"
#include "model/key_codec.h"

namespace cellar::hql {

namespace {

enum class Comparison : uint8_t { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kPrefix };

struct ComparisonSymbol {
  std::string_view symbol;
  Comparison comparison;
  Comparison turned;  ///< With the operands exchanged.
};

constexpr ComparisonSymbol kComparisons[] = {
    {"=", Comparison::kEqual, Comparison::kEqual},
    {"<", Comparison::kLess, Comparison::kGreater},
    {"<=", Comparison::kLessOrEqual, Comparison::kGreaterOrEqual},
    {">", Comparison::kGreater, Comparison::kLess},
    {">=", Comparison::kGreaterOrEqual, Comparison::kLessOrEqual},
    {"=^", Comparison::kPrefix, Comparison::kPrefix},
};

const ComparisonSymbol* AcceptComparison(TokenStream& tokens, bool prefix_allowed) {
  for (const ComparisonSymbol& candidate : kComparisons) {
    if (candidate.comparison == Comparison::kPrefix && !prefix_allowed) continue;
    if (tokens.AcceptSymbol(candidate.symbol)) return &candidate;
  }
  return nullptr;
}

/// One operand of ROW, CELL or TIMESTAMP, with the comparison as it reads from the keyword's side: KEYWORD op operand.
template <typename Operand>
struct Comparand {
  Comparison comparison;
  Operand operand;
  Token at;
};

/// [ operand op ] KEYWORD [ op operand ], at least one of them. `take` reads an operand.
template <typename Operand, typename Take>
Result<std::vector<Comparand<Operand>>> ParseComparison(TokenStream& tokens, std::string_view keyword,
                                                        bool prefix_allowed, Take take) {
  std::vector<Comparand<Operand>> comparands;
  if (!tokens.IsKeyword(keyword)) {
    const Token at = tokens.current();
    ASSIGN_OR_RETURN(Operand operand, take(tokens));
    const ComparisonSymbol* op = AcceptComparison(tokens, /*prefix_allowed=*/false);
    if (op == nullptr) return tokens.Unexpected();
    comparands.push_back({op->turned, std::move(operand), at});
  }
  RETURN_IF_ERROR(tokens.ExpectKeyword(keyword));
  if (const ComparisonSymbol* op = AcceptComparison(tokens, prefix_allowed); op != nullptr) {
    const Token at = tokens.current();
    ASSIGN_OR_RETURN(Operand operand, take(tokens));
    comparands.push_back({op->comparison, std::move(operand), at});
  } else if (comparands.empty()) {
    return tokens.Unexpected();
  }
  return comparands;
}

// ---- ROW

Status CheckOneSided(TokenStream& tokens, const Token& at, bool already_bounded, std::string_view what) {
  if (!already_bounded) return Status();
  return tokens.Fail(at, std::string(what) + " is bounded twice on the same side");
}

Status Bound(TokenStream& tokens, const Comparand<std::string>& comparand, model::RowInterval* rows) {
  const bool first = rows->start_unbounded && rows->end_unbounded;
  switch (comparand.comparison) {
    case Comparison::kEqual:
      RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, !first, "ROW"));
      *rows = model::RowInterval::Row(comparand.operand);
      return Status();
    case Comparison::kPrefix:
      RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, !first, "ROW"));
      *rows = model::RowInterval::Prefix(comparand.operand);
      return Status();
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, !rows->end_unbounded, "ROW"));
      rows->end = comparand.operand;
      rows->end_unbounded = false;
      rows->end_inclusive = comparand.comparison == Comparison::kLessOrEqual;
      return Status();
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, !rows->start_unbounded, "ROW"));
      rows->start = comparand.operand;
      rows->start_unbounded = false;
      rows->start_inclusive = comparand.comparison == Comparison::kGreaterOrEqual;
      return Status();
  }
  return Status();
}

Result<WhereExpression> ParseRow(TokenStream& tokens) {
  WhereExpression where;
  where.position = tokens.current().position;
  if (tokens.IsKeyword("ROW")) {
    if (EqualsIgnoringCase(tokens.Peek(1).text, "REGEXP")) {
      RETURN_IF_ERROR(tokens.ExpectKeyword("ROW"));
      RETURN_IF_ERROR(tokens.ExpectKeyword("REGEXP"));
      ASSIGN_OR_RETURN(std::string expression, tokens.TakeRawString("a regular expression in quotes"));
      where.condition = RowRegex{std::move(expression)};
      return where;
    }
  }
  const auto take = [](TokenStream& at) { return at.TakeString("a row in quotes"); };
  ASSIGN_OR_RETURN(const auto comparands, (ParseComparison<std::string>(tokens, "ROW", true, take)));
  model::RowInterval rows;
  for (const auto& comparand : comparands) RETURN_IF_ERROR(Bound(tokens, comparand, &rows));
  where.condition = std::move(rows);
  return where;
}

// ---- CELL

struct CellOperand {
  std::string row;
  std::string column;
};

Result<CellOperand> TakeCell(TokenStream& tokens) {
  CellOperand cell;
  ASSIGN_OR_RETURN(cell.row, tokens.TakeString("a row in quotes"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  const Token column = tokens.current();
  ASSIGN_OR_RETURN(cell.column, tokens.TakeString("a column in quotes"));
  if (cell.column.starts_with(':')) return tokens.Fail(column, "a column begins with its family");
  return cell;
}

model::CellBound BoundAt(const CellOperand& cell, bool inclusive) {
  const auto [family, qualifier] = SplitColumn(cell.column);
  if (family.empty()) return model::CellBound::AtRow(cell.row, inclusive);
  if (!qualifier) return model::CellBound::AtFamily(cell.row, family, inclusive);
  return model::CellBound::AtColumn(cell.row, family, *qualifier, inclusive);
}

/// After the last column that starts with the cell's.
model::CellBound PrefixBound(const CellOperand& cell) {
  const auto [family, qualifier] = SplitColumn(cell.column);
  if (qualifier) {
    const std::optional<std::string> end = model::PrefixEnd(*qualifier);
    if (end) return model::CellBound::AtColumn(cell.row, family, *end, /*inclusive=*/false);
  }
  CellOperand whole = cell;
  whole.column = family;
  return BoundAt(whole, /*inclusive=*/true);
}

Status Bound(TokenStream& tokens, const Comparand<CellOperand>& comparand, model::CellInterval* cells) {
  using Depth = model::CellBound::Depth;
  const Comparison comparison = comparand.comparison;
  const bool ends = comparison != Comparison::kGreater && comparison != Comparison::kGreaterOrEqual;
  const bool starts = comparison != Comparison::kLess && comparison != Comparison::kLessOrEqual;
  const bool strict = comparison == Comparison::kLess || comparison == Comparison::kGreater;
  if (starts) {
    RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, cells->start.depth != Depth::kUnbounded, "CELL"));
  }
  if (ends) RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, cells->end.depth != Depth::kUnbounded, "CELL"));
  if (starts) cells->start = BoundAt(comparand.operand, !strict);
  if (ends) {
    cells->end =
        comparison == Comparison::kPrefix ? PrefixBound(comparand.operand) : BoundAt(comparand.operand, !strict);
  }
  return Status();
}

Result<WhereExpression> ParseCell(TokenStream& tokens) {
  WhereExpression where;
  where.position = tokens.current().position;
  ASSIGN_OR_RETURN(const auto comparands, (ParseComparison<CellOperand>(tokens, "CELL", true, TakeCell)));
  model::CellInterval cells;
  for (const auto& comparand : comparands) RETURN_IF_ERROR(Bound(tokens, comparand, &cells));
  where.condition = std::move(cells);
  return where;
}

// ---- TIMESTAMP

Status Bound(TokenStream& tokens, const Comparand<Nanos>& comparand, TimeBounds* bounds) {
  const Nanos time = comparand.operand;
  const Comparison comparison = comparand.comparison;
  const bool after = comparison == Comparison::kGreater || comparison == Comparison::kLessOrEqual;
  const bool has_next = time < std::numeric_limits<Nanos>::max();
  if (comparison != Comparison::kLess && comparison != Comparison::kLessOrEqual) {
    RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, bounds->start.has_value(), "TIMESTAMP"));
    bounds->start = after && has_next ? time + 1 : time;
  }
  if (comparison != Comparison::kGreater && comparison != Comparison::kGreaterOrEqual) {
    RETURN_IF_ERROR(CheckOneSided(tokens, comparand.at, bounds->end.has_value(), "TIMESTAMP"));
    const bool includes = comparison == Comparison::kEqual || after;
    bounds->end = includes && has_next ? time + 1 : time;
  }
  return Status();
}

Result<WhereExpression> ParseTime(TokenStream& tokens) {
  WhereExpression where;
  where.position = tokens.current().position;
  const auto take = [](TokenStream& at) { return at.TakeDateTime(); };
  ASSIGN_OR_RETURN(const auto comparands, (ParseComparison<Nanos>(tokens, "TIMESTAMP", false, take)));
  TimeBounds bounds;
  for (const auto& comparand : comparands) RETURN_IF_ERROR(Bound(tokens, comparand, &bounds));
  where.condition = bounds;
  return where;
}

// ---- Values and columns

Result<WhereExpression> ParseValueRegex(TokenStream& tokens) {
  WhereExpression where;
  where.position = tokens.current().position;
  RETURN_IF_ERROR(tokens.ExpectKeyword("VALUE"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("REGEXP"));
  ASSIGN_OR_RETURN(std::string expression, tokens.TakeRawString("a regular expression in quotes"));
  where.condition = ValueRegex{std::move(expression)};
  return where;
}

/// EXISTS(column) and REGEXP(column, 're')
Result<WhereExpression> ParseColumnFunction(TokenStream& tokens, bool regexp) {
  WhereExpression where;
  where.position = tokens.current().position;
  RETURN_IF_ERROR(tokens.ExpectKeyword(regexp ? "REGEXP" : "EXISTS"));
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  ASSIGN_OR_RETURN(model::ColumnSelector column, ParseColumn(tokens));
  std::string expression;
  if (regexp) {
    RETURN_IF_ERROR(tokens.ExpectSymbol(","));
    ASSIGN_OR_RETURN(expression, tokens.TakeRawString("a regular expression in quotes"));
  }
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  using Value = model::ColumnPredicate::Value;
  where.condition = model::ColumnPredicate(std::move(column.family), std::move(column.qualifier),
                                           regexp ? Value::kRegex : Value::kExists, std::move(expression));
  return where;
}

Result<WhereExpression> ParseColumnValue(TokenStream& tokens) {
  using Value = model::ColumnPredicate::Value;
  WhereExpression where;
  where.position = tokens.current().position;
  ASSIGN_OR_RETURN(model::ColumnSelector column, ParseColumn(tokens));
  Value kind = Value::kExact;
  std::string text;
  if (tokens.AcceptSymbol("=~")) {
    kind = Value::kRegex;
    if (tokens.current().kind == TokenKind::kString) {
      ASSIGN_OR_RETURN(text, tokens.TakeRawString("a regular expression"));
    } else {
      ASSIGN_OR_RETURN(text, tokens.TakeRegex());
    }
  } else if (tokens.AcceptSymbol("=^")) {
    kind = Value::kPrefix;
    ASSIGN_OR_RETURN(text, tokens.TakeString("a prefix in quotes"));
  } else {
    RETURN_IF_ERROR(tokens.ExpectSymbol("="));
    ASSIGN_OR_RETURN(text, tokens.TakeString("a value in quotes"));
  }
  where.condition =
      model::ColumnPredicate(std::move(column.family), std::move(column.qualifier), kind, std::move(text));
  return where;
}

// ---- Together

/// A condition that begins with a string: its subject comes two tokens later, or it is a quoted family.
Result<WhereExpression> ParseAfterString(TokenStream& tokens) {
  if (tokens.Peek(1).kind == TokenKind::kSymbol && tokens.Peek(1).text == ",") return ParseCell(tokens);
  const Token subject = tokens.Peek(2);
  if (subject.kind == TokenKind::kWord) {
    if (EqualsIgnoringCase(subject.text, "ROW")) return ParseRow(tokens);
    if (EqualsIgnoringCase(subject.text, "TIMESTAMP")) return ParseTime(tokens);
  }
  return ParseColumnValue(tokens);
}

Result<WhereExpression> ParseCondition(TokenStream& tokens) {
  if (tokens.current().kind == TokenKind::kString) return ParseAfterString(tokens);
  const std::string_view next = tokens.Peek(1).text;
  const bool before_operator = next == ":" || next == "=~";  // then the word is a family of that name
  if (!before_operator) {
    if (tokens.IsKeyword("ROW")) return ParseRow(tokens);
    if (tokens.IsKeyword("CELL")) return ParseCell(tokens);
    if (tokens.IsKeyword("TIMESTAMP")) return ParseTime(tokens);
    if (tokens.IsKeyword("VALUE")) return ParseValueRegex(tokens);
    if (next == "(" && tokens.IsKeyword("EXISTS")) return ParseColumnFunction(tokens, /*regexp=*/false);
    if (next == "(" && tokens.IsKeyword("REGEXP")) return ParseColumnFunction(tokens, /*regexp=*/true);
  }
  for (const std::string_view keyword : {"ROW", "CELL", "TIMESTAMP", "VALUE", "EXISTS", "REGEXP"}) {
    tokens.Expect(Expectation::Kind::kKeyword, keyword);
  }
  tokens.Expect(Expectation::Kind::kSymbol, "(");
  tokens.Expect(Expectation::Kind::kOther, "a row, cell or time in quotes");
  return ParseColumnValue(tokens);
}

Result<WhereExpression> ParseDisjunction(TokenStream& tokens, int depth);

Result<WhereExpression> ParseOperand(TokenStream& tokens, int depth) {
  if (!tokens.IsSymbol("(")) return ParseCondition(tokens);
  if (depth == kMaxWhereDepth) return tokens.Fail("parentheses are nested too deeply; at most 32 levels");
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  ASSIGN_OR_RETURN(WhereExpression inner, ParseDisjunction(tokens, depth + 1));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return inner;
}

/// Operands joined by `word`; a single one stands for itself.
template <typename ParseNext>
Result<WhereExpression> ParseJunction(TokenStream& tokens, std::string_view word, bool is_or, ParseNext parse_next) {
  WhereExpression all;
  all.position = tokens.current().position;
  Junction junction;
  junction.is_or = is_or;
  do {
    ASSIGN_OR_RETURN(WhereExpression operand, parse_next());
    junction.operands.push_back(std::move(operand));
  } while (tokens.AcceptKeyword(word));
  if (junction.operands.size() == 1) return std::move(junction.operands.front());
  all.condition = std::move(junction);
  return all;
}

Result<WhereExpression> ParseConjunction(TokenStream& tokens, int depth) {
  return ParseJunction(tokens, "AND", false, [&] { return ParseOperand(tokens, depth); });
}

Result<WhereExpression> ParseDisjunction(TokenStream& tokens, int depth) {
  return ParseJunction(tokens, "OR", true, [&] { return ParseConjunction(tokens, depth); });
}

}  // namespace

Result<WhereExpression> ParseWhere(TokenStream& tokens) {
  return ParseDisjunction(tokens, 0);
}

}  // namespace cellar::hql
