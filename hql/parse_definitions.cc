#include <cmath>
#include <limits>

#include "hql/error_codes.h"
#include "hql/parse_steps.h"

namespace cellar::hql {

namespace {

void SkipEquals(TokenStream& tokens) {
  while (tokens.AcceptSymbol("=")) {
  }
}

// ---- Options of column families

/// Seconds in the unit at the cursor; 1 when there is none.
double TakeTimeUnit(TokenStream& tokens) {
  struct Unit {
    std::string_view singular;
    std::string_view plural;
    double seconds;
  };
  constexpr double kHour = 3600;
  constexpr double kDay = 24 * kHour;
  constexpr Unit kUnits[] = {{"SECOND", "SECONDS", 1}, {"MINUTE", "MINUTES", 60},   {"HOUR", "HOURS", kHour},
                             {"DAY", "DAYS", kDay},    {"WEEK", "WEEKS", 7 * kDay}, {"MONTH", "MONTHS", 30 * kDay}};
  for (const Unit& unit : kUnits) {
    if (tokens.IsKeyword(unit.singular)) {
      tokens.AcceptKeyword(unit.singular);
      return unit.seconds;
    }
    if (tokens.AcceptKeyword(unit.plural)) return unit.seconds;
  }
  return 1;
}

Status ParseMaxVersions(TokenStream& tokens, const Token& keyword, model::ColumnFamilyOptions* options) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(const uint64_t count, tokens.TakeNumber("a number", std::numeric_limits<int32_t>::max()));
  return SetOnce(tokens, keyword, &options->max_versions, count);
}

Status ParseTimeOrder(TokenStream& tokens, const Token& keyword, model::ColumnFamilyOptions* options) {
  if (tokens.AcceptKeyword("ASC")) return SetOnce(tokens, keyword, &options->time_order_desc, false);
  if (tokens.AcceptKeyword("DESC")) return SetOnce(tokens, keyword, &options->time_order_desc, true);
  return tokens.Unexpected();
}

Status ParseTtl(TokenStream& tokens, const Token& keyword, model::ColumnFamilyOptions* options) {
  SkipEquals(tokens);
  const Token number = tokens.current();
  ASSIGN_OR_RETURN(const double amount, tokens.TakeReal("a number"));
  const double seconds = std::floor(amount * TakeTimeUnit(tokens));
  if (!(seconds <= std::numeric_limits<int32_t>::max())) {
    return tokens.Fail(number, "the TTL is too long; at most 2147483647 seconds, which is 68 years");
  }
  return SetOnce(tokens, keyword, &options->ttl_seconds, seconds);
}

/// An option that stands for true alone and may be followed by true or false.
Result<bool> TakeOptionalBool(TokenStream& tokens) {
  SkipEquals(tokens);
  if (tokens.AcceptKeyword("false")) return false;
  tokens.AcceptKeyword("true");
  return true;
}

Status ParseCounter(TokenStream& tokens, const Token& keyword, model::ColumnFamilyOptions* options) {
  ASSIGN_OR_RETURN(const bool counter, TakeOptionalBool(tokens));
  return SetOnce(tokens, keyword, &options->counter, counter);
}

constexpr OptionRule<model::ColumnFamilyOptions> kFamilyRules[] = {
    {"MAX_VERSIONS", ParseMaxVersions}, {"REVS", ParseMaxVersions}, {"TIME_ORDER", ParseTimeOrder}, {"TTL", ParseTtl},
    {"COUNTER", ParseCounter},
};

// ---- Options of access groups

Status ParseInMemory(TokenStream& tokens, const Token& keyword, model::AccessGroupOptions* options) {
  ASSIGN_OR_RETURN(const bool in_memory, TakeOptionalBool(tokens));
  return SetOnce(tokens, keyword, &options->in_memory, in_memory);
}

Status ParseBlockSize(TokenStream& tokens, const Token& keyword, model::AccessGroupOptions* options) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(const uint64_t bytes, tokens.TakeNumber("a number", std::numeric_limits<uint32_t>::max()));
  return SetOnce(tokens, keyword, &options->block_size_bytes, bytes);
}

Status ParseReplication(TokenStream& tokens, const Token& keyword, model::AccessGroupOptions* options) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(const uint64_t copies, tokens.TakeNumber("a number", std::numeric_limits<int16_t>::max()));
  return SetOnce(tokens, keyword, &options->replication, copies);
}

Status ParseCompressor(TokenStream& tokens, const Token& keyword, model::AccessGroupOptions* options) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(std::string spec, tokens.TakeString("a compressor in quotes"));
  return SetOnce(tokens, keyword, &options->compressor, std::move(spec));
}

Status ParseBloomFilter(TokenStream& tokens, const Token& keyword, model::AccessGroupOptions* options) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(std::string spec, tokens.TakeString("a Bloom filter in quotes"));
  return SetOnce(tokens, keyword, &options->bloom_filter, std::move(spec));
}

constexpr OptionRule<model::AccessGroupOptions> kGroupRules[] = {
    {"IN_MEMORY", ParseInMemory},    {"BLOCKSIZE", ParseBlockSize},     {"REPLICATION", ParseReplication},
    {"COMPRESSOR", ParseCompressor}, {"BLOOMFILTER", ParseBloomFilter},
};

// ---- Options of tables

Status ParseGroupCommitInterval(TokenStream& tokens, const Token& keyword, CreateTable* table) {
  SkipEquals(tokens);
  ASSIGN_OR_RETURN(const uint64_t ms, tokens.TakeNumber("milliseconds", std::numeric_limits<uint32_t>::max()));
  return SetOnce(tokens, keyword, &table->group_commit_interval_ms, ms);
}

Status ParseDurability(TokenStream& tokens, const Token& keyword, CreateTable* table) {
  SkipEquals(tokens);
  for (const auto durability : {model::Durability::kSync, model::Durability::kFlush, model::Durability::kNone}) {
    if (tokens.AcceptKeyword(model::DurabilityName(durability))) {
      return SetOnce(tokens, keyword, &table->durability, durability);
    }
  }
  return tokens.Unexpected();
}

constexpr OptionRule<CreateTable> kTableRules[] = {
    {"GROUP_COMMIT_INTERVAL", ParseGroupCommitInterval},
    {"DURABILITY", ParseDurability},
};

/// Options of a group and defaults for its families, mixed.
Status ParseGroupOptions(TokenStream& tokens, model::AccessGroupOptions* group, model::ColumnFamilyOptions* family) {
  while (true) {
    ASSIGN_OR_RETURN(const bool group_option, ParseOption(tokens, kGroupRules, group));
    if (group_option) continue;
    ASSIGN_OR_RETURN(const bool family_option, ParseOption(tokens, kFamilyRules, family));
    if (!family_option) return Status();
  }
}

Status ParseTableOptions(TokenStream& tokens, CreateTable* table) {
  while (true) {
    RETURN_IF_ERROR(ParseGroupOptions(tokens, &table->group_defaults, &table->family_defaults));
    ASSIGN_OR_RETURN(const bool table_option, ParseOption(tokens, kTableRules, table));
    if (!table_option) return Status();
  }
}

// ---- Definitions

bool IsFamilyName(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || !is_letter(name[0])) return false;
  for (const char c : name) {
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
  }
  return true;
}

/// A name of a column family or access group to be defined.
Result<Name> TakeDefinedName(TokenStream& tokens, std::string_view what) {
  const Token token = tokens.current();
  ASSIGN_OR_RETURN(Name name, tokens.TakeName(Expectation::Kind::kOther, what));
  if (!IsFamilyName(name.text)) {
    return tokens.Fail(token, std::string(what) + " begins with a letter and has only letters, digits, '_' and '-'");
  }
  return name;
}

Result<std::vector<Name>> ParseFamilyList(TokenStream& tokens, bool may_be_empty) {
  std::vector<Name> names;
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  if (may_be_empty && tokens.AcceptSymbol(")")) return names;
  do {
    ASSIGN_OR_RETURN(Name name, tokens.TakeName(Expectation::Kind::kFamily, "a column family"));
    names.push_back(std::move(name));
  } while (tokens.AcceptSymbol(","));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return names;
}

Status ParseGroup(TokenStream& tokens, Definitions* definitions) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("GROUP"));
  GroupClause group;
  ASSIGN_OR_RETURN(group.name, TakeDefinedName(tokens, "the name of an access group"));
  ASSIGN_OR_RETURN(group.families, ParseFamilyList(tokens, /*may_be_empty=*/true));
  RETURN_IF_ERROR(ParseGroupOptions(tokens, &group.options, &group.family_defaults));
  definitions->groups.push_back(std::move(group));
  return Status();
}

Status ParseDefinition(TokenStream& tokens, bool indexes_allowed, Definitions* definitions) {
  const Token first = tokens.current();
  if (tokens.AcceptKeyword("ACCESS")) return ParseGroup(tokens, definitions);
  IndexClause index;
  index.qualifier = tokens.AcceptKeyword("QUALIFIER");
  if (index.qualifier) RETURN_IF_ERROR(tokens.ExpectKeyword("INDEX"));
  if (index.qualifier || tokens.AcceptKeyword("INDEX")) {
    if (!indexes_allowed) return tokens.Fail(first, "an index cannot be modified; use ADD or DROP INDEX");
    ASSIGN_OR_RETURN(index.family, tokens.TakeName(Expectation::Kind::kFamily, "a column family"));
    definitions->indexes.push_back(std::move(index));
    return Status();
  }
  FamilyClause family;
  ASSIGN_OR_RETURN(family.name, TakeDefinedName(tokens, "the name of a column family"));
  RETURN_IF_ERROR(ParseOptions(tokens, kFamilyRules, &family.options));
  definitions->families.push_back(std::move(family));
  return Status();
}

Result<Definitions> ParseDefinitions(TokenStream& tokens, bool indexes_allowed) {
  Definitions definitions;
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  do {
    RETURN_IF_ERROR(ParseDefinition(tokens, indexes_allowed, &definitions));
  } while (tokens.AcceptSymbol(","));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return definitions;
}

// ---- Alterations

Result<Alteration> ParseDrop(TokenStream& tokens) {
  DropIndexList drop;
  drop.qualifier = tokens.AcceptKeyword("QUALIFIER");
  const bool value = !drop.qualifier && tokens.AcceptKeyword("VALUE");
  if (drop.qualifier || value) RETURN_IF_ERROR(tokens.ExpectKeyword("INDEX"));
  if (drop.qualifier || value || tokens.AcceptKeyword("INDEX")) {
    ASSIGN_OR_RETURN(drop.families, ParseFamilyList(tokens, /*may_be_empty=*/false));
    return Alteration(std::move(drop));
  }
  DropFamilyList families;
  ASSIGN_OR_RETURN(families.families, ParseFamilyList(tokens, /*may_be_empty=*/false));
  return Alteration(std::move(families));
}

Result<Alteration> ParseRenameFamily(TokenStream& tokens) {
  RETURN_IF_ERROR(tokens.ExpectKeyword("COLUMN"));
  RETURN_IF_ERROR(tokens.ExpectKeyword("FAMILY"));
  RETURN_IF_ERROR(tokens.ExpectSymbol("("));
  RenameFamilyPair rename;
  ASSIGN_OR_RETURN(rename.old_name, tokens.TakeName(Expectation::Kind::kFamily, "a column family"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(","));
  ASSIGN_OR_RETURN(rename.new_name, TakeDefinedName(tokens, "the name of a column family"));
  RETURN_IF_ERROR(tokens.ExpectSymbol(")"));
  return Alteration(std::move(rename));
}

/// Nothing when no alteration begins at the cursor.
Result<std::optional<Alteration>> ParseAlteration(TokenStream& tokens) {
  std::optional<Alteration> alteration;
  if (tokens.AcceptKeyword("ADD")) {
    AddDefinitions add;
    ASSIGN_OR_RETURN(add.definitions, ParseDefinitions(tokens, /*indexes_allowed=*/true));
    alteration = std::move(add);
  } else if (tokens.AcceptKeyword("MODIFY")) {
    ModifyDefinitions modify;
    ASSIGN_OR_RETURN(modify.definitions, ParseDefinitions(tokens, /*indexes_allowed=*/false));
    alteration = std::move(modify);
  } else if (tokens.AcceptKeyword("DROP")) {
    ASSIGN_OR_RETURN(alteration, ParseDrop(tokens));
  } else if (tokens.AcceptKeyword("RENAME")) {
    ASSIGN_OR_RETURN(alteration, ParseRenameFamily(tokens));
  }
  return alteration;
}

}  // namespace

Result<Statement> ParseCreateTable(TokenStream& tokens) {
  CreateTable create;
  const Token name = tokens.current();
  ASSIGN_OR_RETURN(create.table, tokens.TakeName(Expectation::Kind::kOther, "the name of a table"));
  if (create.table.text[0] == '^') {
    return tokens.Fail(name, "the name of a table cannot begin with '^', as those of index tables do")
        .WithDetail(kBadTableName);
  }
  if (tokens.AcceptKeyword("LIKE")) {
    ASSIGN_OR_RETURN(create.like, TakeTableName(tokens));
    return Statement(std::move(create));
  }
  if (tokens.AcceptKeyword("WITH")) {
    ASSIGN_OR_RETURN(create.schema_file, tokens.TakeFileName());
    return Statement(std::move(create));
  }
  ASSIGN_OR_RETURN(create.definitions, ParseDefinitions(tokens, /*indexes_allowed=*/true));
  RETURN_IF_ERROR(ParseTableOptions(tokens, &create));
  return Statement(std::move(create));
}

Result<Statement> ParseAlterTable(TokenStream& tokens) {
  AlterTable alter;
  ASSIGN_OR_RETURN(alter.table, TakeTableName(tokens));
  if (tokens.AcceptKeyword("WITH")) {
    ASSIGN_OR_RETURN(alter.schema_file, tokens.TakeFileName());
    return Statement(std::move(alter));
  }
  while (true) {
    ASSIGN_OR_RETURN(std::optional<Alteration> alteration, ParseAlteration(tokens));
    if (!alteration) break;
    alter.alterations.push_back(std::move(*alteration));
  }
  if (alter.alterations.empty()) return tokens.Unexpected();
  return Statement(std::move(alter));
}

}  // namespace cellar::hql
