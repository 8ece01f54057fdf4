#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/time/clock.h"
#include "hql/name.h"
#include "hql/operating_statements.h"
#include "hql/where.h"
#include "model/cell_condition.h"
#include "model/key.h"
#include "model/scan_spec.h"
#include "model/schema_options.h"

namespace cellar::hql {

// The syntax tree: one struct a statement, plain values as written. What the statements mean is decided in
// schema_translation.h, scan_translation.h and the executor. Only places that later errors may point at are kept.

// ---- Names ----------------------------------------------------------------------------------------------------------

/// USE namespace
struct UseNamespace {
  Name name;
};

/// CREATE NAMESPACE namespace [IF NOT EXISTS]
struct CreateNamespace {
  Name name;
  bool if_not_exists = false;
};

/// DROP NAMESPACE [IF EXISTS] namespace
struct DropNamespace {
  Name name;
  bool if_exists = false;
};

struct GetListing {};

struct ShowTables {};

// ---- Definitions ----------------------------------------------------------------------------------------------------

/// name {cf-option}
struct FamilyClause {
  Name name;
  model::ColumnFamilyOptions options;
};

/// ACCESS GROUP name ( [cf {, cf}] ) {option}
struct GroupClause {
  Name name;
  std::vector<Name> families;
  model::AccessGroupOptions options;
  model::ColumnFamilyOptions family_defaults;
};

/// [QUALIFIER] INDEX cf
struct IndexClause {
  Name family;
  bool qualifier = false;
};

/// What stands between the parentheses of CREATE TABLE and ALTER TABLE.
struct Definitions {
  std::vector<FamilyClause> families;
  std::vector<GroupClause> groups;
  std::vector<IndexClause> indexes;
};

/// One of three forms: `like`, `schema_file`, or the definitions with the table's options.
struct CreateTable {
  Name table;
  std::optional<Name> like;
  std::optional<std::string> schema_file;
  Definitions definitions;
  model::AccessGroupOptions group_defaults;
  model::ColumnFamilyOptions family_defaults;
  std::optional<uint32_t> group_commit_interval_ms;
  std::optional<model::Durability> durability;
};

/// ADD ( definitions ) of ALTER TABLE.
struct AddDefinitions {
  Definitions definitions;
};

/// MODIFY ( definitions ) of ALTER TABLE.
struct ModifyDefinitions {
  Definitions definitions;  ///< Without indexes.
};

/// DROP ( family, … ) of ALTER TABLE.
struct DropFamilyList {
  std::vector<Name> families;
};

/// DROP [QUALIFIER] INDEX ( family, … ) of ALTER TABLE.
struct DropIndexList {
  bool qualifier = false;
  std::vector<Name> families;
};

/// RENAME COLUMN FAMILY ( old, new ) of ALTER TABLE.
struct RenameFamilyPair {
  Name old_name;
  Name new_name;
};

using Alteration = std::variant<AddDefinitions, ModifyDefinitions, DropFamilyList, DropIndexList, RenameFamilyPair>;

/// Either a schema file or one or more alterations.
struct AlterTable {
  Name table;
  std::optional<std::string> schema_file;
  std::vector<Alteration> alterations;
};

/// DROP TABLE [IF EXISTS] table
struct DropTable {
  Name table;
  bool if_exists = false;
};

/// RENAME TABLE old TO new
struct RenameTable {
  Name old_name;
  Name new_name;
};

/// EXISTS TABLE table
struct ExistsTable {
  Name table;
};

/// DESCRIBE TABLE [WITH IDS] table
struct DescribeTable {
  Name table;
  bool with_ids = false;
};

/// SHOW CREATE TABLE table
struct ShowCreateTable {
  Name table;
};

// ---- Cells ----------------------------------------------------------------------------------------------------------

/// A row or value to insert: text, or GUID().
struct InsertText {
  std::string text;
  bool guid = false;
};

/// One tuple of INSERT.
struct InsertTuple {
  Position position;
  std::optional<Nanos> timestamp;
  InsertText row;
  std::string family;
  std::string qualifier;
  InsertText value;
};

/// INSERT INTO table VALUES tuple, … [IF NOT EXISTS]
struct Insert {
  Name table;
  std::vector<InsertTuple> tuples;
  bool if_not_exists = false;  ///< All of them or, if one of the cells is there, none; of one row.
};

/// One column of UPDATE. Without a qualifier: the whole family in DELETE, else the cell without one.
struct UpdateColumn {
  Name family;
  std::optional<std::string> qualifier;
};

/// column = value, column += n, or DELETE column.
struct UpdateChange {
  enum class Kind : uint8_t { kSet, kAdd, kDelete };

  Position position;
  Kind kind = Kind::kSet;
  std::optional<UpdateColumn> column;  ///< Absent: DELETE *, the whole row.
  InsertText value;                    ///< kSet; what a counter is set to.
  int64_t amount = 0;                  ///< kAdd.
  std::optional<Nanos> time;           ///< Of TIMESTAMP, or of VERSION.
  bool exact_version = false;
};

/// One condition of IF.
struct UpdateCondition {
  Position position;
  UpdateColumn column;
  model::CellCondition::Expectation expectation = model::CellCondition::Expectation::kPresent;
  std::string value;
};

/// UPDATE table SET change, … WHERE ROW = row [IF condition AND …]
struct Update {
  Name table;
  std::vector<UpdateChange> changes;
  std::string row;
  std::vector<UpdateCondition> conditions;
};

/// A column of DELETE: a whole family, or one qualifier of it.
struct DeleteColumn {
  Name family;
  std::optional<std::string> qualifier;
};

/// DELETE columns FROM table WHERE ROW = row [TIMESTAMP or VERSION time]
struct Delete {
  Name table;
  std::vector<DeleteColumn> columns;  ///< Empty: `*`, the whole row.
  std::string row;
  std::optional<Nanos> time;  ///< Of TIMESTAMP, or of VERSION.
  bool exact_version = false;
};

/// How result lines look, for SELECT and DUMP TABLE.
struct OutputOptions {
  std::optional<std::string> file;
  std::optional<char> separator;
  bool display_timestamps = false;
  bool display_revisions = false;
  bool no_escape = false;
};

/// SELECT columns FROM table [WHERE …] {option}; an absent limit does not limit.
struct Select {
  Name table;
  std::vector<model::ColumnSelector> columns;  ///< Empty: `*`.
  std::optional<WhereExpression> where;
  OutputOptions output;
  std::optional<uint32_t> max_versions;
  std::optional<uint64_t> row_limit;
  std::optional<uint64_t> row_offset;
  std::optional<uint64_t> cell_limit;
  std::optional<uint64_t> cell_offset;
  std::optional<uint64_t> cell_limit_per_family;
  bool keys_only = false;
  bool return_deletes = false;
  bool no_cache = false;
  bool scan_and_filter_rows = false;
};

/// EXPLAIN [ANALYZE] SELECT …
struct Explain {
  bool analyze = false;  ///< Reads, and says what was read.
  Select select;         ///< Its output options are not used.
};

/// SELECT with timestamps as integers, in the form that LOAD DATA INFILE reads.
struct DumpTable {
  Select select;  ///< Of its options only the columns, WHERE, MAX_VERSIONS and the output are used.
  bool no_timestamps = false;
  std::optional<uint64_t> buckets;  ///< Accepted for old scripts, without effect.
};

/// DUMP PSEUDO TABLE table INTO FILE file
struct DumpPseudoTable {
  Name table;
  std::string file;
};

/// LOAD DATA INFILE {option} source INTO TABLE table, or INTO FILE file.
struct LoadData {
  std::string source;
  std::optional<Name> table;        ///< INTO TABLE,
  std::optional<std::string> file;  ///< or INTO FILE.
  std::vector<std::string> row_key_columns;
  std::string timestamp_column;
  std::string header_file;
  uint32_t row_uniquify_chars = 0;
  bool duplicate_key_columns = false;
  bool no_escape = false;
  bool ignore_unknown_families = false;
  bool single_cell_format = false;
  bool no_log = false;
  bool no_log_sync = false;
  std::optional<char> separator;
};

using Statement =
    std::variant<UseNamespace, CreateNamespace, DropNamespace, GetListing, ShowTables, CreateTable, AlterTable,
                 DropTable, RenameTable, ExistsTable, DescribeTable, ShowCreateTable, Insert, Update, Delete, Select,
                 Explain, DumpTable, DumpPseudoTable, LoadData, Compact, RebuildIndices, Balance, StopServer, ShutDown,
                 SetVariables, ShowQueries, KillQuery, ShowMaintenance, WaitForMaintenance, ShowStatus, ShowHelp>;

}  // namespace cellar::hql
