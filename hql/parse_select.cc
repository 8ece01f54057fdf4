#include <limits>

#include "hql/parse_steps.h"
#include "hql/separator.h"

namespace cellar::hql {

namespace {

constexpr uint64_t kAnyCount = std::numeric_limits<int64_t>::max();

Result<uint64_t> TakeCount(TokenStream& tokens, uint64_t largest = kAnyCount) {
  tokens.AcceptSymbol("=");
  return tokens.TakeNumber("a number", largest);
}

Status ParseMaxVersions(TokenStream& tokens, const Token& keyword, Select* select) {
  ASSIGN_OR_RETURN(const uint64_t count, TakeCount(tokens, std::numeric_limits<uint32_t>::max()));
  return SetOnce(tokens, keyword, &select->max_versions, count);
}

template <std::optional<uint64_t> Select::*kMember>
Status ParseCount(TokenStream& tokens, const Token& keyword, Select* select) {
  ASSIGN_OR_RETURN(const uint64_t count, TakeCount(tokens));
  return SetOnce(tokens, keyword, &(select->*kMember), count);
}

template <bool Select::*kMember>
Status SetFlag(TokenStream&, const Token&, Select* select) {
  select->*kMember = true;
  return Status();
}

template <bool OutputOptions::*kMember>
Status SetOutputFlag(TokenStream&, const Token&, Select* select) {
  select->output.*kMember = true;
  return Status();
}

Status ParseIntoFile(TokenStream& tokens, const Token& keyword, Select* select) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("FILE"));
  ASSIGN_OR_RETURN(std::string file, tokens.TakeFileName());
  return SetOnce(tokens, keyword, &select->output.file, std::move(file));
}

Status ParseSeparator(TokenStream& tokens, const Token& keyword, Select* select) {
  ASSIGN_OR_RETURN(const char separator, TakeSeparator(tokens));
  return SetOnce(tokens, keyword, &select->output.separator, separator);
}

constexpr OptionRule<Select> kSelectRules[] = {
    {"MAX_VERSIONS", ParseMaxVersions},
    {"REVS", ParseMaxVersions},
    {"LIMIT", ParseCount<&Select::row_limit>},
    {"OFFSET", ParseCount<&Select::row_offset>},
    {"CELL_LIMIT", ParseCount<&Select::cell_limit>},
    {"CELL_LIMIT_PER_FAMILY", ParseCount<&Select::cell_limit_per_family>},
    {"CELL_OFFSET", ParseCount<&Select::cell_offset>},
    {"INTO", ParseIntoFile},
    {"DISPLAY_TIMESTAMPS", SetOutputFlag<&OutputOptions::display_timestamps>},
    {"DISPLAY_REVISIONS", SetOutputFlag<&OutputOptions::display_revisions>},
    {"RETURN_DELETES", SetFlag<&Select::return_deletes>},
    {"KEYS_ONLY", SetFlag<&Select::keys_only>},
    {"NO_CACHE", SetFlag<&Select::no_cache>},
    {"NO_ESCAPE", SetOutputFlag<&OutputOptions::no_escape>},
    {"NOESCAPE", SetOutputFlag<&OutputOptions::no_escape>},
    {"SCAN_AND_FILTER_ROWS", SetFlag<&Select::scan_and_filter_rows>},
    {"FS", ParseSeparator},
};

Status ParseBuckets(TokenStream& tokens, const Token& keyword, DumpTable* dump) {
  ASSIGN_OR_RETURN(const uint64_t count, TakeCount(tokens));
  return SetOnce(tokens, keyword, &dump->buckets, count);
}

template <auto kParse>
Status ForSelect(TokenStream& tokens, const Token& keyword, DumpTable* dump) {
  return kParse(tokens, keyword, &dump->select);
}

Status SetNoTimestamps(TokenStream&, const Token&, DumpTable* dump) {
  dump->no_timestamps = true;
  return Status();
}

constexpr OptionRule<DumpTable> kDumpRules[] = {
    {"MAX_VERSIONS", ForSelect<ParseMaxVersions>},
    {"REVS", ForSelect<ParseMaxVersions>},
    {"BUCKETS", ParseBuckets},
    {"INTO", ForSelect<ParseIntoFile>},
    {"NO_TIMESTAMPS", SetNoTimestamps},
    {"FS", ForSelect<ParseSeparator>},
    {"NO_ESCAPE", ForSelect<SetOutputFlag<&OutputOptions::no_escape>>},
    {"NOESCAPE", ForSelect<SetOutputFlag<&OutputOptions::no_escape>>},
};

Result<std::vector<model::ColumnSelector>> ParseColumnList(TokenStream& tokens) {
  std::vector<model::ColumnSelector> columns;
  if (tokens.AcceptSymbol("*")) return columns;
  do {
    ASSIGN_OR_RETURN(model::ColumnSelector column, ParseColumn(tokens));
    columns.push_back(std::move(column));
  } while (tokens.AcceptSymbol(","));
  return columns;
}

/// DUMP TABLE takes ROW REGEXP, VALUE REGEXP and TIMESTAMP, joined by AND.
bool SuitsDump(const WhereExpression& where) {
  if (const auto* junction = std::get_if<Junction>(&where.condition)) {
    if (junction->is_or) return false;
    for (const WhereExpression& operand : junction->operands) {
      if (!SuitsDump(operand)) return false;
    }
    return true;
  }
  return std::holds_alternative<RowRegex>(where.condition) || std::holds_alternative<ValueRegex>(where.condition) ||
         std::holds_alternative<TimeBounds>(where.condition);
}

}  // namespace

Result<Name> TakeTableName(TokenStream& tokens) {
  const bool is_quoted = tokens.current().kind == TokenKind::kString;
  ASSIGN_OR_RETURN(Name name, tokens.TakeName(Expectation::Kind::kTable, "a table"));
  if (is_quoted || !tokens.IsSymbol("^")) return name;
  RETURN_IF_ERROR(tokens.ExpectSymbol("^"));
  name.text += '^';
  do {
    RETURN_IF_ERROR(tokens.ExpectSymbol("."));
    ASSIGN_OR_RETURN(const std::string part, tokens.TakeWord("a part of a pseudo-table's name"));
    name.text += '.' + part;
  } while (tokens.IsSymbol("."));
  return name;
}

Result<char> TakeSeparator(TokenStream& tokens) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(const std::string separator, tokens.TakeString("a separator in quotes"));
  if (separator.size() != 1) return tokens.Fail(token, "the field separator is one character");
  if (!IsUsableSeparator(separator[0])) {
    return tokens.Fail(token,
                       "this character cannot separate fields: it would be confused with an escape or a line end");
  }
  return separator[0];
}

namespace {

/// What follows SELECT.
Result<Select> ParseSelectTail(TokenStream& tokens) {
  Select select;
  tokens.AcceptKeyword("CELLS");
  ASSIGN_OR_RETURN(select.columns, ParseColumnList(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("FROM"));
  ASSIGN_OR_RETURN(select.table, TakeTableName(tokens));
  if (tokens.AcceptKeyword("WHERE")) {
    ASSIGN_OR_RETURN(select.where, ParseWhere(tokens));
  }
  RETURN_IF_ERROR(ParseOptions(tokens, kSelectRules, &select));
  return select;
}

}  // namespace

Result<Statement> ParseSelect(TokenStream& tokens) {
  ASSIGN_OR_RETURN(Select select, ParseSelectTail(tokens));
  return Statement(std::move(select));
}

Result<Statement> ParseExplain(TokenStream& tokens) {
  Explain explain;
  explain.analyze = tokens.AcceptKeyword("ANALYZE");
  RETURN_IF_ERROR(tokens.ExpectKeyword("SELECT"));
  ASSIGN_OR_RETURN(explain.select, ParseSelectTail(tokens));
  return Statement(std::move(explain));
}

Result<Statement> ParseDumpTable(TokenStream& tokens) {
  DumpTable dump;
  ASSIGN_OR_RETURN(dump.select.table, TakeTableName(tokens));
  if (tokens.AcceptKeyword("COLUMNS")) {
    ASSIGN_OR_RETURN(dump.select.columns, ParseColumnList(tokens));
  }
  const Token where = tokens.Peek(1);
  if (tokens.AcceptKeyword("WHERE")) {
    ASSIGN_OR_RETURN(dump.select.where, ParseWhere(tokens));
    if (!SuitsDump(*dump.select.where)) {
      return tokens.Fail(where, "DUMP TABLE takes ROW REGEXP, VALUE REGEXP and TIMESTAMP, joined by AND");
    }
  }
  RETURN_IF_ERROR(ParseOptions(tokens, kDumpRules, &dump));
  return Statement(std::move(dump));
}

Result<Statement> ParseDumpPseudoTable(TokenStream& tokens) {
  DumpPseudoTable dump;
  ASSIGN_OR_RETURN(dump.table, TakeTableName(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("INTO"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("FILE"));
  ASSIGN_OR_RETURN(dump.file, tokens.TakeFileName());
  return Statement(std::move(dump));
}

}  // namespace cellar::hql
