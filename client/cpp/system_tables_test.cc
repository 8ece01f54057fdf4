#include "client/cpp/system_tables.h"

#include <gtest/gtest.h>

#include "model/system_schemas.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using model::RangeRecord;
using protocol::Expectation;
using protocol::MutateRowRequest;
using protocol::MutateRowResponse;

class SystemTablesTest : public testing::Test {
 protected:
  SystemTablesTest() {
    world_.Place("", "m", "rs1");
    world_.Place("m", "", "rs2");
    RangeRecord catalog;
    catalog.range = model::RangeKey(model::kCatalogTable, std::nullopt, std::nullopt);
    catalog.location = model::Location("rs1");
    catalog.epoch = Epoch({1, 1});
    catalog.state = model::RangeState::kServing;
    world_.ranges.insert(world_.ranges.begin(), catalog);
  }

  SystemTables Tables(uint32_t master_term = 0) {
    UpdateSeams seams = world_.updates();
    seams.master_term = master_term;
    return SystemTables(seams, world_.scans());
  }
  static RangeRecord NewRange() {
    RangeRecord record;
    record.range = model::RangeKey(ClientWorld::kTable, std::nullopt, "a");
    record.location = model::Location("rs1");
    record.epoch = Epoch({3, 17});
    return record;
  }
  static std::vector<model::Cell> StateCell() {
    std::vector<model::Cell> cells;
    cells.emplace_back("ignored", model::metadata_family::kState, "", model::KeyFlag::kInsert,
                       model::kAutomaticTimestamp, model::Revision(), "serving");
    return cells;
  }
  /// The next mutation answers that a condition failed, and what was there.
  void RefuseNext(const std::string& found) {
    world_.rs1.mutate_row.Then([found](const MutateRowRequest&, std::string* attachment) {
      attachment->clear();
      MutateRowResponse response;
      response.applied = false;
      response.current.emplace_back().__set_value(found);
      return Result<MutateRowResponse>(response);
    });
  }
  const MutateRowRequest& LastRequest() const { return world_.rs1.mutate_row.requests().back(); }
  Deadline Soon() { return world_.In(10 * kSecond); }

  ClientWorld world_;
};

TEST_F(SystemTablesTest, ReadRange_FindsTheRowOfItsEnd_OrNone) {
  SystemTables tables = Tables();
  const auto found = world_.Run(tables.ReadRange(ClientWorld::kTable, "m", Soon()));
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status().ToString();
  EXPECT_EQ((*found)->location.get(), "rs1");
  const auto none = world_.Run(tables.ReadRange(ClientWorld::kTable, "q", Soon()));
  ASSERT_TRUE(none.ok()) << none.status().ToString();
  EXPECT_FALSE(none->has_value());
}

TEST_F(SystemTablesTest, CreateRange_AsksThatThereIsNone) {
  SystemTables tables = Tables();
  ASSERT_TRUE(world_.Run(tables.CreateRange(NewRange(), Soon())).ok());
  ASSERT_EQ(LastRequest().conditions.size(), 1u);
  EXPECT_EQ(LastRequest().conditions[0].family, model::metadata_family::kEpoch.get());
  EXPECT_EQ(LastRequest().conditions[0].expectation, Expectation::ABSENT);
  RefuseNext("1.1");
  const Status again = world_.Run(tables.CreateRange(NewRange(), Soon()));
  EXPECT_TRUE(again.Is(StatusCode::kAlreadyExists)) << again.ToString();
}

TEST_F(SystemTablesTest, UpdateRange_NamesTheEpoch_AndTheManifestWhenAsked) {
  SystemTables tables = Tables();
  const model::RangeKey range = NewRange().range;
  const Epoch epoch({2, 5});
  ASSERT_TRUE(world_.Run(tables.UpdateRange(range, epoch, std::nullopt, StateCell(), Soon())).ok());
  ASSERT_EQ(LastRequest().conditions.size(), 1u) << "any manifest will do";
  EXPECT_EQ(LastRequest().conditions[0].expectation, Expectation::EQUALS);
  EXPECT_EQ(LastRequest().conditions[0].value, "2.5");

  ASSERT_TRUE(world_.Run(tables.UpdateRange(range, epoch, "", StateCell(), Soon())).ok());
  ASSERT_EQ(LastRequest().conditions.size(), 2u);
  EXPECT_EQ(LastRequest().conditions[1].family, model::metadata_family::kManifest.get());
  EXPECT_EQ(LastRequest().conditions[1].expectation, Expectation::ABSENT) << "empty: the range has none yet";

  ASSERT_TRUE(world_.Run(tables.UpdateRange(range, epoch, "bytes", StateCell(), Soon())).ok());
  EXPECT_EQ(LastRequest().conditions[1].expectation, Expectation::EQUALS);
  EXPECT_EQ(LastRequest().conditions[1].value, "bytes");
}

TEST_F(SystemTablesTest, UpdateRange_WritesToTheRangesRow_WhateverItsCellsSay) {
  SystemTables tables = Tables();
  ASSERT_TRUE(world_.Run(tables.UpdateRange(NewRange().range, Epoch({1, 1}), std::nullopt, StateCell(), Soon())).ok());
  const auto frame = model::ParseFrame(world_.rs1.mutate_row.attachments().back(),
                                       model::CellLimits::For(model::kMetadataTable), model::KeyCodec());
  ASSERT_TRUE(frame.ok()) << frame.status().ToString();
  ASSERT_EQ(frame->rows.size(), 1u);
  std::string row;
  model::AppendUnescaped(frame->rows[0].escaped_row, &row);
  EXPECT_EQ(row, model::MetadataRowName(ClientWorld::kTable, "a"));
}

TEST_F(SystemTablesTest, ARowThatIsNotAsExpected_IsAConflict_ThatSaysWhatIsThere) {
  SystemTables tables = Tables();
  RefuseNext("9.9");
  const Status status =
      world_.Run(tables.UpdateRange(NewRange().range, Epoch({1, 1}), std::nullopt, StateCell(), Soon()));
  EXPECT_TRUE(status.Is(StatusCode::kConflict));
  EXPECT_NE(status.ToString().find("9.9"), std::string::npos) << status.ToString();
}

TEST_F(SystemTablesTest, AMastersTerm_GoesWithItsMutations_AndWithNobodyElses) {
  SystemTables of_master = Tables(12);
  ASSERT_TRUE(world_.Run(of_master.CreateRange(NewRange(), Soon())).ok());
  EXPECT_EQ(LastRequest().master_term, 12);
  SystemTables of_server = Tables();
  ASSERT_TRUE(world_.Run(of_server.CreateRange(NewRange(), Soon())).ok());
  EXPECT_FALSE(LastRequest().__isset.master_term);
}

TEST_F(SystemTablesTest, AFencedMaster_IsToldSo_AtOnce) {
  SystemTables tables = Tables(1);
  world_.rs1.mutate_row.ThenFail(common::Fenced("a later master has asked before"));
  const Status status = world_.Run(tables.CreateRange(NewRange(), Soon()));
  EXPECT_TRUE(status.Is(StatusCode::kFenced)) << status.ToString();
  EXPECT_EQ(world_.rs1.mutate_row.requests().size(), 1u);
}

}  // namespace
}  // namespace cellar::client
