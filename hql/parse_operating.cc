#include "hql/parse_steps.h"

namespace cellar::hql {

namespace {

// ---- COMPACT

Result<CompactionType> ParseCompactionType(TokenStream& tokens) {
  tokens.AcceptSymbol("=");
  if (tokens.AcceptKeyword("MINOR")) return CompactionType::kMinor;
  if (tokens.AcceptKeyword("MAJOR")) return CompactionType::kMajor;
  if (tokens.AcceptKeyword("MERGING")) return CompactionType::kMerging;
  if (tokens.AcceptKeyword("GC")) return CompactionType::kGarbage;
  return tokens.Unexpected();
}

Result<uint32_t> ParseRangeClass(TokenStream& tokens) {
  if (tokens.AcceptKeyword("ALL")) return kAllRanges;
  if (tokens.AcceptKeyword("ROOT")) return kRootRanges;
  if (tokens.AcceptKeyword("METADATA")) return kMetadataRanges;
  if (tokens.AcceptKeyword("SYSTEM")) return kSystemRanges;
  if (tokens.AcceptKeyword("USER")) return kUserRanges;
  return tokens.Unexpected();
}

// ---- BALANCE

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The servers of "offload rs1,rs2".
std::vector<std::string> ServersOf(std::string_view list) {
  std::vector<std::string> servers;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view server = Trim(list.substr(0, comma)); !server.empty()) servers.emplace_back(server);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return servers;
}

Status ParseAlgorithm(TokenStream& tokens, const Token& keyword, Balance* balance) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(const std::string text, tokens.TakeString("the name of an algorithm in quotes"));
  if (!balance->algorithm.empty()) return tokens.Fail(keyword, "option ALGORITHM is multiply defined");
  const std::string_view trimmed = Trim(text);
  const std::string_view name = trimmed.substr(0, trimmed.find(' '));
  balance->algorithm = name;
  balance->offload = ServersOf(trimmed.substr(name.size()));
  const bool offloads = name == "offload";
  if (!offloads && name != "load" && name != "table_ranges") {
    return tokens.Fail(token, "unknown algorithm '" + text + "'; there are table_ranges, load and 'offload rs1,rs2'");
  }
  if (offloads == balance->offload.empty()) {
    return tokens.Fail(
        token, offloads ? "offload names the servers to be emptied: 'offload rs1,rs2'" : "only offload takes servers");
  }
  return Status();
}

/// The bound of a range: a string, or a word.
Result<std::string> TakeRowBound(TokenStream& tokens) {
  if (tokens.current().kind == TokenKind::kString) return tokens.TakeString("a row in quotes");
  return tokens.TakeWord("a row");
}

/// '[' [start] '..' (end | '??') ']'
Status ParseBounds(TokenStream& tokens, RangeMove* move) {
  RETURN_IF_ERROR(tokens.ExpectSymbol("["));
  if (!tokens.AcceptSymbol("..")) {
    ASSIGN_OR_RETURN(move->start_row, TakeRowBound(tokens));
    RETURN_IF_ERROR(tokens.ExpectSymbol(".."));
  }
  if (tokens.AcceptSymbol("?")) {
    RETURN_IF_ERROR(tokens.ExpectSymbol("?"));
  } else {
    ASSIGN_OR_RETURN(move->end_row, TakeRowBound(tokens));
  }
  return tokens.ExpectSymbol("]");
}

/// "t[start..end]" in one string.
Status SplitRange(TokenStream& tokens, const Token& at, RangeMove* move) {
  std::string_view bounds = move->table.text;
  const size_t open = bounds.find('[');
  const size_t dots = bounds.find("..", open);
  if (dots == std::string_view::npos || !bounds.ends_with(']')) {
    return tokens.Fail(at, "a range is written table[start..end]; end is ?? for the last");
  }
  move->start_row = bounds.substr(open + 1, dots - open - 1);
  const std::string_view end = bounds.substr(dots + 2, bounds.size() - dots - 3);
  if (end != "??") move->end_row = end;
  move->table.text.resize(open);
  return Status();
}

Result<RangeMove> ParseMove(TokenStream& tokens) {
  RangeMove move;
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  const Token range = tokens.current();
  ASSIGN_OR_RETURN(move.table, tokens.TakeName(Expectation::Kind::kTable, "a table with its range"));
  if (move.table.text.find('[') != std::string::npos) {
    RETURN_IF_ERROR(SplitRange(tokens, range, &move));
  } else {
    RETURN_IF_ERROR(ParseBounds(tokens, &move));
  }
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  ASSIGN_OR_RETURN(move.from, tokens.TakeName(Expectation::Kind::kOther, "a server"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  ASSIGN_OR_RETURN(move.to, tokens.TakeName(Expectation::Kind::kOther, "a server"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return move;
}

Status ParseDuration(TokenStream& tokens, const Token& keyword, Balance* balance) {
  constexpr uint64_t kLongestSeconds = 86'400;
  RETURN_IF_ERROR(tokens.ExpectSymbol("="));
  ASSIGN_OR_RETURN(const uint64_t seconds, tokens.TakeNumber("seconds", kLongestSeconds));
  return SetOnce(tokens, keyword, &balance->duration_seconds, seconds);
}

constexpr OptionRule<Balance> kBalanceRules[] = {{"ALGORITHM", ParseAlgorithm}, {"DURATION", ParseDuration}};

}  // namespace

Result<Statement> ParseCompact(TokenStream& tokens) {
  Compact compact;
  if (tokens.AcceptKeyword("TYPE")) {
    ASSIGN_OR_RETURN(compact.type, ParseCompactionType(tokens));
  }
  if (tokens.AcceptKeyword("TABLE")) {
    ASSIGN_OR_RETURN(compact.table, TakeTableName(tokens));
    if (tokens.current().kind == TokenKind::kString) {
      ASSIGN_OR_RETURN(compact.row, tokens.TakeString("a row in quotes"));
    } else {
      tokens.Expect(Expectation::Kind::kOther, "a row in quotes");
    }
    return Statement(std::move(compact));
  }
  RETURN_IF_ERROR(tokens.ExpectKeyword("RANGES"));
  do {
    ASSIGN_OR_RETURN(const uint32_t range_class, ParseRangeClass(tokens));
    compact.range_classes |= range_class;
  } while (tokens.AcceptSymbol("|"));
  return Statement(std::move(compact));
}

Result<Statement> ParseBalance(TokenStream& tokens) {
  Balance balance;
  while (true) {
    RETURN_IF_ERROR(ParseOptions(tokens, kBalanceRules, &balance));
    if (!balance.moves.empty() && !tokens.AcceptSymbol(",")) break;
    if (balance.moves.empty() && !tokens.IsSymbol("(")) {
      tokens.Expect(Expectation::Kind::kSymbol, "(");
      break;
    }
    ASSIGN_OR_RETURN(RangeMove move, ParseMove(tokens));
    balance.moves.push_back(std::move(move));
  }
  return Statement(std::move(balance));
}

Result<Statement> ParseStop(TokenStream& tokens) {
  StopServer stop;
  ASSIGN_OR_RETURN(stop.server, tokens.TakeName(Expectation::Kind::kOther, "a server"));
  return Statement(std::move(stop));
}

Result<Statement> ParseKill(TokenStream& tokens) {
  KillQuery kill;
  ASSIGN_OR_RETURN(kill.id, tokens.TakeName(Expectation::Kind::kOther, "the id of a query"));
  return Statement(std::move(kill));
}

Result<Statement> ParseWait(TokenStream& tokens) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("FOR"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("MAINTENANCE"));
  return Statement(WaitForMaintenance());
}

Result<Statement> ParseSet(TokenStream& tokens) {
  SetVariables set;
  do {
    const Token variable = tokens.current();
    if (!tokens.AcceptKeyword("READONLY")) {
      if (variable.kind != TokenKind::kWord) return tokens.Unexpected();
      return tokens.Fail("unknown variable '" + std::string(variable.text) + "'; there is READONLY");
    }
    RETURN_IF_ERROR(tokens.ExpectSymbol("="));
    ASSIGN_OR_RETURN(const bool value, tokens.TakeBool());
    if (set.read_only) return tokens.Fail(variable, "variable READONLY is multiply defined");
    set.read_only = value;
  } while (tokens.AcceptSymbol(","));
  return Statement(set);
}

Result<Statement> ParseShutDown(TokenStream& tokens) {
  ShutDown shut_down;
  shut_down.master = tokens.AcceptKeyword("MASTER");
  return Statement(shut_down);
}

}  // namespace cellar::hql
