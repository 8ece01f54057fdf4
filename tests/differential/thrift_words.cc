#include "tests/differential/thrift_words.h"

#include <utility>

#include "common/base/check.h"
#include "model/counter.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::tests {
namespace {

using model::Cell;
using model::CellBound;
using model::KeyFlag;
using model::ScanSpec;
using model::Schema;

constexpr std::string_view kEndOfTable = "\xff\xff";

void OpenEnd(CellBound* end) {
  if (end->depth != CellBound::Depth::kUnbounded && end->row == kEndOfTable) *end = CellBound();
}

/// A predicate with neither an operation on the value nor one on the qualifier cannot be said.
bool CanBeSaid(const model::ColumnPredicate& leaf) {
  return leaf.value != model::ColumnPredicate::Value::kExists ||
         leaf.qualifier.kind != model::QualifierMatch::Kind::kAny;
}

std::string NameOf(const Cell& cell, const Schema& schema) {
  return cell.family == model::FamilyId() ? std::string() : schema.FindFamily(cell.family)->name;
}

std::string ValueOf(const Cell& cell, const Schema& schema) {
  if (cell.flag != KeyFlag::kInsert || !schema.rules(cell.family).counter) return cell.value;
  return model::CounterUpdate::Decode(cell.value).value().ToText();
}

std::string Column(const model::ColumnSelector& column) {
  using Kind = model::QualifierMatch::Kind;
  switch (column.qualifier.kind) {
    case Kind::kAny:
      return column.family;
    case Kind::kExact:
      return column.family + ":" + column.qualifier.text;
    case Kind::kPrefix:
      return column.family + ":^" + column.qualifier.text;
    case Kind::kRegex:
      return column.family + ":/" + column.qualifier.text + "/";
  }
  return "";
}

std::string Column(const CellBound& bound) {
  if (bound.depth == CellBound::Depth::kRow) return "";
  return bound.depth == CellBound::Depth::kFamily ? bound.family : bound.family + ":" + bound.qualifier;
}

api::ColumnPredicate Predicate(const model::ColumnPredicate& leaf) {
  constexpr int32_t kQualifier[] = {0, 256, 512, 1024};
  constexpr int32_t kValue[] = {0, 1, 2, 4};
  api::ColumnPredicate predicate;
  predicate.__set_column_family(leaf.family);
  predicate.operation = kQualifier[static_cast<int>(leaf.qualifier.kind)] + kValue[static_cast<int>(leaf.value)];
  predicate.__set_column_qualifier(leaf.qualifier.text);
  predicate.__set_value(leaf.text);
  return predicate;
}

api::CellInterval Interval(const model::CellInterval& from) {
  api::CellInterval to;
  if (from.start.depth != CellBound::Depth::kUnbounded) {
    to.__set_start_row(from.start.row);
    to.__set_start_column(Column(from.start));
    to.__set_start_inclusive(from.start.inclusive);
  }
  if (from.end.depth != CellBound::Depth::kUnbounded) {
    to.__set_end_row(from.end.row);
    to.__set_end_column(Column(from.end));
    to.__set_end_inclusive(from.end.inclusive);
  }
  return to;
}

api::RowInterval Interval(const model::RowInterval& from) {
  api::RowInterval to;
  if (!from.start_unbounded) to.__set_start_row(from.start);
  if (!from.end_unbounded) to.__set_end_row(from.end);
  to.__set_start_inclusive(from.start_inclusive);
  to.__set_end_inclusive(from.end_inclusive);
  return to;
}

/// What was read, as the model has it.
Cell Read(std::string row, const std::string& family, std::string qualifier, KeyFlag flag, int64_t timestamp,
          std::string value, const Schema& schema, bool shows_updates) {
  const model::ColumnFamily* const found = schema.FindFamily(family);
  CHECK(found != nullptr || flag == KeyFlag::kDeleteRow);
  const model::FamilyId id = flag == KeyFlag::kDeleteRow ? model::FamilyId() : found->id;
  if (shows_updates && !value.empty() && flag == KeyFlag::kInsert && schema.rules(id).counter) {
    value = model::CounterUpdate::ParseText(value).value().Encode();
  }
  return Cell(std::move(row), id, std::move(qualifier), flag, timestamp, model::Revision(), std::move(value));
}

}  // namespace

ScanSpec AsSaidInThrift(ScanSpec spec) {
  spec.interval_mode = spec.scan_and_filter_rows ? model::IntervalMode::kUnion : model::IntervalMode::kEachInOrder;
  for (model::RowInterval& rows : spec.row_intervals) {
    if (rows.end == kEndOfTable) rows.end_unbounded = true;
    if (rows.end_unbounded) rows.end.clear();
  }
  for (model::CellInterval& cells : spec.cell_intervals) OpenEnd(&cells.end);
  std::vector<model::PredicateTree> leaves;
  for (const model::ColumnPredicate* leaf : spec.predicates.Leaves()) {
    if (CanBeSaid(*leaf)) leaves.emplace_back(*leaf);
  }
  spec.predicates = model::PredicateTree();
  spec.predicate_mode = model::PredicateMode::kPerCell;
  if (!leaves.empty()) spec.predicates = model::PredicateTree(model::PredicateTree::Kind::kOr, std::move(leaves));
  if (spec.row_offset != 0) spec.cell_offset = 0;
  if (spec.cell_offset != 0) spec.row_limit = 0;
  return spec;
}

bool HasReversedCells(const ScanSpec& spec) {
  using Depth = CellBound::Depth;
  for (const model::CellInterval& cells : spec.cell_intervals) {
    if (cells.start.depth == Depth::kUnbounded || cells.end.depth == Depth::kUnbounded) continue;
    if (cells.start.row > cells.end.row || (cells.start == cells.end && !cells.start.inclusive)) return true;
  }
  return false;
}

api::ScanSpec ToThrift(const ScanSpec& from) {
  api::ScanSpec to;
  for (const model::RowInterval& rows : from.row_intervals) to.row_intervals.push_back(Interval(rows));
  for (const model::CellInterval& cells : from.cell_intervals) to.cell_intervals.push_back(Interval(cells));
  for (const model::ColumnSelector& column : from.columns) to.columns.push_back(Column(column));
  for (const model::ColumnPredicate* leaf : from.predicates.Leaves()) to.column_predicates.push_back(Predicate(*leaf));
  to.__isset.row_intervals = !to.row_intervals.empty();
  to.__isset.cell_intervals = !to.cell_intervals.empty();
  to.__isset.columns = !to.columns.empty();
  to.__isset.column_predicates = !to.column_predicates.empty();
  if (from.start_time != model::kMinTimestamp) to.__set_start_time(from.start_time);
  if (from.end_time != model::kMaxTimestamp) to.__set_end_time(from.end_time);
  if (!from.row_regex.empty()) to.__set_row_regexp(from.row_regex);
  if (!from.value_regex.empty()) to.__set_value_regexp(from.value_regex);
  to.__set_versions(static_cast<int32_t>(from.max_versions));
  to.__set_row_limit(static_cast<int32_t>(from.row_limit));
  to.__set_row_offset(static_cast<int32_t>(from.row_offset));
  to.__set_cell_limit(static_cast<int32_t>(from.cell_limit));
  to.__set_cell_offset(static_cast<int32_t>(from.cell_offset));
  to.__set_cell_limit_per_family(static_cast<int32_t>(from.cell_limit_per_family));
  to.__set_keys_only(from.keys_only);
  to.__set_return_deletes(from.return_deletes);
  to.__set_scan_and_filter_rows(from.scan_and_filter_rows);
  to.__set_cells_version(thrift::kPackedVersion2);
  return to;
}

api::Cell ToThrift(const Cell& cell, const Schema& schema) {
  api::Cell to;
  to.key.row = cell.row;
  to.key.column_family = NameOf(cell, schema);
  to.key.column_qualifier = cell.qualifier;
  to.key.flag = static_cast<api::KeyFlag::type>(thrift::ToWireFlag(cell.flag));
  if (cell.timestamp != model::kAutomaticTimestamp) to.key.__set_timestamp(cell.timestamp);
  to.__set_value(ValueOf(cell, schema));
  return to;
}

api::CellAsArray ToThriftArray(const Cell& cell, const Schema& schema) {
  return {cell.row,
          NameOf(cell, schema),
          cell.qualifier,
          ValueOf(cell, schema),
          std::to_string(cell.timestamp),
          "0",
          std::to_string(thrift::ToWireFlag(cell.flag))};
}

std::string ToThriftPacked(const std::vector<Cell>& cells, const Schema& schema) {
  thrift::PackedCellsWriter writer(thrift::kPackedVersion2);
  for (const Cell& cell : cells) {
    const std::string family = NameOf(cell, schema);
    const std::string value = ValueOf(cell, schema);
    thrift::PackedCell packed;
    packed.row = cell.row;
    packed.family = family;
    packed.qualifier = cell.qualifier;
    packed.value = value;
    packed.timestamp = cell.timestamp;
    packed.flag = cell.flag;
    CHECK(writer.Add(packed).ok());
  }
  return writer.Finish();
}

std::vector<Cell> FromThrift(const std::vector<api::Cell>& cells, const Schema& schema, bool shows_updates) {
  std::vector<Cell> read;
  for (const api::Cell& cell : cells) {
    KeyFlag flag = KeyFlag::kInsert;
    CHECK(thrift::ToKeyFlag(cell.key.flag, &flag).ok());
    read.push_back(Read(cell.key.row, cell.key.column_family, cell.key.column_qualifier, flag, cell.key.timestamp,
                        cell.value, schema, shows_updates));
  }
  return read;
}

std::vector<Cell> FromThrift(const std::vector<api::CellAsArray>& cells, const Schema& schema, bool shows_updates) {
  std::vector<Cell> read;
  for (const api::CellAsArray& cell : cells) {
    CHECK(cell.size() == 5);
    const auto timestamp = static_cast<int64_t>(std::stoull(cell[4]));
    read.push_back(Read(cell[0], cell[1], cell[2], KeyFlag::kInsert, timestamp, cell[3], schema, shows_updates));
  }
  return read;
}

std::vector<Cell> FromThriftPacked(const std::string& cells, const Schema& schema, bool shows_updates, bool* ended) {
  std::vector<Cell> read;
  thrift::PackedCellsReader reader(cells);
  thrift::PackedCell cell;
  while (reader.Next(&cell)) {
    read.push_back(Read(std::string(cell.row), std::string(cell.family), std::string(cell.qualifier), cell.flag,
                        cell.timestamp, std::string(cell.value), schema, shows_updates));
  }
  CHECK(reader.status().ok());
  if (ended != nullptr) *ended = reader.end_of_scan();
  return read;
}

}  // namespace cellar::tests
