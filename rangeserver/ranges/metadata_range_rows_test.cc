#include "rangeserver/ranges/metadata_range_rows.h"

#include <gtest/gtest.h>

#include <set>

#include "model/system_schemas.h"
#include "tests/support/client_world.h"

namespace cellar::rangeserver {
namespace {

using client::ClientWorld;
using model::RangeRecord;
namespace family = model::metadata_family;

class MetadataRangeRowsTest : public testing::Test {
 protected:
  MetadataRangeRowsTest() {
    world_.Place("", "", "rs1");
    known_.range = model::RangeKey(ClientWorld::kTable, std::nullopt, std::nullopt);
    known_.location = model::Location("rs1");
    known_.incarnation = Incarnation({1, 3});
    known_.epoch = Epoch({2, 5});
    known_.state = model::RangeState::kGranted;
    known_.log_refs.push_back(model::LogRef{model::Location("rs2"), Incarnation({1, 1})});
  }

  Status Write(const RangeRecord& changed) { return world_.Run(rows_.Write(known_, changed, world_.In(10 * kSecond))); }
  size_t write_count() const { return world_.rs1.mutate_row.requests().size(); }
  /// Families that the last write touches.
  std::set<int> Written() const {
    const auto frame = model::ParseFrame(world_.rs1.mutate_row.attachments().back(),
                                         model::CellLimits::For(model::kMetadataTable), model::KeyCodec());
    std::set<int> families;
    for (int id = 0; id <= model::kMaxFamilyId; ++id) {
      if (frame.value().families[static_cast<size_t>(id)]) families.insert(id);
    }
    return families;
  }

  ClientWorld world_;
  MetadataRangeRows rows_{client::SystemTables(world_.updates(), world_.scans())};
  RangeRecord known_;
};

TEST_F(MetadataRangeRowsTest, Write_TouchesOnlyTheColumnsThatChange) {
  RangeRecord serving = known_;
  serving.state = model::RangeState::kServing;
  ASSERT_TRUE(Write(serving).ok());
  EXPECT_EQ(Written(), (std::set<int>{family::kState.get()}));
  serving.manifest = "first";
  ASSERT_TRUE(Write(serving).ok());
  EXPECT_EQ(Written(), (std::set<int>{family::kState.get(), family::kManifest.get()}));
}

TEST_F(MetadataRangeRowsTest, Write_OfTheSame_AsksNobody) {
  EXPECT_TRUE(Write(known_).ok());
  EXPECT_EQ(write_count(), 0u);
}

TEST_F(MetadataRangeRowsTest, LogsThatAreNeededNoMore_AreDeleted) {
  RangeRecord flushed = known_;
  flushed.log_refs.clear();
  ASSERT_TRUE(Write(flushed).ok());
  EXPECT_EQ(Written(), (std::set<int>{family::kLogRefs.get()}));
}

TEST_F(MetadataRangeRowsTest, Write_NamesEpochAndManifestThatItKnew) {
  RangeRecord changed = known_;
  changed.manifest = "first";
  ASSERT_TRUE(Write(changed).ok());
  const auto& first = world_.rs1.mutate_row.requests().back().conditions;
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].value, "2.5");
  EXPECT_EQ(first[1].expectation, protocol::Expectation::ABSENT);
  known_ = changed;
  changed.manifest = "second";
  ASSERT_TRUE(Write(changed).ok());
  EXPECT_EQ(world_.rs1.mutate_row.requests().back().conditions.at(1).value, "first");
}

TEST_F(MetadataRangeRowsTest, ARowThatMovedOn_IsAConflict) {
  world_.rs1.mutate_row.Then([](const protocol::MutateRowRequest&, std::string* attachment) {
    attachment->clear();
    protocol::MutateRowResponse response;
    response.applied = false;
    return Result<protocol::MutateRowResponse>(response);
  });
  RangeRecord changed = known_;
  changed.state = model::RangeState::kServing;
  EXPECT_TRUE(Write(changed).Is(StatusCode::kConflict));
}

TEST_F(MetadataRangeRowsTest, Read_FindsTheRow_OrNone) {
  const auto found = world_.Run(rows_.Read(known_.range, world_.In(kSecond)));
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->location.get(), "rs1");
  const model::RangeKey other(ClientWorld::kTable, std::nullopt, "q");
  EXPECT_FALSE(world_.Run(rows_.Read(other, world_.In(kSecond))).value().has_value());
}

}  // namespace
}  // namespace cellar::rangeserver
