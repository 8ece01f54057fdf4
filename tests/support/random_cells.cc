#include "tests/support/random_cells.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/check.h"
#include "common/time/clock.h"
#include "model/counter.h"

namespace cellar::tests {

using model::Cell;
using model::ColumnFamily;
using model::KeyFlag;
using model::ScanSpec;
using model::Schema;

namespace {

const std::array<std::string, 9> kRows = {
    "a", "aa", std::string("a\0", 2), std::string("a\0b", 3), "a\xFF", "b", "\xFF", "\xFF\xFF", "row"};
const std::array<std::string, 7> kQualifiers = {"", "q", "qq", std::string("q\0", 2), "\xFF", std::string("\0", 1),
                                                "x"};
const std::array<std::string, 6> kValues = {"", "v", "value", "other", std::string("\0\xFF", 2), "v2"};

bool HasCounter(const Schema& schema) {
  return std::any_of(schema.families().begin(), schema.families().end(),
                     [&](const ColumnFamily& family) { return schema.rules(family.id).counter; });
}

}  // namespace

RandomCells::RandomCells(uint64_t seed) : random_(seed) {}

Schema RandomCells::NewSchema() {
  model::SchemaDefinition definition;
  const std::array<std::string, 3> groups = {"default", "second", "third"};
  const size_t group_count = 1 + random_.Uniform(groups.size());
  for (size_t i = 0; i < group_count; ++i) {
    model::AccessGroup& group = definition.groups.emplace_back();
    group.name = groups[i];
    group.options.block_size_bytes = static_cast<uint32_t>(64 + random_.Uniform(1000));
  }
  const size_t family_count = 2 + random_.Uniform(4);
  for (size_t i = 0; i < family_count; ++i) {
    ColumnFamily& family = definition.families.emplace_back();
    family.name = std::string(1, static_cast<char>('a' + i));
    family.access_group = groups[random_.Uniform(group_count)];
    if (random_.OneIn(6)) {
      family.options.counter = true;
    } else {
      if (random_.OneIn(2)) family.options.max_versions = static_cast<int32_t>(1 + random_.Uniform(3));
      if (random_.OneIn(3)) family.options.time_order_desc = true;
    }
    if (random_.OneIn(3)) family.options.ttl_seconds = static_cast<int32_t>(1 + random_.Uniform(60));
  }
  Result<Schema> schema = Schema::Create(std::move(definition));
  CHECK(schema.ok());
  return std::move(schema).value();
}

std::string RandomCells::NewRow() {
  return kRows[random_.Uniform(kRows.size())];
}
std::string RandomCells::NewQualifier() {
  return kQualifiers[random_.Uniform(kQualifiers.size())];
}
std::string RandomCells::NewValue() {
  return kValues[random_.Uniform(kValues.size())];
}

int64_t RandomCells::NewTimestamp(int64_t now) {
  switch (random_.Uniform(8)) {
    case 0:
      return model::kMinTimestamp;
    case 1:
      return model::kMaxTimestamp;
    case 2:
      return -static_cast<int64_t>(random_.Uniform(3));
    default:
      return now + (static_cast<int64_t>(random_.Uniform(12)) - 8) * 5 * kSecond;
  }
}

const ColumnFamily& RandomCells::AnyFamily(const Schema& schema) {
  while (true) {
    const ColumnFamily& family = schema.families()[random_.Uniform(schema.families().size())];
    if (!family.deleted) return family;
  }
}

Cell RandomCells::NewCell(const Schema& schema, int64_t now) {
  Cell cell;
  cell.row = NewRow();
  const ColumnFamily& family = AnyFamily(schema);
  cell.family = family.id;
  cell.qualifier = NewQualifier();
  const bool is_counter = schema.rules(family.id).counter;
  if (random_.OneIn(3) && !is_counter) cell.timestamp = NewTimestamp(now);
  if (!random_.OneIn(4)) {
    cell.value = NewValue();
    if (is_counter) {
      model::CounterUpdate update;
      update.amount = static_cast<int64_t>(random_.Uniform(21)) - 10;
      update.reset = random_.OneIn(5);
      cell.value = update.Encode();
    }
    return cell;
  }
  cell.flag = static_cast<KeyFlag>(random_.Uniform(is_counter ? 3 : 4));
  if (cell.flag <= KeyFlag::kDeleteFamily) cell.qualifier.clear();
  if (cell.flag == KeyFlag::kDeleteRow) cell.family = model::FamilyId{};
  if (cell.flag == KeyFlag::kDeleteVersion) {
    cell.timestamp = NewTimestamp(now);
  } else if (HasCounter(schema)) {
    cell.timestamp = model::kAutomaticTimestamp;
  }
  return cell;
}

model::QualifierMatch RandomCells::NewMatch() {
  using Kind = model::QualifierMatch::Kind;
  switch (random_.Uniform(5)) {
    case 0:
      return {Kind::kExact, NewQualifier()};
    case 1:
      return {Kind::kPrefix, NewQualifier()};
    case 2:
      return {Kind::kRegex, random_.OneIn(2) ? "^q" : "x|q$"};
    default:
      return {};
  }
}

model::ColumnPredicate RandomCells::NewPredicate(const std::string& family, bool on_value) {
  using Value = model::ColumnPredicate::Value;
  model::QualifierMatch match = NewMatch();
  if (!on_value) return {family, std::move(match), Value::kExists, ""};
  constexpr Value kKinds[] = {Value::kExact, Value::kPrefix, Value::kRegex};
  const Value kind = kKinds[random_.Uniform(3)];
  std::string text = NewValue();
  if (kind == Value::kRegex) text = random_.OneIn(2) ? "v.*" : "^va|^ot";
  return {family, std::move(match), kind, std::move(text)};
}

model::PredicateTree RandomCells::NewPredicates(const Schema& schema, int depth) {
  using Value = model::ColumnPredicate::Value;
  if (row_predicates_ && random_.OneIn(5)) {
    model::RowPredicate row;
    row.rows = random_.OneIn(2) ? model::RowInterval::AtLeast(NewRow()) : model::RowInterval::Row(NewRow());
    if (random_.OneIn(3)) row.rows = model::RowInterval::AtMost(NewRow(), random_.OneIn(2));
    if (random_.OneIn(4)) row.regex = "a|r.$";
    return model::PredicateTree(std::move(row));
  }
  if (depth == 0 || random_.OneIn(2)) {
    const Value kind = static_cast<Value>(random_.Uniform(4));
    const std::string text = kind == Value::kRegex ? "v.*" : NewValue();
    const bool of_any_family = row_predicates_ && random_.OneIn(6);
    const std::string family = of_any_family ? "" : AnyFamily(schema).name;
    return model::PredicateTree(model::ColumnPredicate(family, NewMatch(), kind, text));
  }
  std::vector<model::PredicateTree> children;
  for (uint64_t i = 0; i <= random_.Uniform(3); ++i) children.push_back(NewPredicates(schema, depth - 1));
  return {random_.OneIn(2) ? model::PredicateTree::Kind::kAnd : model::PredicateTree::Kind::kOr, std::move(children)};
}

model::CellBound RandomCells::NewBound(const Schema& schema) {
  const bool inclusive = random_.OneIn(2);
  switch (random_.Uniform(5)) {
    case 0:
      return {};
    case 1:
      return model::CellBound::AtRow(NewRow(), inclusive);
    case 2:
      return model::CellBound::AtFamily(NewRow(), AnyFamily(schema).name, inclusive);
    default:
      return model::CellBound::AtColumn(NewRow(), AnyFamily(schema).name, NewQualifier(), inclusive);
  }
}

void RandomCells::AddIntervals(const Schema& schema, ScanSpec* spec) {
  if (random_.OneIn(3)) spec->interval_mode = model::IntervalMode::kEachInOrder;
  const uint64_t kind = random_.Uniform(3);
  const uint64_t count = random_.Uniform(4);
  for (uint64_t i = 0; i < count && kind == 1; ++i) {
    model::RowInterval interval = random_.OneIn(3) ? model::RowInterval::Row(NewRow()) : model::RowInterval();
    if (!interval.IsSingleRow() && !random_.OneIn(4))
      interval = model::RowInterval::AtLeast(NewRow(), random_.OneIn(2));
    if (!interval.IsSingleRow() && !random_.OneIn(4))
      interval = interval.Intersect(model::RowInterval::AtMost(NewRow(), random_.OneIn(2)));
    spec->row_intervals.push_back(std::move(interval));
  }
  for (uint64_t i = 0; i < count && kind == 2; ++i) {
    model::CellInterval& interval = spec->cell_intervals.emplace_back();
    interval.start = NewBound(schema);
    interval.end = NewBound(schema);
    // Several within one row, and one behind the other.
    const std::string& row = i > 0 ? spec->cell_intervals[i - 1].end.row : interval.start.row;
    if (row.empty() || !random_.OneIn(2)) continue;
    if (!interval.start.row.empty()) interval.start.row = row;
    if (!interval.end.row.empty() && random_.OneIn(2)) interval.end.row = row;
  }
  spec->scan_and_filter_rows = random_.OneIn(8);
}

void RandomCells::AddLimits(ScanSpec* spec) {
  if (random_.OneIn(3)) spec->max_versions = static_cast<uint32_t>(1 + random_.Uniform(3));
  if (random_.OneIn(4)) spec->row_limit = 1 + random_.Uniform(4);
  if (random_.OneIn(6)) spec->row_offset = random_.Uniform(3);
  if (random_.OneIn(4)) spec->cell_limit = 1 + random_.Uniform(8);
  if (random_.OneIn(6) && (spec->row_offset == 0 || spec->interval_mode == model::IntervalMode::kUnion))
    spec->cell_offset = random_.Uniform(5);
  if (random_.OneIn(5)) spec->cell_limit_per_family = 1 + random_.Uniform(3);
  spec->keys_only = random_.OneIn(8);
}

ScanSpec RandomCells::NewSpec(const Schema& schema, int64_t now) {
  while (true) {
    ScanSpec spec;
    AddIntervals(schema, &spec);
    AddLimits(&spec);
    for (uint64_t i = 0; i < random_.Uniform(4) && random_.OneIn(2); ++i)
      spec.columns.emplace_back(AnyFamily(schema).name, NewMatch());
    if (random_.OneIn(4) && !HasCounter(schema)) spec.start_time = NewTimestamp(now);
    if (random_.OneIn(4) && !HasCounter(schema)) spec.end_time = NewTimestamp(now);
    if (random_.OneIn(6)) spec.row_regex = "a";
    if (random_.OneIn(6)) spec.value_regex = "^v";
    if (random_.OneIn(3) && !HasCounter(schema)) {
      spec.predicates = NewPredicates(schema, 2);
      if (random_.OneIn(3)) spec.predicate_mode = model::PredicateMode::kPerCell;
    }
    if (spec.Check().ok()) return spec;
  }
}

Cell Written(Cell cell, model::Revision revision) {
  cell.revision = revision;
  if (cell.timestamp == model::kAutomaticTimestamp) cell.timestamp = revision.get();
  return cell;
}

}  // namespace cellar::tests
