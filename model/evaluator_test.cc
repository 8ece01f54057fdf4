#include "model/evaluator.h"

#include <gtest/gtest.h>

#include "model/counter.h"
#include "tests/support/random_cells.h"

namespace cellar::model {
namespace {

constexpr Revision kLatest{1'000'000};

/// Families: a plain, v MAX_VERSIONS 2, o TIME_ORDER DESC MAX_VERSIONS 1, t TTL 10 s, c COUNTER.
Schema TestSchema() {
  SchemaDefinition definition;
  for (const char* name : {"a", "v", "o", "t", "c"}) definition.families.emplace_back().name = name;
  definition.families[1].options.max_versions = 2;
  definition.families[2].options.max_versions = 1;
  definition.families[2].options.time_order_desc = true;
  definition.families[3].options.ttl_seconds = 10;
  definition.families[4].options.counter = true;
  Result<Schema> schema = Schema::Create(definition);
  CHECK(schema.ok());
  return std::move(schema).value();
}

/// A table that is written with short calls and read with scan specs.
class Table {
 public:
  /// "a:q", value; automatic time unless given.
  Table& Put(const std::string& row, const std::string& column, const std::string& value,
             int64_t time = kAutomaticTimestamp) {
    return Add(row, column, KeyFlag::kInsert, value, time);
  }
  Table& Count(const std::string& row, const std::string& column, const std::string& update) {
    return Add(row, column, KeyFlag::kInsert, CounterUpdate::ParseText(update)->Encode(), kAutomaticTimestamp);
  }
  Table& Delete(KeyFlag flag, const std::string& row, const std::string& column = "",
                int64_t time = kAutomaticTimestamp) {
    return Add(row, column, flag, "", time);
  }
  Table& Drop(const std::string& family) {
    schema_ = *schema_.Alter({DropFamilies{{family}}});
    return *this;
  }

  /// Results as "row/family:qualifier=value" or with the marker's name, joined by blanks.
  std::string Scan(const ScanSpec& spec = ScanSpec(), Revision snapshot = kLatest, Nanos now = 0) const {
    const Result<std::vector<Cell>> cells = Evaluate(schema_, history_, spec, snapshot, now);
    if (!cells.ok()) return cells.status().ToString();
    std::string text;
    for (const Cell& cell : *cells) {
      if (!text.empty()) text += " ";
      text += cell.row + "/";
      if (cell.family != FamilyId{})
        text += schema_.definition().families[cell.family.get() - 1].name + ":" + cell.qualifier;
      text += cell.flag == KeyFlag::kInsert ? "=" + cell.value : " " + std::string(KeyFlagName(cell.flag));
    }
    return text;
  }

 private:
  Table& Add(const std::string& row, const std::string& column, KeyFlag flag, const std::string& value, int64_t time) {
    const size_t colon = column.find(':');
    const ColumnFamily* family = column.empty() ? nullptr : schema_.FindFamily(column.substr(0, colon));
    Cell cell(row, family == nullptr ? FamilyId{} : family->id,
              colon == std::string::npos ? "" : column.substr(colon + 1), flag, time, Revision{}, value);
    history_.push_back(tests::Written(cell, Revision{next_++}));
    return *this;
  }

  Schema schema_ = TestSchema();
  std::vector<Cell> history_;
  int64_t next_ = 1;
};

ScanSpec Spec() {
  return ScanSpec();
}

TEST(EvaluatorTest, Cells_ComeInKeyOrderNewestFirst) {
  Table table;
  table.Put("b", "a:x", "1").Put("a", "a:y", "2").Put("a", "a:x", "3").Put("a", "a:x", "4").Put("a", "a:", "5");
  EXPECT_EQ(table.Scan(), "a/a:=5 a/a:x=4 a/a:x=3 a/a:y=2 b/a:x=1");
}

TEST(EvaluatorTest, EqualTimes_TheNewestRevisionWins) {
  Table table;
  table.Put("r", "a:x", "1", 5).Put("r", "a:x", "2", 5).Put("r", "a:x", "0", 4);
  EXPECT_EQ(table.Scan(), "r/a:x=2 r/a:x=0");
}

TEST(EvaluatorTest, Snapshot_HidesWhatWasWrittenLater) {
  Table table;
  table.Put("r", "a:x", "1").Put("r", "a:x", "2").Delete(KeyFlag::kDeleteRow, "r");
  EXPECT_EQ(table.Scan(Spec(), Revision{1}), "r/a:x=1");
  EXPECT_EQ(table.Scan(Spec(), Revision{2}), "r/a:x=2 r/a:x=1");
  EXPECT_EQ(table.Scan(Spec(), Revision{3}), "");
}

TEST(EvaluatorTest, DeleteMarkers_HideWhatIsNotNewerAndWasWrittenBefore) {
  Table table;
  table.Put("r", "a:x", "50", 50).Put("r", "a:x", "150", 150).Put("r", "a:y", "y", 50).Put("r", "v:x", "v", 50);
  Table cell = table;
  EXPECT_EQ(cell.Delete(KeyFlag::kDeleteCell, "r", "a:x", 100).Scan(), "r/a:x=150 r/a:y=y r/v:x=v");
  EXPECT_EQ(cell.Put("r", "a:x", "late", 90).Scan(), "r/a:x=150 r/a:x=late r/a:y=y r/v:x=v");
  Table family = table;
  EXPECT_EQ(family.Delete(KeyFlag::kDeleteFamily, "r", "a", 100).Scan(), "r/a:x=150 r/v:x=v");
  Table row = table;
  EXPECT_EQ(row.Delete(KeyFlag::kDeleteRow, "r", "", 100).Scan(), "r/a:x=150");
  Table version = table;
  EXPECT_EQ(version.Delete(KeyFlag::kDeleteVersion, "r", "a:x", 150).Scan(), "r/a:x=50 r/a:y=y r/v:x=v");
  EXPECT_EQ(version.Put("r", "a:x", "again", 150).Scan(), "r/a:x=again r/a:x=50 r/a:y=y r/v:x=v");
}

TEST(EvaluatorTest, SchemaVersions_NewestStayAndExcessNeverComesBack) {
  Table table;
  table.Put("r", "v:x", "1", 10).Put("r", "v:x", "2", 20).Put("r", "v:x", "3", 30);
  EXPECT_EQ(table.Scan(), "r/v:x=3 r/v:x=2");
  table.Delete(KeyFlag::kDeleteVersion, "r", "v:x", 30);
  EXPECT_EQ(table.Scan(), "r/v:x=2");
  ScanSpec old;
  old.end_time = 15;
  EXPECT_EQ(table.Scan(old), "");
  EXPECT_EQ(table.Put("r", "v:x", "0", 5).Scan(), "r/v:x=2 r/v:x=0");
}

TEST(EvaluatorTest, OldestFirst_KeepsTheFirstWrite) {
  Table table;
  table.Put("r", "o:x", "first", 10).Put("r", "o:x", "second", 20);
  EXPECT_EQ(table.Scan(), "r/o:x=first");
  EXPECT_EQ(table.Put("r", "o:x", "earlier", 5).Scan(), "r/o:x=earlier");
  EXPECT_EQ(table.Delete(KeyFlag::kDeleteCell, "r", "o:x", 7).Scan(), "");  // The others were excess, for good.
  EXPECT_EQ(table.Put("r", "o:x", "new", 30).Scan(), "r/o:x=new");
}

TEST(EvaluatorTest, Ttl_ExpiresAtItsEnd) {
  Table table;
  table.Put("r", "t:x", "1", 100 * kSecond);
  EXPECT_EQ(table.Scan(Spec(), kLatest, 110 * kSecond - 1), "r/t:x=1");
  EXPECT_EQ(table.Scan(Spec(), kLatest, 110 * kSecond), "");
}

TEST(EvaluatorTest, Counters_AddUpFromTheLastReset) {
  Table table;
  table.Count("r", "c:x", "5").Count("r", "c:x", "-2").Count("r", "c:y", "1");
  EXPECT_EQ(table.Scan(), "r/c:x=3 r/c:y=1");
  table.Count("r", "c:x", "=10").Count("r", "c:x", "4");
  EXPECT_EQ(table.Scan(), "r/c:x=14 r/c:y=1");
  EXPECT_EQ(table.Delete(KeyFlag::kDeleteCell, "r", "c:x").Count("r", "c:x", "1").Scan(), "r/c:x=1 r/c:y=1");
  ScanSpec spec;
  spec.start_time = 3;
  spec.end_time = 5;
  EXPECT_EQ(
      Table().Count("r", "c:x", "1").Count("r", "c:x", "2").Count("r", "c:x", "4").Count("r", "c:x", "8").Scan(spec),
      "r/c:x=12");
}

TEST(EvaluatorTest, DroppedFamilies_Vanish) {
  Table table;
  table.Put("r", "a:x", "1").Put("r", "v:x", "2").Drop("a");
  EXPECT_EQ(table.Scan(), "r/v:x=2");
  ScanSpec spec;
  spec.columns = {ColumnSelector("a")};
  EXPECT_EQ(table.Scan(spec), "invalid argument: column family 'a' does not exist");
}

TEST(EvaluatorTest, TimeIntervalAndRequestedVersions) {
  Table table;
  for (int64_t t = 1; t <= 5; ++t) table.Put("r", "a:x", std::to_string(t), t);
  ScanSpec spec;
  spec.start_time = 2;
  spec.end_time = 5;
  EXPECT_EQ(table.Scan(spec), "r/a:x=4 r/a:x=3 r/a:x=2");
  spec.max_versions = 2;
  EXPECT_EQ(table.Scan(spec), "r/a:x=4 r/a:x=3");
}

TEST(EvaluatorTest, ColumnSelection_OrsEntriesOfAFamily) {
  Table table;
  table.Put("r", "a:", "0").Put("r", "a:xa", "1").Put("r", "a:xb", "2").Put("r", "a:y", "3").Put("r", "v:x", "4");
  const auto select = [&](std::vector<ColumnSelector> columns) {
    ScanSpec spec;
    spec.columns = std::move(columns);
    return table.Scan(spec);
  };
  using Kind = QualifierMatch::Kind;
  EXPECT_EQ(select({ColumnSelector("a")}), "r/a:=0 r/a:xa=1 r/a:xb=2 r/a:y=3");
  EXPECT_EQ(select({ColumnSelector("a", {Kind::kExact, ""})}), "r/a:=0");
  EXPECT_EQ(select({ColumnSelector("a", {Kind::kPrefix, "x"}), ColumnSelector("v")}), "r/a:xa=1 r/a:xb=2 r/v:x=4");
  EXPECT_EQ(select({ColumnSelector("a", {Kind::kRegex, "b$"}), ColumnSelector("a", {Kind::kExact, "y"})}),
            "r/a:xb=2 r/a:y=3");
}

PredicateTree Leaf(const std::string& family, ColumnPredicate::Value kind, const std::string& text,
                   QualifierMatch match = {}) {
  return PredicateTree(ColumnPredicate(family, std::move(match), kind, text));
}

TEST(EvaluatorTest, RowPredicates_DecideOnTheWholeRow) {
  Table table;
  table.Put("r1", "a:x", "one")
      .Put("r1", "v:y", "red")
      .Put("r2", "a:x", "two")
      .Put("r2", "v:y", "red")
      .Put("r3", "v:y", "blue");
  using Value = ColumnPredicate::Value;
  ScanSpec spec;
  spec.predicates = Leaf("a", Value::kExact, "two");
  EXPECT_EQ(table.Scan(spec), "r2/a:x=two r2/v:y=red");
  spec.predicates =
      PredicateTree(PredicateTree::Kind::kOr, {Leaf("a", Value::kPrefix, "o"), Leaf("v", Value::kRegex, "^b")});
  spec.columns = {ColumnSelector("v")};
  EXPECT_EQ(table.Scan(spec), "r1/v:y=red r3/v:y=blue");
  spec.predicates = PredicateTree(
      PredicateTree::Kind::kAnd,
      {Leaf("v", Value::kExact, "red"),
       PredicateTree(PredicateTree::Kind::kOr, {Leaf("a", Value::kExact, "two"), Leaf("a", Value::kExact, "three")})});
  EXPECT_EQ(table.Scan(spec), "r2/v:y=red");
  spec.predicates = Leaf("a", Value::kExists, "", {QualifierMatch::Kind::kExact, "x"});
  EXPECT_EQ(table.Scan(spec), "r1/v:y=red r2/v:y=red");
  spec.predicates = Leaf("c", Value::kExists, "");
  EXPECT_EQ(table.Scan(spec), "invalid argument: column predicate on the counter 'c'");
}

TEST(EvaluatorTest, RowsAmongPredicates_AreDecidedByTheKey) {
  Table table;
  table.Put("k1", "a:x", "red").Put("k2", "a:x", "blue").Put("m1", "v:y", "red");
  using Value = ColumnPredicate::Value;
  RowPredicate k2;
  k2.rows = RowInterval::Row("k2");
  RowPredicate m;
  m.regex = "^m";
  RowPredicate nothing;
  nothing.rows = RowInterval::Row("k0");
  const auto either = [](std::vector<PredicateTree> trees) {
    return PredicateTree(PredicateTree::Kind::kOr, std::move(trees));
  };
  ScanSpec spec;
  spec.predicates = either({PredicateTree(k2), Leaf("a", Value::kExact, "red")});
  EXPECT_EQ(table.Scan(spec), "k1/a:x=red k2/a:x=blue");
  spec.predicates = either({PredicateTree(m), PredicateTree(nothing)});
  EXPECT_EQ(table.Scan(spec), "m1/v:y=red");
  m.rows = RowInterval::Prefix("k");
  spec.predicates = PredicateTree(m);
  EXPECT_EQ(table.Scan(spec), "");
  spec.predicates = PredicateTree(PredicateTree::Kind::kAnd, {PredicateTree(k2), Leaf("a", Value::kExists, "")});
  EXPECT_EQ(table.Scan(spec), "k2/a:x=blue");
  spec.predicate_mode = PredicateMode::kPerCell;
  EXPECT_EQ(spec.Check().detail(), 30);
}

TEST(EvaluatorTest, CellPredicates_DecideOnEachCell) {
  Table table;
  table.Put("r1", "a:x", "one").Put("r1", "a:y", "two").Put("r1", "v:y", "one").Put("r1", "t:z", "one", 100 * kSecond);
  ScanSpec spec;
  spec.predicate_mode = PredicateMode::kPerCell;
  spec.predicates = PredicateTree(PredicateTree::Kind::kAnd, {Leaf("a", ColumnPredicate::Value::kExact, "one"),
                                                              Leaf("v", ColumnPredicate::Value::kExists, "")});
  EXPECT_EQ(table.Scan(spec), "r1/a:x=one r1/v:y=one");
}

TEST(EvaluatorTest, Regexes_SearchRowAndValueButNotCounters) {
  Table table;
  table.Put("apple", "a:x", "red").Put("pear", "a:x", "green").Count("apple", "c:n", "1");
  ScanSpec spec;
  spec.value_regex = "^r";
  EXPECT_EQ(table.Scan(spec), "apple/a:x=red apple/c:n=1");
  spec.row_regex = "^p";
  EXPECT_EQ(table.Scan(spec), "");
}

TEST(EvaluatorTest, Intervals_AsUnionOrEachInOrder) {
  Table table;
  for (const char* row : {"a", "b", "c", "d"}) table.Put(row, "a:x", row).Put(row, "a:y", row);
  ScanSpec spec;
  spec.row_intervals = {RowInterval::AtLeast("c"), RowInterval::Row("a"), RowInterval::Row("c")};
  spec.row_limit = 2;
  EXPECT_EQ(table.Scan(spec), "a/a:x=a a/a:y=a c/a:x=c c/a:y=c");
  spec.interval_mode = IntervalMode::kEachInOrder;
  spec.row_limit = 1;
  spec.cell_limit_per_family = 1;
  EXPECT_EQ(table.Scan(spec), "c/a:x=c a/a:x=a c/a:x=c");
  spec.scan_and_filter_rows = true;
  spec.row_limit = 0;
  EXPECT_EQ(table.Scan(spec), "a/a:x=a c/a:x=c d/a:x=d");
  ScanSpec cells;
  CellInterval& interval = cells.cell_intervals.emplace_back();
  interval.start = CellBound::AtColumn("a", "a", "x", false);
  interval.end = CellBound::AtFamily("b", "a", true);
  EXPECT_EQ(table.Scan(cells), "a/a:y=a b/a:x=b b/a:y=b");
  interval.end = CellBound::AtRow("b", false);
  EXPECT_EQ(table.Scan(cells), "a/a:y=a");
}

TEST(EvaluatorTest, LimitsAndOffsets_NestRowsAroundCells) {
  Table table;
  for (const char* row : {"a", "b", "c"})
    for (const char* column : {"a:1", "a:2", "v:1", "v:2"}) table.Put(row, column, "");
  ScanSpec spec;
  spec.row_offset = 1;
  spec.row_limit = 2;
  spec.cell_offset = 3;
  spec.cell_limit = 3;
  EXPECT_EQ(table.Scan(spec), "b/v:2= c/a:1= c/a:2=");
  spec.cell_limit_per_family = 1;
  EXPECT_EQ(table.Scan(spec), "c/v:1=");
  ScanSpec keys;
  keys.keys_only = true;
  keys.cell_limit = 1;
  EXPECT_EQ(Table().Put("r", "a:x", "value").Scan(keys), "r/a:x=");
}

TEST(EvaluatorTest, ReturnDeletes_ShowsMarkersAndWhatTheyHide) {
  Table table;
  table.Put("r", "a:x", "1")
      .Put("r", "v:y", "2")
      .Delete(KeyFlag::kDeleteRow, "r")
      .Delete(KeyFlag::kDeleteFamily, "r", "a");
  table.Delete(KeyFlag::kDeleteCell, "r", "a:x").Delete(KeyFlag::kDeleteVersion, "r", "v:y", 2);
  ScanSpec spec;
  spec.return_deletes = true;
  EXPECT_EQ(table.Scan(spec),
            "r/ DELETE ROW r/a: DELETE COLUMN FAMILY r/a:x DELETE CELL r/a:x=1 r/v:y DELETE CELL VERSION r/v:y=2");
  spec.columns = {ColumnSelector("v")};
  EXPECT_EQ(table.Scan(spec), "r/ DELETE ROW r/v:y DELETE CELL VERSION r/v:y=2");
}

TEST(EvaluatorTest, RandomHistories_DoNotDependOnTheOrderTheyAreGivenIn) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    tests::RandomCells cells(seed);
    const Schema schema = cells.NewSchema();
    std::vector<Cell> history;
    for (int64_t i = 1; i <= 60; ++i)
      history.push_back(tests::Written(cells.NewCell(schema, 1000 * kSecond), Revision{i}));
    const ScanSpec spec = cells.NewSpec(schema, 1000 * kSecond);
    const Result<std::vector<Cell>> first = Evaluate(schema, history, spec, Revision{50}, 1010 * kSecond);
    std::reverse(history.begin(), history.end());
    const Result<std::vector<Cell>> second = Evaluate(schema, history, spec, Revision{50}, 1010 * kSecond);
    ASSERT_TRUE(first.ok()) << first.status().ToString();
    ASSERT_EQ(*first, *second);
  }
}

}  // namespace
}  // namespace cellar::model
