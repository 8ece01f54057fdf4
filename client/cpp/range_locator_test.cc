#include "client/cpp/range_locator.h"

#include <gtest/gtest.h>

#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

class RangeLocatorTest : public testing::Test {
 protected:
  Result<RangeLocation> Locate(const std::string& row, model::TableId table = ClientWorld::kTable) {
    return world_.Run(world_.locator.Locate(table, row, world_.In(10 * kSecond)));
  }
  /// "location (bounds]", or the error's code.
  std::string Text(const std::string& row) {
    const auto location = Locate(row);
    if (!location.ok()) return std::string(common::StatusCodeName(location.status().code()));
    return location->location.get() + " " + location->range.ToString();
  }
  int scan_count() const { return world_.rs1.metadata_scan_count(); }

  ClientWorld world_;
};

TEST_F(RangeLocatorTest, FirstLookup_AsksRootAndMetadata_AndTheNextAsksNobody) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs2");
  EXPECT_EQ(Text("a"), "rs1 2/5(..\"m\"]");
  EXPECT_EQ(scan_count(), 2);
  EXPECT_EQ(Text("m"), "rs1 2/5(..\"m\"]");
  EXPECT_EQ(Text("n"), "rs2 2/5(\"m\"..]");
  EXPECT_EQ(scan_count(), 2);
}

TEST_F(RangeLocatorTest, ReadsAheadAFewRanges) {
  for (int i = 10; i < 40; ++i) {
    world_.Place(i == 10 ? "" : std::to_string(i), i == 39 ? "" : std::to_string(i + 1), "rs1");
  }
  EXPECT_EQ(Text("10"), "rs1 2/5(..\"11\"]");
  EXPECT_EQ(scan_count(), 2);
  EXPECT_EQ(Text("11x"), "rs1 2/5(\"11\"..\"12\"]");
  EXPECT_EQ(scan_count(), 2);
  EXPECT_EQ(Text("30"), "rs1 2/5(\"29\"..\"30\"]");
  EXPECT_EQ(scan_count(), 3);
}

TEST_F(RangeLocatorTest, Forget_LooksUpAgain_OnlyThatRange) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs1");
  EXPECT_TRUE(Locate("a").ok());
  world_.Place("m", "", "rs2");
  world_.locator.Forget(ClientWorld::kTable, "z");
  EXPECT_EQ(world_.directory.forget_count, 1);
  EXPECT_EQ(Text("z"), "rs2 2/5(\"m\"..]");
  EXPECT_EQ(scan_count(), 3);
  EXPECT_EQ(Text("a"), "rs1 2/5(..\"m\"]");
  EXPECT_EQ(scan_count(), 3);
}

TEST_F(RangeLocatorTest, Forget_WhenTheServerIsNotConnected_ForgetsAllItsRanges_AndNoOthers) {
  world_.Place("", "g", "rs2");
  world_.Place("g", "m", "rs2");
  world_.Place("m", "", "rs1");
  EXPECT_TRUE(Locate("a").ok());
  const size_t before = world_.locator.remembered_count();
  world_.locator.Forget(ClientWorld::kTable, "a");  // nobody has called rs2 yet
  EXPECT_EQ(world_.locator.remembered_count(), before - 2);
  EXPECT_EQ(Text("z"), "rs1 2/5(\"m\"..]");
  EXPECT_EQ(scan_count(), 2);
  EXPECT_EQ(Text("h"), "rs2 2/5(\"g\"..\"m\"]");
  EXPECT_EQ(scan_count(), 3);
}

TEST_F(RangeLocatorTest, ForgettingWhatIsNotRemembered_ChangesNothing) {
  world_.locator.Forget(ClientWorld::kTable, "z");
  EXPECT_EQ(world_.directory.forget_count, 0);
}

TEST_F(RangeLocatorTest, ANewerRange_DropsThoseThatItCovers) {
  world_.Place("", "g", "rs1");
  world_.Place("g", "m", "rs1");
  world_.Place("m", "", "rs1");
  EXPECT_TRUE(Locate("a").ok());
  const size_t before = world_.locator.remembered_count();
  world_.Place("", "m", "rs2");  // the first two, merged
  world_.locator.Forget(ClientWorld::kTable, "h");
  EXPECT_EQ(Text("h"), "rs2 2/5(..\"m\"]");
  EXPECT_EQ(Text("a"), "rs2 2/5(..\"m\"]");
  EXPECT_EQ(world_.locator.remembered_count(), before - 1);
}

TEST_F(RangeLocatorTest, ATableWithoutRanges_IsNotFound) {
  EXPECT_TRUE(Locate("a").status().Is(StatusCode::kNotFound));
}

TEST_F(RangeLocatorTest, ARangeThatIsGranted_IsItsOwnersToAnswerFor) {
  world_.Place("", "", "rs2");
  world_.ranges.back().state = model::RangeState::kGranted;
  EXPECT_EQ(Text("a"), "rs2 2/5(..]");
}

TEST_F(RangeLocatorTest, ARangeThatIsBeingDropped_IsUnavailable_AndNotRemembered) {
  world_.Place("", "", "rs2");
  world_.ranges.back().state = model::RangeState::kDropping;
  EXPECT_TRUE(Locate("a").status().Is(StatusCode::kUnavailable));
  world_.ranges.back().state = model::RangeState::kServing;
  EXPECT_EQ(Text("a"), "rs2 2/5(..]");
}

TEST_F(RangeLocatorTest, AServerWithoutAddress_IsUnavailable) {
  world_.Place("", "", "rs9");
  EXPECT_TRUE(Locate("a").status().Is(StatusCode::kUnavailable));
}

TEST_F(RangeLocatorTest, ARootOwnerWithoutAddress_IsNotRemembered) {
  world_.directory.addresses.erase("rs1");
  EXPECT_TRUE(Locate("a").status().Is(StatusCode::kUnavailable));
  EXPECT_EQ(world_.directory.forget_count, 1);
}

TEST_F(RangeLocatorTest, RowsOfMetadataItself_AreFoundByTheRootRange) {
  const auto root = Locate(model::MetadataRowName(model::kMetadataTable, "x"), model::kMetadataTable);
  ASSERT_TRUE(root.ok());
  EXPECT_EQ(root->range, model::RootRange());
  EXPECT_EQ(scan_count(), 0);
}

TEST_F(RangeLocatorTest, ForgetAll_ForgetsTheRootToo) {
  world_.Place("", "", "rs1");
  EXPECT_TRUE(Locate("a").ok());
  world_.locator.ForgetAll();
  EXPECT_EQ(world_.locator.remembered_count(), 0u);
  EXPECT_TRUE(Locate("a").ok());
  EXPECT_EQ(scan_count(), 4);
}

}  // namespace
}  // namespace cellar::client
