#include "hql/parser.h"

#include <fmt/format.h>

#include "hql/error_codes.h"
#include "hql/parse_steps.h"

namespace cellar::hql {

namespace {

/// Of the language's statements to a single range server those that have nothing to do here; the words that begin them.
struct RetiredStatement {
  std::string_view keyword;
  std::string_view why;
};
constexpr RetiredStatement kRetired[] = {
    {"REPLAY", "a range server replays the logs of the ranges it takes over by itself"},
    {"HEAPCHECK", "there is no statement that looks into the memory of a range server"},
};

Status IsRetired(const Token& token, const RetiredStatement& statement) {
  return Status(StatusCode::kUnsupported,
                fmt::format("{}: {} is not done: {}", token.position.ToString(), statement.keyword, statement.why),
                kNotImplemented);
}

Result<Name> TakeNamespace(TokenStream& tokens) {
  return tokens.TakeName(Expectation::Kind::kNamespace, "a namespace");
}

bool AcceptNamespaceKeyword(TokenStream& tokens) {
  return tokens.AcceptKeyword("NAMESPACE") || tokens.AcceptKeyword("DATABASE");
}

Result<Statement> ParseUse(TokenStream& tokens) {
  UseNamespace use;
  ASSIGN_OR_RETURN(use.name, TakeNamespace(tokens));
  return Statement(std::move(use));
}

Result<Statement> ParseCreate(TokenStream& tokens) {
  if (tokens.AcceptKeyword("TABLE")) return ParseCreateTable(tokens);
  if (!AcceptNamespaceKeyword(tokens)) return tokens.Unexpected();
  CreateNamespace create;
  ASSIGN_OR_RETURN(create.name, tokens.TakeName(Expectation::Kind::kOther, "the name of a namespace"));
  if (tokens.AcceptKeyword("IF")) {
    RETURN_IF_ERROR(tokens.ExpectKeyword("NOT"));
    RETURN_IF_ERROR(tokens.ExpectKeyword("EXISTS"));
    create.if_not_exists = true;
  }
  return Statement(std::move(create));
}

Result<bool> AcceptIfExists(TokenStream& tokens) {
  if (!tokens.AcceptKeyword("IF")) return false;
  RETURN_IF_ERROR(tokens.ExpectKeyword("EXISTS"));
  return true;
}

Result<Statement> ParseDrop(TokenStream& tokens) {
  if (tokens.AcceptKeyword("TABLE")) {
    DropTable drop;
    ASSIGN_OR_RETURN(drop.if_exists, AcceptIfExists(tokens));
    ASSIGN_OR_RETURN(drop.table, TakeTableName(tokens));
    return Statement(std::move(drop));
  }
  if (!AcceptNamespaceKeyword(tokens)) return tokens.Unexpected();
  DropNamespace drop;
  ASSIGN_OR_RETURN(drop.if_exists, AcceptIfExists(tokens));
  ASSIGN_OR_RETURN(drop.name, TakeNamespace(tokens));
  return Statement(std::move(drop));
}

Result<Statement> ParseGet(TokenStream& tokens) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("LISTING"));
  return Statement(GetListing());
}

Result<Statement> ParseShow(TokenStream& tokens) {
  if (tokens.AcceptKeyword("TABLES")) return Statement(ShowTables());
  if (tokens.AcceptKeyword("QUERIES")) return Statement(ShowQueries());
  if (tokens.AcceptKeyword("MAINTENANCE")) return Statement(ShowMaintenance());
  RETURN_IF_ERROR(tokens.ExpectKeyword("CREATE"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  ShowCreateTable show;
  ASSIGN_OR_RETURN(show.table, TakeTableName(tokens));
  return Statement(std::move(show));
}

Result<Statement> ParseAlter(TokenStream& tokens) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  return ParseAlterTable(tokens);
}

Result<Statement> ParseRename(TokenStream& tokens) {
  RenameTable rename;
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  ASSIGN_OR_RETURN(rename.old_name, TakeTableName(tokens));
  RETURN_IF_ERROR(tokens.ExpectKeyword("TO"));
  ASSIGN_OR_RETURN(rename.new_name, tokens.TakeName(Expectation::Kind::kOther, "the name of a table"));
  return Statement(std::move(rename));
}

Result<Statement> ParseExists(TokenStream& tokens) {
  ExistsTable exists;
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  ASSIGN_OR_RETURN(exists.table, TakeTableName(tokens));
  return Statement(std::move(exists));
}

Result<Statement> ParseDescribe(TokenStream& tokens) {
  DescribeTable describe;
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  if (tokens.AcceptKeyword("WITH")) {
    RETURN_IF_ERROR(tokens.ExpectKeyword("IDS"));
    describe.with_ids = true;
  }
  ASSIGN_OR_RETURN(describe.table, TakeTableName(tokens));
  return Statement(std::move(describe));
}

Result<Statement> ParseDump(TokenStream& tokens) {
  if (tokens.AcceptKeyword("TABLE")) return ParseDumpTable(tokens);
  RETURN_IF_ERROR(tokens.ExpectKeyword("PSEUDO"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("TABLE"));
  return ParseDumpPseudoTable(tokens);
}

Result<Statement> ParseRebuild(TokenStream& tokens) {
  RebuildIndices rebuild;
  if (tokens.AcceptKeyword("VALUE")) {
    rebuild.qualifier = false;
  } else if (tokens.AcceptKeyword("QUALIFIER")) {
    rebuild.value = false;
  }
  RETURN_IF_ERROR(tokens.ExpectKeyword("INDICES"));
  ASSIGN_OR_RETURN(rebuild.table, TakeTableName(tokens));
  return Statement(std::move(rebuild));
}

Result<Statement> ParseStatus(TokenStream&) {
  return Statement(ShowStatus());
}

Result<Statement> ParseHelp(TokenStream& tokens) {
  ShowHelp help;
  tokens.Expect(Expectation::Kind::kTopic, "a topic");
  while (!tokens.at_end()) {
    ASSIGN_OR_RETURN(const std::string word, tokens.TakeWord("a topic"));
    if (!help.topic.empty()) help.topic += ' ';
    for (const char c : word) help.topic += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    tokens.Expect(Expectation::Kind::kTopic, "a topic");
  }
  return Statement(std::move(help));
}

struct StatementRule {
  std::string_view keyword;
  Result<Statement> (*parse)(TokenStream& tokens);
};

constexpr StatementRule kStatements[] = {
    {"SELECT", ParseSelect},   {"INSERT", ParseInsert},   {"UPDATE", ParseUpdate},     {"DELETE", ParseDelete},
    {"CREATE", ParseCreate},   {"ALTER", ParseAlter},     {"DROP", ParseDrop},         {"DESCRIBE", ParseDescribe},
    {"SHOW", ParseShow},       {"EXISTS", ParseExists},   {"RENAME", ParseRename},     {"LOAD", ParseLoadData},
    {"DUMP", ParseDump},       {"COMPACT", ParseCompact}, {"USE", ParseUse},           {"GET", ParseGet},
    {"STATUS", ParseStatus},   {"BALANCE", ParseBalance}, {"STOP", ParseStop},         {"EXPLAIN", ParseExplain},
    {"KILL", ParseKill},       {"WAIT", ParseWait},       {"SHUTDOWN", ParseShutDown}, {"SET", ParseSet},
    {"REBUILD", ParseRebuild}, {"HELP", ParseHelp},
};

Result<Statement> ParseTokens(TokenStream& tokens) {
  const Token first = tokens.current();
  for (const RetiredStatement& statement : kRetired) {
    if (tokens.IsKeyword(statement.keyword)) return IsRetired(first, statement);
  }
  for (const StatementRule& rule : kStatements) {
    if (!tokens.AcceptKeyword(rule.keyword)) continue;
    ASSIGN_OR_RETURN(Statement statement, rule.parse(tokens));
    RETURN_IF_ERROR(tokens.ExpectEnd());
    return statement;
  }
  return tokens.Unexpected();
}

}  // namespace

Result<Statement> ParseStatement(std::string_view text, Position start, ParseError* error) {
  if (text.size() > kMaxStatementBytes) {
    return ErrorAt(start, fmt::format("the statement has {} bytes; at most {}", text.size(), kMaxStatementBytes),
                   kParseError);
  }
  TokenStream tokens(text, start);
  Result<Statement> statement = ParseTokens(tokens);
  if (!statement.ok() && error != nullptr) *error = tokens.error();
  return statement;
}

std::vector<Expectation> ExpectedAfter(std::string_view text) {
  TokenStream tokens(text);
  // Whether the statement is complete or breaks off, the last questions were asked at the end.
  const Result<Statement> statement = ParseTokens(tokens);
  if (!tokens.at_end()) return {};
  if (!statement.ok() && tokens.error().offset + tokens.error().length < tokens.current().offset) return {};
  return tokens.expected();
}

}  // namespace cellar::hql
