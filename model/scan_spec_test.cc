#include "model/scan_spec.h"

#include <gtest/gtest.h>

#include "common/time/clock.h"
#include "model/regex.h"
#include "tests/support/random_cells.h"

namespace cellar::model {
namespace {

TEST(RowIntervalTest, Contains_HonoursBothEnds) {
  const RowInterval range = RowInterval::Range("a", "m");
  EXPECT_FALSE(range.Contains("a"));
  EXPECT_TRUE(range.Contains(std::string("a\0", 2)));
  EXPECT_TRUE(range.Contains("m"));
  EXPECT_FALSE(range.Contains("ma"));
  EXPECT_TRUE(RowInterval::All().Contains("\xFF\xFF\xFF"));
  EXPECT_TRUE(RowInterval::Range(std::nullopt, "m").Contains("a"));
  EXPECT_FALSE(RowInterval::AtLeast("b", false).Contains("b"));
  EXPECT_TRUE(RowInterval::Row("x").IsSingleRow());
  EXPECT_EQ(range.ToString(), "(\"a\", \"m\"]");
}

TEST(RowIntervalTest, Prefix_IsWhatStartsWithIt) {
  for (const std::string prefix : {"a", "a\xFF", "\xFF", "\xFF\xFF"})
    for (const std::string row : {"a", "a\xFF", "a\xFF\x01", "b", "\xFF", "\xFF\xFF", "\xFF\xFF\x01", "`"})
      EXPECT_EQ(RowInterval::Prefix(prefix).Contains(row), row.starts_with(prefix))
          << QuoteBytes(prefix) << QuoteBytes(row);
}

TEST(RowIntervalTest, RandomUnionsAndIntersections_AreExactAndDisjoint) {
  tests::RandomCells cells(1);
  const Schema schema = cells.NewSchema();
  for (int i = 0; i < 3000; ++i) {
    std::vector<RowInterval> a = cells.NewSpec(schema, 0).row_intervals;
    std::vector<RowInterval> b = cells.NewSpec(schema, 0).row_intervals;
    const std::vector<RowInterval> both = IntersectionOf(a, b);
    const std::vector<RowInterval> either = UnionOf(a);
    for (int j = 0; j < 10; ++j) {
      const std::string row = cells.NewRow();
      const auto inside = [&](const std::vector<RowInterval>& list) {
        return std::count_if(list.begin(), list.end(), [&](const RowInterval& r) { return r.Contains(row); });
      };
      ASSERT_EQ(inside(either), inside(a) > 0 ? 1 : 0);
      ASSERT_EQ(inside(both), inside(a) > 0 && inside(b) > 0 ? 1 : 0);
    }
  }
}

TEST(ScanSpecTest, RandomSpecs_RoundTripAndEveryCutIsRefused) {
  tests::RandomCells cells(5);
  const Schema schema = cells.NewSchema();
  for (int i = 0; i < 500; ++i) {
    const ScanSpec spec = cells.NewSpec(schema, 1000 * kSecond);
    const std::string bytes = spec.Encode();
    const Result<ScanSpec> decoded = ScanSpec::Decode(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
    ASSERT_EQ(*decoded, spec);
    for (size_t size = 1; size < bytes.size(); ++size)
      ASSERT_FALSE(ScanSpec::Decode(std::string_view(bytes).substr(0, size)).ok());
    ASSERT_FALSE(ScanSpec::Decode(bytes + "x").ok());
  }
}

TEST(ScanSpecTest, Decode_OfGarbage_NeverAllocatesMuch) {
  common::SeededRandom random(4);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(1, '\1');
    for (uint64_t j = 0; j < random.Uniform(40); ++j) bytes.push_back(static_cast<char>(random.Next()));
    const Result<ScanSpec> decoded = ScanSpec::Decode(bytes);
    if (!decoded.ok()) EXPECT_EQ(decoded.status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ScanSpec::Decode("\2").status().code(), StatusCode::kUnsupported);
}

TEST(ScanSpecTest, BadSpecs_AreError30) {
  const auto expect_bad = [](const ScanSpec& spec, const std::string& message) {
    EXPECT_EQ(spec.Check().detail(), 30);
    EXPECT_EQ(spec.Check().message(), message);
  };
  ScanSpec spec;
  EXPECT_TRUE(spec.Check().ok());
  spec.row_intervals = {RowInterval::Row("a")};
  spec.cell_intervals = {CellInterval()};
  expect_bad(spec, "scan spec: row and cell intervals together");
  spec = ScanSpec();
  spec.row_intervals = {RowInterval::AtLeast("b").Intersect(RowInterval::AtMost("a"))};
  EXPECT_TRUE(spec.Check().ok());  // A union with nothing in it.
  spec.interval_mode = IntervalMode::kEachInOrder;
  expect_bad(spec, "scan spec: row interval [\"b\", \"a\"] is reversed");
  spec.row_intervals = {RowInterval::AtLeast("a", false).Intersect(RowInterval::AtMost("a", false))};
  expect_bad(spec, "scan spec: row interval (\"a\", \"a\") is empty");
  spec = ScanSpec();
  spec.interval_mode = IntervalMode::kEachInOrder;
  spec.row_offset = spec.cell_offset = 1;
  expect_bad(spec, "scan spec: row offset and cell offset together");
  spec = ScanSpec();
  spec.start_time = 5;
  spec.end_time = 4;
  expect_bad(spec, "scan spec: start time is after end time");
  spec = ScanSpec();
  spec.row_regex = "(";
  expect_bad(spec, "regular expression \"(\": missing ): (");
  spec = ScanSpec();
  std::vector<PredicateTree> leaves(33, PredicateTree(ColumnPredicate("a", {}, ColumnPredicate::Value::kExists, "")));
  spec.predicates = PredicateTree(PredicateTree::Kind::kOr, leaves);
  expect_bad(spec, "scan spec: more than 32 column predicates");
  spec.predicates = PredicateTree(PredicateTree::Kind::kAnd, {});
  expect_bad(spec, "scan spec: AND or OR of nothing");
}

TEST(RegexTest, Searches_AndRefusesWhatIsTooLarge) {
  EXPECT_TRUE(Regex::Compile("b+")->Matches("abbc"));
  EXPECT_FALSE(Regex::Compile("^b")->Matches("abbc"));
  EXPECT_FALSE(Regex::Compile(std::string(kMaxRegexBytes + 1, 'a')).ok());
  EXPECT_FALSE(Regex::Compile("((((a{1000}){1000}){1000}){1000})").ok());
}

}  // namespace
}  // namespace cellar::model
