#include "hql/statement_text.h"

#include <fmt/format.h>

#include <cstdlib>

#include "common/time/datetime.h"
#include "hql/lexer.h"
#include "model/key_codec.h"

namespace cellar::hql {

namespace {

using model::ColumnPredicate;
using model::QualifierMatch;

std::string Quote(std::string_view text) {
  return QuoteString(text);
}
std::string Quote(const Name& name) {
  return QuoteString(name.text);
}
std::string QuoteTime(Nanos time) {
  return QuoteString(common::FormatDateTimeUtc(time));
}

/// Not decoded when read, so nothing is escaped; the quote is one that does not end the expression early.
std::string QuoteRaw(const std::string& expression) {
  bool escaped = false;
  for (const char c : expression) {
    if (c == '\'' && !escaped) return '"' + expression + '"';
    escaped = c == '\\' && !escaped;
  }
  return '\'' + expression + '\'';
}

std::string RegexText(const std::string& expression) {
  std::string text = "/";
  bool escaped = false;
  for (const char c : expression) {
    if (c == '/' && !escaped) text += '\\';
    text += c;
    escaped = c == '\\' && !escaped;
  }
  return text + "/";
}

template <typename Range, typename Text>
std::string Join(const Range& items, Text text, std::string_view separator = ", ") {
  std::string joined;
  for (const auto& item : items) {
    if (!joined.empty()) joined += separator;
    joined += text(item);
  }
  return joined;
}

std::string NameList(const std::vector<Name>& names) {
  return "(" + Join(names, [](const Name& name) { return Quote(name); }) + ")";
}

std::string ColumnText(const std::string& family, const QualifierMatch& qualifier) {
  switch (qualifier.kind) {
    case QualifierMatch::Kind::kAny:
      return Quote(family);
    case QualifierMatch::Kind::kExact:
      return Quote(family) + ":" + Quote(qualifier.text);
    case QualifierMatch::Kind::kPrefix:
      return Quote(family) + ":^" + Quote(qualifier.text);
    case QualifierMatch::Kind::kRegex:
      return Quote(family) + ":" + RegexText(qualifier.text);
  }
  return "";
}

std::string ColumnList(const std::vector<model::ColumnSelector>& columns) {
  if (columns.empty()) return "*";
  return Join(columns, [](const model::ColumnSelector& c) { return ColumnText(c.family, c.qualifier); });
}

// ---- WHERE

std::string ConditionText(const model::RowInterval& rows) {
  if (rows.IsSingleRow()) return "ROW = " + Quote(rows.start);
  std::string text = "ROW";
  if (!rows.start_unbounded) text = Quote(rows.start) + (rows.start_inclusive ? " <= " : " < ") + text;
  if (!rows.end_unbounded) text += (rows.end_inclusive ? " <= " : " < ") + Quote(rows.end);
  return text == "ROW" ? "ROW >= ''" : text;
}

std::string BoundText(const model::CellBound& bound) {
  using Depth = model::CellBound::Depth;
  std::string column;
  if (bound.depth >= Depth::kFamily) column = bound.family;
  if (bound.depth == Depth::kColumn) column += ":" + bound.qualifier;
  return Quote(bound.row) + "," + Quote(column);
}

std::string ConditionText(const model::CellInterval& cells) {
  std::string text = "CELL";
  using Depth = model::CellBound::Depth;
  if (cells.start.depth != Depth::kUnbounded) {
    text = BoundText(cells.start) + (cells.start.inclusive ? " <= " : " < ") + text;
  }
  if (cells.end.depth != Depth::kUnbounded) {
    text += (cells.end.inclusive ? " <= " : " < ") + BoundText(cells.end);
  }
  return text;
}

std::string ConditionText(const RowRegex& regex) {
  return "ROW REGEXP " + QuoteRaw(regex.expression);
}

std::string ConditionText(const ValueRegex& regex) {
  return "VALUE REGEXP " + QuoteRaw(regex.expression);
}

std::string ConditionText(const TimeBounds& bounds) {
  std::string text = "TIMESTAMP";
  if (bounds.start) text = QuoteTime(*bounds.start) + " <= " + text;
  if (bounds.end) text += " < " + QuoteTime(*bounds.end);
  return text;
}

std::string ConditionText(const ColumnPredicate& predicate) {
  const std::string column = ColumnText(predicate.family, predicate.qualifier);
  switch (predicate.value) {
    case ColumnPredicate::Value::kExists:
      return "EXISTS(" + column + ")";
    case ColumnPredicate::Value::kExact:
      return column + " = " + Quote(predicate.text);
    case ColumnPredicate::Value::kPrefix:
      return column + " =^ " + Quote(predicate.text);
    case ColumnPredicate::Value::kRegex:
      return column + " =~ " + RegexText(predicate.text);
  }
  return "";
}

std::string ConditionText(const Junction& junction) {
  return "(" + Join(junction.operands, WhereText, junction.is_or ? " OR " : " AND ") + ")";
}

// ---- Definitions

std::string OptionsText(const model::ColumnFamilyOptions& options) {
  std::string text;
  if (options.max_versions) text += fmt::format(" MAX_VERSIONS {}", *options.max_versions);
  if (options.time_order_desc) text += *options.time_order_desc ? " TIME_ORDER DESC" : " TIME_ORDER ASC";
  if (options.ttl_seconds) text += fmt::format(" TTL {}", *options.ttl_seconds);
  if (options.counter) text += fmt::format(" COUNTER {}", *options.counter);
  return text;
}

std::string OptionsText(const model::AccessGroupOptions& options) {
  std::string text;
  if (options.in_memory) text += fmt::format(" IN_MEMORY {}", *options.in_memory);
  if (options.block_size_bytes) text += fmt::format(" BLOCKSIZE {}", *options.block_size_bytes);
  if (options.replication) text += fmt::format(" REPLICATION {}", *options.replication);
  if (options.compressor) text += " COMPRESSOR " + Quote(*options.compressor);
  if (options.bloom_filter) text += " BLOOMFILTER " + Quote(*options.bloom_filter);
  return text;
}

std::string DefinitionsText(const Definitions& definitions) {
  std::vector<std::string> items;
  for (const FamilyClause& family : definitions.families)
    items.push_back(Quote(family.name) + OptionsText(family.options));
  for (const IndexClause& index : definitions.indexes) {
    items.push_back((index.qualifier ? "QUALIFIER INDEX " : "INDEX ") + Quote(index.family));
  }
  for (const GroupClause& group : definitions.groups) {
    items.push_back("ACCESS GROUP " + Quote(group.name) + " " + NameList(group.families) + OptionsText(group.options) +
                    OptionsText(group.family_defaults));
  }
  return "(" + Join(items, [](const std::string& item) { return item; }) + ")";
}

std::string AlterationText(const AddDefinitions& add) {
  return " ADD " + DefinitionsText(add.definitions);
}
std::string AlterationText(const ModifyDefinitions& modify) {
  return " MODIFY " + DefinitionsText(modify.definitions);
}
std::string AlterationText(const DropFamilyList& drop) {
  return " DROP " + NameList(drop.families);
}
std::string AlterationText(const DropIndexList& drop) {
  return std::string(drop.qualifier ? " DROP QUALIFIER INDEX " : " DROP INDEX ") + NameList(drop.families);
}
std::string AlterationText(const RenameFamilyPair& rename) {
  return " RENAME COLUMN FAMILY (" + Quote(rename.old_name) + ", " + Quote(rename.new_name) + ")";
}

// ---- Statements

std::string Text(const UseNamespace& use) {
  return "USE " + Quote(use.name);
}
std::string Text(const CreateNamespace& create) {
  return "CREATE NAMESPACE " + Quote(create.name) + (create.if_not_exists ? " IF NOT EXISTS" : "");
}
std::string Text(const DropNamespace& drop) {
  return std::string("DROP NAMESPACE ") + (drop.if_exists ? "IF EXISTS " : "") + Quote(drop.name);
}
std::string Text(const GetListing&) {
  return "GET LISTING";
}
std::string Text(const ShowTables&) {
  return "SHOW TABLES";
}

std::string Text(const CreateTable& create) {
  std::string text = "CREATE TABLE " + Quote(create.table);
  if (create.like) return text + " LIKE " + Quote(*create.like);
  if (create.schema_file) return text + " WITH " + Quote(*create.schema_file);
  text += " " + DefinitionsText(create.definitions) + OptionsText(create.group_defaults) +
          OptionsText(create.family_defaults);
  if (create.group_commit_interval_ms)
    text += fmt::format(" GROUP_COMMIT_INTERVAL {}", *create.group_commit_interval_ms);
  if (create.durability) text += fmt::format(" DURABILITY {}", model::DurabilityName(*create.durability));
  return text;
}

std::string Text(const AlterTable& alter) {
  std::string text = "ALTER TABLE " + Quote(alter.table);
  if (alter.schema_file) text += " WITH " + Quote(*alter.schema_file);
  for (const Alteration& alteration : alter.alterations) {
    text += std::visit([](const auto& kind) { return AlterationText(kind); }, alteration);
  }
  return text;
}

std::string Text(const DropTable& drop) {
  return std::string("DROP TABLE ") + (drop.if_exists ? "IF EXISTS " : "") + Quote(drop.table);
}
std::string Text(const RenameTable& rename) {
  return "RENAME TABLE " + Quote(rename.old_name) + " TO " + Quote(rename.new_name);
}
std::string Text(const ExistsTable& exists) {
  return "EXISTS TABLE " + Quote(exists.table);
}
std::string Text(const DescribeTable& describe) {
  return std::string("DESCRIBE TABLE ") + (describe.with_ids ? "WITH IDS " : "") + Quote(describe.table);
}
std::string Text(const ShowCreateTable& show) {
  return "SHOW CREATE TABLE " + Quote(show.table);
}

std::string Text(const InsertText& text) {
  return text.guid ? "GUID()" : Quote(text.text);
}

std::string Text(const Insert& insert) {
  return "INSERT INTO " + Quote(insert.table) + " VALUES " +
         Join(insert.tuples,
              [](const InsertTuple& tuple) {
                const std::string time = tuple.timestamp ? QuoteTime(*tuple.timestamp) + ", " : "";
                return "(" + time + Text(tuple.row) + ", " + Quote(tuple.family + ":" + tuple.qualifier) + ", " +
                       Text(tuple.value) + ")";
              }) +
         (insert.if_not_exists ? " IF NOT EXISTS" : "");
}

std::string Text(const UpdateColumn& column) {
  return Quote(column.family) + (column.qualifier ? ":" + Quote(*column.qualifier) : "");
}

std::string Text(const UpdateChange& change) {
  const std::string time =
      change.time ? (change.exact_version ? " VERSION " : " TIMESTAMP ") + QuoteTime(*change.time) : "";
  switch (change.kind) {
    case UpdateChange::Kind::kSet:
      return Text(*change.column) + " = " + Text(change.value) + time;
    case UpdateChange::Kind::kAdd:
      return Text(*change.column) + fmt::format(" {}= {}", change.amount < 0 ? '-' : '+', std::abs(change.amount));
    case UpdateChange::Kind::kDelete:
      return "DELETE " + (change.column ? Text(*change.column) : "*") + time;
  }
  return "";
}

std::string Text(const Update& update) {
  std::string text = "UPDATE " + Quote(update.table) + " SET ";
  text += Join(update.changes, [](const UpdateChange& change) { return Text(change); });
  text += " WHERE ROW = " + Quote(update.row);
  if (update.conditions.empty()) return text;
  return text + " IF " +
         Join(
             update.conditions, [](const UpdateCondition& c) { return UpdateConditionText(c); }, " AND ");
}

std::string Text(const Delete& statement) {
  std::string text = "DELETE ";
  text += statement.columns.empty() ? "*" : Join(statement.columns, [](const DeleteColumn& column) {
    return Quote(column.family) + (column.qualifier ? ":" + Quote(*column.qualifier) : "");
  });
  text += " FROM " + Quote(statement.table) + " WHERE ROW = " + Quote(statement.row);
  if (statement.time) text += (statement.exact_version ? " VERSION " : " TIMESTAMP ") + QuoteTime(*statement.time);
  return text;
}

std::string OutputText(const OutputOptions& output) {
  std::string text;
  if (output.display_timestamps) text += " DISPLAY_TIMESTAMPS";
  if (output.display_revisions) text += " DISPLAY_REVISIONS";
  if (output.no_escape) text += " NO_ESCAPE";
  if (output.separator) text += " FS=" + Quote(std::string(1, *output.separator));
  if (output.file) text += " INTO FILE " + Quote(*output.file);
  return text;
}

std::string Text(const Select& select) {
  std::string text = "SELECT " + ColumnList(select.columns) + " FROM " + Quote(select.table);
  if (select.where) text += " WHERE " + WhereText(*select.where);
  if (select.max_versions) text += fmt::format(" MAX_VERSIONS {}", *select.max_versions);
  if (select.row_limit) text += fmt::format(" LIMIT {}", *select.row_limit);
  if (select.row_offset) text += fmt::format(" OFFSET {}", *select.row_offset);
  if (select.cell_limit) text += fmt::format(" CELL_LIMIT {}", *select.cell_limit);
  if (select.cell_offset) text += fmt::format(" CELL_OFFSET {}", *select.cell_offset);
  if (select.cell_limit_per_family) text += fmt::format(" CELL_LIMIT_PER_FAMILY {}", *select.cell_limit_per_family);
  if (select.keys_only) text += " KEYS_ONLY";
  if (select.return_deletes) text += " RETURN_DELETES";
  if (select.no_cache) text += " NO_CACHE";
  if (select.scan_and_filter_rows) text += " SCAN_AND_FILTER_ROWS";
  return text + OutputText(select.output);
}

std::string Text(const Explain& explain) {
  return (explain.analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ") + Text(explain.select);
}

std::string Text(const DumpTable& dump) {
  const Select& select = dump.select;
  std::string text = "DUMP TABLE " + Quote(select.table);
  if (!select.columns.empty()) text += " COLUMNS " + ColumnList(select.columns);
  if (select.where) text += " WHERE " + WhereText(*select.where);
  if (select.max_versions) text += fmt::format(" MAX_VERSIONS {}", *select.max_versions);
  if (dump.buckets) text += fmt::format(" BUCKETS {}", *dump.buckets);
  if (dump.no_timestamps) text += " NO_TIMESTAMPS";
  return text + OutputText(select.output);
}

std::string Text(const DumpPseudoTable& dump) {
  return "DUMP PSEUDO TABLE " + Quote(dump.table) + " INTO FILE " + Quote(dump.file);
}

std::string Text(const LoadData& load) {
  std::string text = "LOAD DATA INFILE";
  if (!load.row_key_columns.empty()) {
    text += " ROW_KEY_COLUMN=" + Join(
                                     load.row_key_columns, [](const std::string& c) { return Quote(c); }, "+");
  }
  if (!load.timestamp_column.empty()) text += " TIMESTAMP_COLUMN=" + Quote(load.timestamp_column);
  if (!load.header_file.empty()) text += " HEADER_FILE=" + Quote(load.header_file);
  if (load.row_uniquify_chars > 0) text += fmt::format(" ROW_UNIQUIFY_CHARS={}", load.row_uniquify_chars);
  if (load.duplicate_key_columns) text += " DUP_KEY_COLS";
  if (load.no_escape) text += " NO_ESCAPE";
  if (load.ignore_unknown_families) text += " IGNORE_UNKNOWN_CFS";
  if (load.single_cell_format) text += " SINGLE_CELL_FORMAT";
  if (load.separator) text += " FS=" + Quote(std::string(1, *load.separator));
  if (load.no_log) text += " NO_LOG";
  if (load.no_log_sync) text += " NO_LOG_SYNC";
  text += " " + Quote(load.source);
  return text + (load.table ? " INTO TABLE " + Quote(*load.table) : " INTO FILE " + Quote(load.file.value_or("")));
}

std::string Text(const Compact& compact) {
  constexpr std::string_view kTypes[] = {"MINOR", "MAJOR", "MERGING", "GC"};
  std::string text = fmt::format("COMPACT TYPE={}", kTypes[static_cast<size_t>(compact.type)]);
  if (compact.table) {
    text += " TABLE " + Quote(*compact.table);
    return compact.row ? text + " " + Quote(*compact.row) : text;
  }
  constexpr std::pair<uint32_t, std::string_view> kClasses[] = {
      {kRootRanges, "ROOT"}, {kMetadataRanges, "METADATA"}, {kSystemRanges, "SYSTEM"}, {kUserRanges, "USER"}};
  std::vector<std::string> classes;
  for (const auto& [bit, name] : kClasses) {
    if ((compact.range_classes & bit) != 0) classes.emplace_back(name);
  }
  return text + " RANGES " +
         Join(
             classes, [](const std::string& name) { return name; }, "|");
}

std::string Text(const RebuildIndices& rebuild) {
  const std::string_view kind = !rebuild.qualifier ? "VALUE " : !rebuild.value ? "QUALIFIER " : "";
  return fmt::format("REBUILD {}INDICES {}", kind, Quote(rebuild.table));
}

std::string Text(const RangeMove& move) {
  return "(" + Quote(move.table) + "[" + (move.start_row.empty() ? "" : Quote(move.start_row)) + ".." +
         (move.end_row ? Quote(*move.end_row) : "??") + "], " + Quote(move.from) + ", " + Quote(move.to) + ")";
}

std::string Text(const Balance& balance) {
  std::string text = "BALANCE";
  if (!balance.algorithm.empty()) {
    const std::string servers = Join(
        balance.offload, [](const std::string& server) { return server; }, ",");
    text += " ALGORITHM=" + Quote(balance.algorithm + (servers.empty() ? "" : " " + servers));
  }
  if (!balance.moves.empty()) text += " " + Join(balance.moves, [](const RangeMove& move) { return Text(move); });
  if (balance.duration_seconds) text += fmt::format(" DURATION={}", *balance.duration_seconds);
  return text;
}

std::string Text(const StopServer& stop) {
  return "STOP " + Quote(stop.server);
}
std::string Text(const ShowQueries&) {
  return "SHOW QUERIES";
}
std::string Text(const KillQuery& kill) {
  return "KILL " + Quote(kill.id);
}
std::string Text(const ShowMaintenance&) {
  return "SHOW MAINTENANCE";
}
std::string Text(const WaitForMaintenance&) {
  return "WAIT FOR MAINTENANCE";
}
std::string Text(const SetVariables& set) {
  return std::string("SET READONLY=") + (set.read_only.value_or(false) ? "true" : "false");
}
std::string Text(const ShutDown& shut_down) {
  return shut_down.master ? "SHUTDOWN MASTER" : "SHUTDOWN";
}

std::string Text(const ShowStatus&) {
  return "STATUS";
}
std::string Text(const ShowHelp& help) {
  return help.topic.empty() ? "HELP" : "HELP " + help.topic;
}

}  // namespace

std::string WhereText(const WhereExpression& where) {
  return std::visit([](const auto& condition) { return ConditionText(condition); }, where.condition);
}

std::string UpdateConditionText(const UpdateCondition& condition) {
  constexpr std::string_view kOperators[] = {"NOT EXISTS", "EXISTS", "=", "!=", "=^", "<", "<=", ">", ">="};
  const std::string_view op = kOperators[static_cast<size_t>(condition.expectation)];
  const bool compares = condition.expectation > model::CellCondition::Expectation::kPresent;
  if (!compares) return std::string(op) + "(" + Text(condition.column) + ")";
  return Text(condition.column) + " " + std::string(op) + " " + Quote(condition.value);
}

std::string StatementText(const Statement& statement) {
  return std::visit([](const auto& kind) { return Text(kind); }, statement);
}

}  // namespace cellar::hql
