#include "hql/parse_steps.h"
#include "model/error_codes.h"
#include "model/key.h"

namespace cellar::hql {

namespace {

constexpr uint64_t kMaxUniquifyChars = 21;

/// A string, or GUID().
Result<InsertText> TakeInsertText(TokenStream& tokens, std::string_view what) {
  InsertText text;
  if (tokens.current().kind == TokenKind::kWord && tokens.Peek(1).text == "(") {
    if (!tokens.IsKeyword("GUID")) {
      return tokens.Fail("unknown function '" + std::string(tokens.current().text) + "'; the only one is GUID()");
    }
    RETURN_IF_ERROR(tokens.ExpectKeyword("GUID"));
    RETURN_IF_ERROR(tokens.ExpectSymbol("("));
    RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
    text.guid = true;
    return text;
  }
  if (tokens.current().kind != TokenKind::kString) {
    tokens.Expect(Expectation::Kind::kOther, what);
    tokens.Expect(Expectation::Kind::kKeyword, "GUID()");
    return tokens.Unexpected();
  }
  ASSIGN_OR_RETURN(text.text, tokens.TakeString(what));
  return text;
}

/// Whether the tuple at the cursor, behind its parenthesis, begins with a timestamp: it then has four fields. Counts
/// the commas up to the closing parenthesis; at most three, so the lookahead is bounded.
bool HasTimestamp(TokenStream& tokens) {
  constexpr size_t kMostTokens = 16;
  int commas = 0;
  int depth = 0;
  for (size_t i = 0; i < kMostTokens; ++i) {
    const Token& token = tokens.Peek(i);
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kBad) return false;
    if (token.kind != TokenKind::kSymbol) continue;
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth < 0) return false;
    if (token.text == "," && ++commas == 3) return true;
  }
  return false;
}

Result<InsertTuple> ParseTuple(TokenStream& tokens) {
  InsertTuple tuple;
  tuple.position = tokens.current().position;
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  if (HasTimestamp(tokens)) {
    ASSIGN_OR_RETURN(tuple.timestamp, tokens.TakeDateTime());
    RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  }
  ASSIGN_OR_RETURN(tuple.row, TakeInsertText(tokens, "a row in quotes"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  const Token column = tokens.current();
  ASSIGN_OR_RETURN(const std::string column_text, tokens.TakeString("a column in quotes"));
  auto [family, qualifier] = SplitColumn(column_text);
  if (family.empty()) return tokens.Fail(column, "the column has no family");
  tuple.family = std::move(family);
  tuple.qualifier = std::move(qualifier).value_or("");
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  ASSIGN_OR_RETURN(tuple.value, TakeInsertText(tokens, "a value in quotes"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return tuple;
}

Result<DeleteColumn> ParseDeleteColumn(TokenStream& tokens) {
  DeleteColumn column;
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(const model::ColumnSelector selector, ParseColumn(tokens));
  column.family = Name(selector.family, token.position);
  if (selector.qualifier.kind == model::QualifierMatch::Kind::kExact)
    column.qualifier = selector.qualifier.text;
  else if (selector.qualifier.kind != model::QualifierMatch::Kind::kAny) {
    return tokens.Fail(token, "DELETE takes a whole family or exact qualifiers, no patterns");
  }
  return column;
}

// ---- LOAD DATA

Result<std::string> TakeColumnName(TokenStream& tokens) {
  ASSIGN_OR_RETURN(Name name, tokens.TakeName(Expectation::Kind::kOther, "a column of the file"));
  return std::move(name.text);
}

Status ParseRowKeyColumn(TokenStream& tokens, const Token& keyword, LoadData* load) {
  if (!load->row_key_columns.empty()) {
    return tokens.Fail(keyword, "option " + std::string(keyword.text) + " is multiply defined");
  }
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  do {
    ASSIGN_OR_RETURN(std::string column, TakeColumnName(tokens));
    load->row_key_columns.push_back(std::move(column));
  } while (tokens.AcceptSymbol("+"));
  return Status();
}

Status ParseTimestampColumn(TokenStream& tokens, const Token&, LoadData* load) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(load->timestamp_column, TakeColumnName(tokens));
  return Status();
}

Status ParseHeaderFile(TokenStream& tokens, const Token&, LoadData* load) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(load->header_file, tokens.TakeFileName());
  if (load->header_file.starts_with("fs://") || load->header_file.starts_with("dfs://")) {
    return tokens.Fail(token, "the header file is a local file");
  }
  return Status();
}

Status ParseUniquify(TokenStream& tokens, const Token&, LoadData* load) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(const uint64_t count, tokens.TakeNumber("a number", kMaxUniquifyChars));
  load->row_uniquify_chars = static_cast<uint32_t>(count);
  return Status();
}

Status ParseDuplicateKeys(TokenStream& tokens, const Token&, LoadData* load) {
  load->duplicate_key_columns = true;
  if (!tokens.AcceptSymbol("=")) return Status();
  ASSIGN_OR_RETURN(load->duplicate_key_columns, tokens.TakeBool());
  return Status();
}

template <bool LoadData::*kMember>
Status SetFlag(TokenStream&, const Token&, LoadData* load) {
  load->*kMember = true;
  return Status();
}

Status ParseSeparator(TokenStream& tokens, const Token& keyword, LoadData* load) {
  ASSIGN_OR_RETURN(const char separator, TakeSeparator(tokens));
  return SetOnce(tokens, keyword, &load->separator, separator);
}

constexpr OptionRule<LoadData> kLoadRules[] = {
    {"ROW_KEY_COLUMN", ParseRowKeyColumn},
    {"TIMESTAMP_COLUMN", ParseTimestampColumn},
    {"HEADER_FILE", ParseHeaderFile},
    {"ROW_UNIQUIFY_CHARS", ParseUniquify},
    {"DUP_KEY_COLS", ParseDuplicateKeys},
    {"DUPLICATE_KEY_COLUMNS", ParseDuplicateKeys},
    {"NO_ESCAPE", SetFlag<&LoadData::no_escape>},
    {"NOESCAPE", SetFlag<&LoadData::no_escape>},
    {"IGNORE_UNKNOWN_CFS", SetFlag<&LoadData::ignore_unknown_families>},
    {"IGNORE_UNKNOWN_COLUMNS", SetFlag<&LoadData::ignore_unknown_families>},
    {"SINGLE_CELL_FORMAT", SetFlag<&LoadData::single_cell_format>},
    {"FS", ParseSeparator},
    {"NO_LOG", SetFlag<&LoadData::no_log>},
    {"NO_LOG_SYNC", SetFlag<&LoadData::no_log_sync>},
};

}  // namespace

Result<Statement> ParseInsert(TokenStream& tokens) {
  Insert insert;
  RETURN_IF_ERROR(tokens.ExpectKeyword("INTO"));
  ASSIGN_OR_RETURN(insert.table, TakeTableName(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("VALUES"));
  do {
    ASSIGN_OR_RETURN(InsertTuple tuple, ParseTuple(tokens));
    insert.tuples.push_back(std::move(tuple));
  } while (tokens.AcceptSymbol(","));
  if (tokens.AcceptKeyword("IF")) {
    RETURN_IF_ERROR(tokens.ExpectKeyword("NOT"));
    RETURN_IF_ERROR(tokens.ExpectKeyword("EXISTS"));
    insert.if_not_exists = true;
  }
  return Statement(std::move(insert));
}

Result<Statement> ParseDelete(TokenStream& tokens) {
  Delete statement;
  if (!tokens.AcceptSymbol("*")) {
    do {
      ASSIGN_OR_RETURN(DeleteColumn column, ParseDeleteColumn(tokens));
      statement.columns.push_back(std::move(column));
    } while (tokens.AcceptSymbol(","));
  }
  RETURN_IF_ERROR(tokens.ExpectKeyword("FROM"));
  ASSIGN_OR_RETURN(statement.table, TakeTableName(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("WHERE"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("ROW"));
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(statement.row, tokens.TakeString("a row in quotes"));
  if (tokens.AcceptKeyword("VERSION")) {
    statement.exact_version = true;
    ASSIGN_OR_RETURN(statement.time, tokens.TakeDateTime());
  } else if (tokens.AcceptKeyword("TIMESTAMP")) {
    ASSIGN_OR_RETURN(statement.time, tokens.TakeDateTime());
  }
  return Statement(std::move(statement));
}

Result<Statement> ParseLoadData(TokenStream& tokens) {
  LoadData load;
  RETURN_IF_ERROR(tokens.ExpectKeyword("DATA"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("INFILE"));
  RETURN_IF_ERROR(ParseOptions(tokens, kLoadRules, &load));
  ASSIGN_OR_RETURN(load.source, tokens.TakeFileName());
  RETURN_IF_ERROR(tokens.ExpectKeyword("INTO"));
  if (tokens.AcceptKeyword("TABLE")) {
    ASSIGN_OR_RETURN(load.table, TakeTableName(tokens));
  } else if (tokens.AcceptKeyword("FILE")) {
    ASSIGN_OR_RETURN(load.file, tokens.TakeFileName());
  } else {
    return tokens.Unexpected();
  }
  return Statement(std::move(load));
}

}  // namespace cellar::hql
