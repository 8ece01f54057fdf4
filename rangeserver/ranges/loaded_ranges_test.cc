#include "rangeserver/ranges/loaded_ranges.h"

#include <gtest/gtest.h>

namespace cellar::rangeserver {
namespace {

using Row = std::optional<std::string>;
constexpr model::TableId kTable{1, 1};

std::shared_ptr<LoadedRange> MakeRange(Row start, Row end, model::TableId table = kTable) {
  auto range = std::make_shared<LoadedRange>();
  range->record.range = model::RangeKey(table, std::move(start), std::move(end));
  return range;
}

TEST(LoadedRangesTest, Find_GivesTheRangeWhoseRowsHoldIt) {
  LoadedRanges ranges;
  const auto low = MakeRange({}, "g");
  const auto high = MakeRange("m", {});
  ASSERT_TRUE(ranges.Insert(high).ok());
  ASSERT_TRUE(ranges.Insert(low).ok());
  EXPECT_EQ(ranges.Find(kTable, "g"), low);
  EXPECT_EQ(ranges.Find(kTable, "h"), nullptr);
  EXPECT_EQ(ranges.Find(kTable, "m"), nullptr);
  EXPECT_EQ(ranges.Find(kTable, "z"), high);
  EXPECT_EQ(ranges.Find(model::TableId{1, 2}, "a"), nullptr);
}

TEST(LoadedRangesTest, Overlap_IsRefused) {
  LoadedRanges ranges;
  ASSERT_TRUE(ranges.Insert(MakeRange("g", "m")).ok());
  for (const auto& [start, end] : std::vector<std::pair<Row, Row>>{
           {{}, {}}, {"g", "m"}, {"a", "h"}, {"h", "k"}, {"l", "z"}, {{}, "h"}, {"a", {}}}) {
    EXPECT_TRUE(ranges.Insert(MakeRange(start, end)).Is(StatusCode::kConflict))
        << start.value_or("-") << end.value_or("-");
  }
  EXPECT_TRUE(ranges.Insert(MakeRange("m", {})).ok());
  EXPECT_TRUE(ranges.Insert(MakeRange({}, "g")).ok());
  EXPECT_TRUE(ranges.Insert(MakeRange({}, {}, model::TableId{1, 2})).ok());
  EXPECT_EQ(ranges.All().size(), 4u);
  EXPECT_EQ(ranges.OfTable(kTable).size(), 3u);
}

TEST(LoadedRangesTest, HearOf_FollowsTheLatestMaster_AndFencesThoseBefore) {
  LoadedRanges ranges;
  EXPECT_EQ(ranges.master_term(), 0u);
  EXPECT_TRUE(ranges.HearOf(3).ok());
  EXPECT_TRUE(ranges.HearOf(3).ok());
  EXPECT_TRUE(ranges.HearOf(2).Is(StatusCode::kFenced));
  EXPECT_EQ(ranges.master_term(), 3u);
  EXPECT_TRUE(ranges.HearOf(UINT32_MAX).ok());
  EXPECT_TRUE(ranges.HearOf(4).Is(StatusCode::kFenced));
}

TEST(LoadedRangesTest, Remove_ForgetsExactlyThatRange) {
  LoadedRanges ranges;
  const auto range = MakeRange({}, "g");
  ASSERT_TRUE(ranges.Insert(range).ok());
  EXPECT_EQ(ranges.FindExactly(range->record.range), range);
  EXPECT_EQ(ranges.FindExactly(model::RangeKey(kTable, "a", "g")), nullptr);
  ranges.Remove(range->record.range);
  EXPECT_EQ(ranges.Find(kTable, "a"), nullptr);
  EXPECT_TRUE(ranges.All().empty());
}

}  // namespace
}  // namespace cellar::rangeserver
