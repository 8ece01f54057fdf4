#include "model/range_tiling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cellar::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Bound = std::optional<std::string>;

constexpr TableId kTable{1, 7};

std::vector<RangeRecord> Ranges(const std::vector<std::pair<Bound, Bound>>& bounds) {
  std::vector<RangeRecord> records;
  for (const auto& [start, end] : bounds) records.emplace_back().range = RangeKey(kTable, start, end);
  return records;
}

std::vector<std::string> Problems(const std::vector<std::pair<Bound, Bound>>& bounds) {
  std::vector<std::string> texts;
  for (const TilingProblem& problem : FindTilingProblems(AllOfTable(kTable), Ranges(bounds))) {
    texts.push_back(std::to_string(problem.index) + ": " + problem.text);
  }
  return texts;
}

TEST(RangeTilingTest, WholeTable_HasNoProblem) {
  EXPECT_THAT(Problems({{{}, {}}}), IsEmpty());
  EXPECT_THAT(Problems({{{}, "f"}, {"f", "m"}, {"m", {}}}), IsEmpty());
}

TEST(RangeTilingTest, Hole_IsFoundWhereverItIs) {
  EXPECT_THAT(Problems({}), ElementsAre("0: no range holds the rows from the beginning to the end"));
  EXPECT_THAT(Problems({{"b", {}}}), ElementsAre("0: no range holds the rows from the beginning up to \"b\""));
  EXPECT_THAT(Problems({{{}, "f"}, {"g", {}}}), ElementsAre("1: no range holds the rows behind \"f\" up to \"g\""));
  EXPECT_THAT(Problems({{{}, "f"}}), ElementsAre("1: no range holds the rows behind \"f\" to the end"));
}

TEST(RangeTilingTest, Overlap_IsFoundWhereverItIs) {
  EXPECT_THAT(Problems({{{}, "f"}, {"e", {}}}), ElementsAre("1: two ranges hold the rows behind \"e\" up to \"f\""));
  EXPECT_THAT(Problems({{{}, "f"}, {{}, {}}}),
              ElementsAre("1: two ranges hold the rows from the beginning up to \"f\""));
}

TEST(RangeTilingTest, Metadata_BeginsBehindTheRootRange) {
  std::vector<RangeRecord> ranges(1);
  ranges[0].range = RangeKey(kMetadataTable, RootRange().end_row, std::nullopt);
  EXPECT_THAT(FindTilingProblems(AllOfTable(kMetadataTable), ranges), IsEmpty());
  ranges[0].range.start_row.reset();
  EXPECT_EQ(FindTilingProblems(AllOfTable(kMetadataTable), ranges).size(), 1u);
}

}  // namespace
}  // namespace cellar::model
