#include "client/cpp/index_writes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "client/cpp/mutate_row.h"
#include "client/cpp/mutator_flow.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using Names = std::vector<std::string>;

constexpr model::TableId kIndexTable{2, 6};
constexpr int64_t kBase = 5'000'000'000;  ///< Of what the index's server writes.

/// The table is on rs1, its value index on rs2.
class IndexWritesTest : public testing::Test {
 protected:
  IndexWritesTest() : core_(world_.node, world_.client, world_.directory, world_.random) {
    world_.Place("", "", "rs1");
    model::RangeRecord index;
    index.range = model::RangeKey(kIndexTable, std::nullopt, std::nullopt);
    index.location = model::Location("rs2");
    index.state = model::RangeState::kServing;
    world_.ranges.push_back(std::move(index));
    model::SchemaDefinition definition = world_.schema->definition();
    definition.families[0].value_index = true;
    definition.value_index_table = kIndexTable;
    schema_ = std::make_shared<const model::Schema>(model::Schema::FromDefinition(std::move(definition)).value());
    world_.rs1.update.SetUsual(
        [this](const protocol::UpdateRequest& request, std::string* cells) { return Note("cells", request, cells); });
    world_.rs2.update.SetUsual(
        [this](const protocol::UpdateRequest& request, std::string* cells) { return Note("entries", request, cells); });
  }

  Result<protocol::UpdateResponse> Note(const std::string& what, const protocol::UpdateRequest& request,
                                        std::string* cells) {
    for (const std::string& row : world_.RowsOf(request, *cells)) calls_.push_back(what + " " + row);
    cells->clear();
    protocol::UpdateResponse response;
    response.outcomes.resize(1);
    response.outcomes[0].__set_base_revision(kBase);
    return response;
  }

  TableFrame Frame(const Names& rows) {
    EntryFrames entries(schema_);
    for (const std::string& row : rows) {
      entries.Add(model::Cell(row, model::FamilyId{1}, "", model::KeyFlag::kInsert, model::kAutomaticTimestamp,
                              model::Revision(), "v")
                      .view());
      entries.Add(model::Cell(row, model::FamilyId{1}, "gone", model::KeyFlag::kDeleteCell, model::kAutomaticTimestamp,
                              model::Revision(), "")
                      .view());
    }
    TableFrame frame = world_.Frame(rows);
    frame.schema = schema_;
    frame.entries = entries.Build();
    return frame;
  }

  Status Send(const std::vector<Names>& frames) {
    MutatorFlow flow(core_, 1 << 20);
    for (const Names& rows : frames) {
      world_.node.Post([this, &flow, rows] { submits_.Spawn(flow.Submit(Frame(rows), world_.In(10 * kSecond))); });
    }
    world_.world.Run(world_.node, submits_.Join());
    world_.world.Run(world_.node, flow.Drain());
    first_error_ = flow.first_error();
    for (const FailedRow& failed : flow.TakeFailed()) failed_.push_back(failed.row);
    return first_error_;
  }

  /// One insert, which the server of the rows answers when it comes under the schema `expected`.
  Result<RowMutationOutcome> Mutate(model::SchemaGeneration expected, bool applied) {
    world_.rs1.mutate_row.Then(
        [this, expected, applied](const protocol::MutateRowRequest& request, std::string* cells) {
          calls_.push_back("mutation");
          EXPECT_EQ(request.frame.schema_generation, expected.get());
          EXPECT_LE(request.frame.expires_at, kBase + kEntryLife);
          cells->clear();
          protocol::MutateRowResponse response;
          response.applied = applied;
          return Result<protocol::MutateRowResponse>(std::move(response));
        });
    std::vector<model::Cell> cells(1, model::Cell("a", model::FamilyId{1}, "q", model::KeyFlag::kInsert,
                                                  model::kAutomaticTimestamp, model::Revision(), "v"));
    return world_.Run(
        MutateRow(core_.updates(), ClientWorld::kTable, schema_, {}, std::move(cells), world_.In(10 * kSecond)));
  }

  /// By another client: the table has the index, and rs1 knows; this client does not.
  void AddIndex() {
    model::SchemaDefinition definition = world_.schema->definition();
    definition.generation = model::SchemaGeneration{definition.generation.get() + 1};
    definition.families[0].value_index = true;
    definition.value_index_table = kIndexTable;
    world_.altered =
        std::make_shared<const model::Schema>(model::Schema::FromDefinition(std::move(definition)).value());
    schema_ = world_.schema;
  }

  ClientWorld world_;
  ClientCore core_;
  std::shared_ptr<const model::Schema> schema_;
  TaskGroup submits_{world_.node};
  Names calls_;
  Names failed_;
  Status first_error_;
};

TEST_F(IndexWritesTest, Entries_AreAcknowledgedBeforeTheirCellsAreSent) {
  ASSERT_TRUE(Send({{"a", "b"}}).ok());
  EXPECT_EQ(calls_, (Names{"entries 1,v\t\ta", "entries 1,v\t\tb", "cells a", "cells b"}));
}

TEST_F(IndexWritesTest, Entries_AreWrittenAgainUntilTheyAre) {
  world_.rs2.update.ThenFail(common::Busy("full"));
  world_.rs2.update.ThenFail(common::Unavailable("away"));
  ASSERT_TRUE(Send({{"a"}}).ok());
  EXPECT_EQ(calls_, (Names{"entries 1,v\t\ta", "cells a"}));
}

TEST_F(IndexWritesTest, FramesStayInOrder_AlsoWhenEntriesOfTheFirstTakeLonger) {
  world_.rs2.update.ThenFail(common::Busy("full"));
  ASSERT_TRUE(Send({{"a"}, {"b"}}).ok());
  EXPECT_EQ(calls_, (Names{"entries 1,v\t\tb", "entries 1,v\t\ta", "cells a", "cells b"}));
}

TEST_F(IndexWritesTest, WithoutTheirEntries_CellsAreNotSent) {
  world_.rs2.update.ThenFail(common::InvalidArgument("no"));
  MutatorFlow flow(core_, 1 << 20);
  world_.node.Post([this, &flow] { submits_.Spawn(flow.Submit(Frame({"a", "b"}), world_.In(10 * kSecond))); });
  world_.world.Run(world_.node, submits_.Join());
  world_.world.Run(world_.node, flow.Drain());
  EXPECT_TRUE(flow.first_error().Is(StatusCode::kUnavailable)) << flow.first_error().ToString();
  EXPECT_EQ(flow.TakeFailed().size(), 2u);
  EXPECT_EQ(calls_, Names());
  EXPECT_TRUE(world_.rs1.update.requests().empty());
}

TEST_F(IndexWritesTest, EntriesWhoseOutcomeIsUnknown_LeaveNoDoubtAboutTheCells) {
  for (int i = 0; i < 2000; ++i) world_.rs2.update.ThenFail(common::TimedOut("silence"));
  MutatorFlow flow(core_, 1 << 20);
  world_.node.Post([this, &flow] { submits_.Spawn(flow.Submit(Frame({"a"}), world_.In(10 * kSecond))); });
  world_.world.Run(world_.node, submits_.Join());
  world_.world.Run(world_.node, flow.Drain());
  EXPECT_TRUE(flow.first_error().Is(StatusCode::kUnavailable)) << flow.first_error().ToString();
  EXPECT_TRUE(world_.rs1.update.requests().empty());
}

TEST_F(IndexWritesTest, Cells_AreTakenNoLaterThanTheirEntriesLive) {
  ASSERT_TRUE(Send({{"a"}}).ok());
  EXPECT_LE(world_.rs1.update.requests().at(0).frames.at(0).expires_at, kBase + kEntryLife);
}

TEST_F(IndexWritesTest, Mutation_WritesEntriesOfItsInsertsFirst) {
  const auto outcome = Mutate(schema_->generation(), /*applied=*/false);
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_FALSE(outcome->applied);
  EXPECT_EQ(calls_, (Names{"entries 1,v\tq\ta", "mutation"}));
}

// ---- A table that was altered

TEST_F(IndexWritesTest, WhatAnOlderSchemaDidNotIndex_IsSentAgainBehindItsEntries) {
  AddIndex();
  for (int frame = 0; frame < 2; ++frame) world_.rs1.update.ThenFail(common::StaleSchema("altered"));
  ASSERT_TRUE(Send({{"a", "b"}, {"c"}}).ok()) << first_error_.ToString();
  EXPECT_EQ(world_.rs1.update.requests().back().frames.at(0).schema_generation, world_.altered->generation().get());
  for (const std::string row : {"a", "b", "c"}) {
    const auto entry = std::find(calls_.begin(), calls_.end(), "entries 1,v\t\t" + row);
    const auto cells = std::find(calls_.begin(), calls_.end(), "cells " + row);
    EXPECT_NE(cells, calls_.end()) << row;
    EXPECT_LT(entry - calls_.begin(), cells - calls_.begin()) << row;
  }
  EXPECT_LE(world_.rs1.update.requests().back().frames.at(0).expires_at, kBase + kEntryLife);
}

TEST_F(IndexWritesTest, AnIndexThatIsGone_IsAskedForInTheNewSchema) {
  model::SchemaDefinition definition = schema_->definition();
  definition.generation = model::SchemaGeneration{definition.generation.get() + 1};
  definition.families[0].value_index = false;
  definition.value_index_table.reset();
  world_.altered = std::make_shared<const model::Schema>(model::Schema::FromDefinition(std::move(definition)).value());
  std::erase_if(world_.ranges, [](const model::RangeRecord& record) { return record.range.table == kIndexTable; });
  ASSERT_TRUE(Send({{"a"}}).ok()) << first_error_.ToString();
  EXPECT_EQ(world_.rs1.update.requests().at(0).frames.at(0).schema_generation, world_.altered->generation().get());
  EXPECT_EQ(calls_, Names{"cells a"});
}

TEST_F(IndexWritesTest, Mutation_ThatIsSentAgainUnderANewSchema_WritesItsEntriesFirst) {
  AddIndex();
  world_.rs1.mutate_row.ThenFail(common::StaleSchema("altered"));
  const auto outcome = Mutate(world_.altered->generation(), /*applied=*/true);
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_EQ(calls_, (Names{"entries 1,v\tq\ta", "mutation"}));
}

TEST_F(IndexWritesTest, AMutatorThatIsCancelled_LeavesEntriesThatWait_AndSendsNoCells) {
  world_.network.faults().Block("rs2", "client");
  MutatorFlow flow(core_, 1 << 20);
  world_.world.Run(world_.node, flow.Submit(Frame({"a", "b"}), world_.In(60 * kSecond)));
  world_.node.Post([&] { flow.Cancel(world_.In(kSecond)); });
  world_.world.Run(world_.node, flow.Drain());
  EXPECT_TRUE(flow.first_error().Is(StatusCode::kCancelled));
  EXPECT_EQ(flow.acknowledged_cells(), 0u);
  EXPECT_TRUE(world_.rs1.update.requests().empty());
}

TEST_F(IndexWritesTest, AMutationThatNobodyWaitsFor_GoesWithItsEntries) {
  world_.network.faults().Block("rs2", "client");
  std::vector<model::Cell> cells(1, model::Cell("a", model::FamilyId{1}, "q", model::KeyFlag::kInsert,
                                                model::kAutomaticTimestamp, model::Revision(), "v"));
  world_.world.After(100 * kMillisecond, [this] { core_.calls().Cancel(); });
  const auto outcome = world_.Run(core_.calls().Await(
      MutateRow(core_.updates(), ClientWorld::kTable, schema_, {}, std::move(cells), world_.In(60 * kSecond))));
  EXPECT_TRUE(outcome.status().Is(StatusCode::kCancelled)) << outcome.status().ToString();
  world_.node.Post([this] { core_.calls().Stop(); });
  world_.world.Run(world_.node, submits_.Join());
  EXPECT_TRUE(world_.rs1.mutate_row.requests().empty());
}

}  // namespace
}  // namespace cellar::client
