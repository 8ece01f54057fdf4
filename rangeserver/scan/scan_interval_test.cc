#include "rangeserver/scan/scan_interval.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/error_codes.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {
namespace {

using model::CellBound;
using model::RowInterval;

class ScanIntervalTest : public testing::Test {
 protected:
  ScanIntervalTest() {
    model::SchemaDefinition definition;
    for (const char* name : {"a", "b", "c"}) definition.families.emplace_back().name = name;
    schema_ = model::Schema::Create(std::move(definition)).value();
  }

  std::vector<ScanInterval> Of(model::ScanSpec spec) const { return IntervalsOf(spec, *schema_).value(); }
  /// Of the cells of rows r1 to r3, families a to c and qualifiers x and y: those within an interval, as "r1 a:x".
  std::vector<std::string> CellsIn(const ScanInterval& interval) const {
    std::vector<std::string> found;
    for (const std::string row : {"r1", "r2", "r3"}) {
      for (const std::string family : {"a", "b", "c"}) {
        for (const std::string qualifier : {"x", "y"}) {
          const std::string key = model::ColumnStart(row, schema_->FindFamily(family)->id, qualifier);
          const bool is_inside = interval.keys.Contains(key);
          if (is_inside) EXPECT_TRUE(interval.rows.Contains(row)) << row << " is read, its row is not";
          if (is_inside) found.push_back(row + " " + family + ":" + qualifier);
        }
      }
    }
    return found;
  }
  std::vector<std::string> CellsBetween(CellBound start, CellBound end) const {
    model::ScanSpec spec;
    model::CellInterval& cells = spec.cell_intervals.emplace_back();
    cells.start = std::move(start);
    cells.end = std::move(end);
    const std::vector<ScanInterval> intervals = Of(std::move(spec));
    return intervals.empty() ? std::vector<std::string>() : CellsIn(intervals.at(0));
  }

  std::optional<model::Schema> schema_;
};

using Cells = std::vector<std::string>;

TEST_F(ScanIntervalTest, NoInterval_IsEverything) {
  const std::vector<ScanInterval> all = Of({});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(CellsIn(all[0]).size(), 18u);
}

TEST_F(ScanIntervalTest, CellBounds_TakeInOrLeaveOut_AllThatBeginsWithThem) {
  EXPECT_EQ(CellsBetween(CellBound::AtColumn("r1", "b", "y", true), CellBound::AtColumn("r1", "c", "x", true)),
            (Cells{"r1 b:y", "r1 c:x"}));
  EXPECT_EQ(CellsBetween(CellBound::AtColumn("r1", "b", "y", false), CellBound::AtColumn("r1", "c", "x", false)),
            Cells());
  EXPECT_EQ(CellsBetween(CellBound::AtFamily("r1", "b", false), CellBound::AtFamily("r2", "a", true)),
            (Cells{"r1 c:x", "r1 c:y", "r2 a:x", "r2 a:y"}));
  EXPECT_EQ(CellsBetween(CellBound::AtRow("r2", false), CellBound()).size(), 6u);
  EXPECT_EQ(CellsBetween(CellBound(), CellBound::AtRow("r2", false)).size(), 6u);
  EXPECT_EQ(CellsBetween(CellBound::AtRow("r2", true), CellBound::AtRow("r2", true)).size(), 6u);
  EXPECT_EQ(CellsBetween(CellBound::AtRow("r3", true), CellBound::AtRow("r1", true)), Cells());
}

TEST_F(ScanIntervalTest, UnknownFamilyInABound_IsRefusedWithItsPublicCode) {
  model::ScanSpec spec;
  spec.cell_intervals.emplace_back().start = CellBound::AtFamily("r", "nope", true);
  const Status status = IntervalsOf(spec, *schema_).status();
  EXPECT_EQ(status.detail(), model::kUnknownFamilyOnRead);
  EXPECT_NE(status.ToString().find("nope"), std::string::npos);
}

TEST_F(ScanIntervalTest, Union_JoinsWhatOverlapsOrTouches_InOrder) {
  model::ScanSpec spec;
  spec.row_intervals = {RowInterval::Row("r3"), RowInterval::Range("r1", "r2"), RowInterval::Row("r1"),
                        RowInterval::AtLeast("r9").Intersect(RowInterval::AtMost("r8"))};
  spec.interval_mode = model::IntervalMode::kUnion;
  const std::vector<ScanInterval> joined = Of(spec);
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_EQ(CellsIn(joined[0]).size(), 12u);
  EXPECT_EQ(CellsIn(joined[1]).size(), 6u);
}

TEST_F(ScanIntervalTest, EachInOrder_KeepsPlacesOrderAndRepetition) {
  model::ScanSpec spec;
  spec.row_intervals = {RowInterval::Row("r3"), RowInterval::AtLeast("r9").Intersect(RowInterval::AtMost("r8")),
                        RowInterval::Row("r1"), RowInterval::Row("r3")};
  spec.interval_mode = model::IntervalMode::kEachInOrder;
  const std::vector<ScanInterval> each = Of(spec);
  ASSERT_EQ(each.size(), 4u);
  EXPECT_TRUE(each[1].empty()) << "it has a place all the same";
  EXPECT_EQ(CellsIn(each[0]), CellsIn(each[3]));
  spec.scan_and_filter_rows = true;
  EXPECT_EQ(Of(spec).size(), 2u) << "one pass over the rows";
}

TEST_F(ScanIntervalTest, Within_ClipsRowsAndKeys) {
  model::ScanSpec spec;
  model::CellInterval& cells = spec.cell_intervals.emplace_back();
  cells.start = CellBound::AtFamily("r1", "c", true);
  cells.end = CellBound::AtFamily("r3", "a", true);
  const ScanInterval interval = Of(spec).at(0);
  EXPECT_EQ(CellsIn(interval.Within(RowInterval::Range("r1", "r2"))).size(), 6u);
  EXPECT_EQ(CellsIn(interval.Within(RowInterval::Range("r2", std::nullopt))), (Cells{"r3 a:x", "r3 a:y"}));
  EXPECT_EQ(CellsIn(interval.Within(RowInterval::All())), CellsIn(interval));
  EXPECT_TRUE(interval.Within(RowInterval::Range("r3", std::nullopt)).empty());
}

}  // namespace
}  // namespace cellar::rangeserver
