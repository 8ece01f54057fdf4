#include "thrift/gateway/translate/scan_spec.h"

#include <gtest/gtest.h>

#include "model/error_codes.h"
#include "thrift/packed/error_codes.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {
namespace {

using Kind = model::QualifierMatch::Kind;
using Depth = model::CellBound::Depth;

api::RowInterval Rows(const std::string& start, const std::string& end) {
  api::RowInterval rows;
  rows.__set_start_row(start);
  rows.__set_end_row(end);
  return rows;
}

TEST(ColumnSelectorTest, EveryFormOfAColumn) {
  struct {
    const char* text;
    Kind kind;
    const char* qualifier;
  } const cases[] = {{"a", Kind::kAny, ""},          {"a:*", Kind::kAny, ""},          {"a:", Kind::kExact, ""},
                     {"a:q", Kind::kExact, "q"},     {"a:q:r", Kind::kExact, "q:r"},   {"a:^p", Kind::kPrefix, "p"},
                     {"a:/x$/", Kind::kRegex, "x$"}, {"a:\"^p\"", Kind::kExact, "^p"}, {"a:'*'", Kind::kExact, "*"},
                     {"a:/", Kind::kExact, "/"}};
  for (const auto& one : cases) {
    const auto selector = ToColumnSelector(one.text);
    ASSERT_TRUE(selector.ok()) << one.text;
    EXPECT_EQ(selector->family, "a") << one.text;
    EXPECT_EQ(selector->qualifier, model::QualifierMatch(one.kind, one.qualifier)) << one.text;
  }
  EXPECT_EQ(ToColumnSelector(":q").status().detail(), model::kBadScanSpec);
}

TEST(ScanSpecTest, Nothing_IsTheWholeTable_InTheAncestorsModes) {
  const auto spec = ToScanSpec(api::ScanSpec());
  ASSERT_TRUE(spec.ok());
  model::ScanSpec expected;
  expected.interval_mode = model::IntervalMode::kEachInOrder;
  expected.predicate_mode = model::PredicateMode::kPerCell;
  EXPECT_EQ(*spec, expected);
}

TEST(ScanSpecTest, RowIntervals_AreOpenWhereNoRowIs_AndAtTheAncestorsEndOfTheTable) {
  api::ScanSpec from;
  from.row_intervals = {Rows("b", "d"), Rows("b", "\xff\xff"), api::RowInterval()};
  from.row_intervals[0].__set_end_inclusive(false);
  from.row_intervals.emplace_back().__set_end_row_binary("z");
  from.row_intervals[2].__set_start_row_binary("m");
  const auto spec = ToScanSpec(from);
  ASSERT_TRUE(spec.ok()) << spec.status().ToString();
  EXPECT_EQ(spec->row_intervals[0].ToString(), "[\"b\", \"d\")");
  EXPECT_EQ(spec->row_intervals[1].ToString(), "[\"b\", +∞)");
  EXPECT_EQ(spec->row_intervals[2].ToString(), "[\"m\", +∞)");
  EXPECT_EQ(spec->row_intervals[3].ToString(), "(-∞, \"z\"]");
  from.row_intervals = {Rows("d", "b")};
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec) << "reversed";
}

TEST(ScanSpecTest, CellIntervals_GoAsDeepAsTheirColumns) {
  api::ScanSpec from;
  api::CellInterval& cells = from.cell_intervals.emplace_back();
  cells.__set_start_row("b");
  cells.__set_start_column("a");
  cells.__set_start_inclusive(false);
  cells.__set_end_row("c");
  cells.__set_end_column("a:q:r");
  from.cell_intervals.emplace_back().__set_start_row("x");
  const auto spec = ToScanSpec(from);
  ASSERT_TRUE(spec.ok()) << spec.status().ToString();
  EXPECT_EQ(spec->cell_intervals[0].start, model::CellBound::AtFamily("b", "a", false));
  EXPECT_EQ(spec->cell_intervals[0].end, model::CellBound::AtColumn("c", "a", "q:r", true));
  EXPECT_EQ(spec->cell_intervals[1].start, model::CellBound::AtRow("x", true));
  EXPECT_EQ(spec->cell_intervals[1].end.depth, Depth::kUnbounded);
  from.cell_intervals[1].__set_end_row("w");
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec) << "reversed";
  from.cell_intervals[1].__set_end_row("\xff\xff");
  EXPECT_EQ(ToScanSpec(from)->cell_intervals[1].end.depth, Depth::kUnbounded);
}

TEST(ScanSpecTest, ScanAndFilterRows_TakesIntervalsAsASet) {
  api::ScanSpec from;
  from.__set_scan_and_filter_rows(true);
  EXPECT_EQ(ToScanSpec(from)->interval_mode, model::IntervalMode::kUnion);
  EXPECT_TRUE(ToScanSpec(from)->scan_and_filter_rows);
}

TEST(ScanSpecTest, LimitsAndOffsets) {
  api::ScanSpec from;
  from.__set_versions(1);
  from.__set_row_limit(2);
  from.__set_cell_limit(4);
  from.__set_cell_limit_per_family(5);
  from.__set_row_offset(6);
  const auto spec = ToScanSpec(from);
  EXPECT_EQ(spec->max_versions, 1u);
  EXPECT_EQ(spec->row_limit, 2u);
  EXPECT_EQ(spec->cell_limit, 4u);
  EXPECT_EQ(spec->cell_limit_per_family, 5u);
  EXPECT_EQ(spec->row_offset, 6u);
  from.__set_cell_offset(1);
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec) << "both offsets";
  from.__set_row_offset(0);
  EXPECT_EQ(ToScanSpec(from)->row_limit, 0u) << "a cell offset takes the place of a row limit";
  using Set = void (api::ScanSpec::*)(int32_t);
  for (const Set set : {&api::ScanSpec::__set_versions, &api::ScanSpec::__set_row_limit,
                        &api::ScanSpec::__set_row_offset, &api::ScanSpec::__set_cell_limit,
                        &api::ScanSpec::__set_cell_offset, &api::ScanSpec::__set_cell_limit_per_family}) {
    api::ScanSpec negative;
    (negative.*set)(-1);
    EXPECT_EQ(ToScanSpec(negative).status().detail(), model::kBadScanSpec);
  }
}

TEST(ScanSpecTest, TimesBelowWhatIsStored_AreTheLeast) {
  api::ScanSpec from;
  from.__set_start_time(INT64_MIN);
  from.__set_end_time(5);
  EXPECT_EQ(ToScanSpec(from)->start_time, model::kMinTimestamp);
  EXPECT_EQ(ToScanSpec(from)->end_time, 5);
  from.__set_start_time(6);
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec);
}

TEST(ScanSpecTest, Predicates_AreJoinedWithOr_AndDecideOnCells) {
  using Operation = api::ColumnPredicateOperation;
  api::ScanSpec from;
  api::ColumnPredicate& first = from.column_predicates.emplace_back();
  first.__set_column_family("a");
  first.__set_value("v");
  first.operation = Operation::PREFIX_MATCH;
  EXPECT_EQ(ToScanSpec(from)->predicates.kind, model::PredicateTree::Kind::kLeaf);
  api::ColumnPredicate& second = from.column_predicates.emplace_back();
  second.__set_column_family("b");
  second.__set_column_qualifier_binary("q");
  second.operation = Operation::QUALIFIER_REGEX_MATCH;
  const auto spec = ToScanSpec(from);
  ASSERT_TRUE(spec.ok());
  const auto leaves = spec->predicates.Leaves();
  ASSERT_EQ(leaves.size(), 2u);
  EXPECT_EQ(spec->predicates.kind, model::PredicateTree::Kind::kOr);
  EXPECT_EQ(spec->predicate_mode, model::PredicateMode::kPerCell);
  EXPECT_EQ(*leaves[0],
            model::ColumnPredicate("a", model::QualifierMatch(), model::ColumnPredicate::Value::kPrefix, "v"));
  EXPECT_EQ(leaves[1]->qualifier, model::QualifierMatch(Kind::kRegex, "q"));
  EXPECT_EQ(leaves[1]->value, model::ColumnPredicate::Value::kExists);
}

TEST(ScanSpecTest, PredicatesThatSayNothing_OrTwoThings_AreRefused) {
  using Operation = api::ColumnPredicateOperation;
  for (const int32_t operation : {0, 8, static_cast<int32_t>(Operation::EXACT_MATCH | Operation::REGEX_MATCH),
                                  static_cast<int32_t>(Operation::QUALIFIER_MATCH)}) {
    api::ScanSpec from;
    from.column_predicates.emplace_back().__set_column_family("a");
    from.column_predicates[0].operation = operation;
    EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec) << operation;
  }
  api::ScanSpec nameless;
  nameless.column_predicates.emplace_back().operation = Operation::EXACT_MATCH;
  EXPECT_EQ(ToScanSpec(nameless).status().detail(), model::kBadScanSpec);
}

TEST(ScanSpecTest, ColumnsAsBytes_ComeBehindThoseAsText) {
  api::ScanSpec from;
  from.columns = {"a"};
  from.columns_binary = {"b:q"};
  const auto spec = ToScanSpec(from);
  ASSERT_EQ(spec->columns.size(), 2u);
  EXPECT_EQ(spec->columns[1].qualifier.text, "q");
  from.columns_binary = {":q"};
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec);
}

TEST(ScanSpecTest, WhatIsPassedOn_AndARegexThatIsNone) {
  api::ScanSpec from;
  from.__set_row_regexp("^r");
  from.__set_value_regexp("v$");
  from.__set_keys_only(true);
  from.__set_return_deletes(true);
  from.__set_do_not_cache(true);
  const auto spec = ToScanSpec(from);
  EXPECT_EQ(spec->row_regex, "^r");
  EXPECT_EQ(spec->value_regex, "v$");
  EXPECT_TRUE(spec->keys_only && spec->return_deletes && spec->no_cache);
  from.__set_row_regexp("(");
  EXPECT_EQ(ToScanSpec(from).status().detail(), model::kBadScanSpec);
}

TEST(ScanSpecTest, TheVersionOfPackedCells) {
  api::ScanSpec spec;
  EXPECT_EQ(CellsVersionOf(spec).value(), kPackedVersion1);
  spec.__set_cells_version(2);
  EXPECT_EQ(CellsVersionOf(spec).value(), kPackedVersion2);
  spec.__set_cells_version(3);
  EXPECT_EQ(CellsVersionOf(spec).status().detail(), kInvalidArgument);
}

}  // namespace
}  // namespace cellar::thrift
