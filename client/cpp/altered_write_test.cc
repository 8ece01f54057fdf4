#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/cpp/mutate_row.h"
#include "client/cpp/mutator_flow.h"
#include "model/error_codes.h"
#include "model/schema_alteration.h"
#include "protocol/part_status.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using model::Cell;
using model::FamilyId;
using model::KeyFlag;
using protocol::MutateRowRequest;
using protocol::MutateRowResponse;
using protocol::UpdateFrame;
using protocol::UpdateRequest;
using protocol::UpdateResponse;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr FamilyId kF{1};
constexpr FamilyId kG{2};

/// rs1 as a range server is with what clients send: it refuses schemas older than its own and stalls their sessions,
/// refuses families that it has not, and applies a row once for each number.
class Server {
 public:
  explicit Server(ClientWorld& world) : world_(world), schema_(world.schema) {
    world_.rs1.update.SetUsual([this](const UpdateRequest& request, std::string* bytes) {
      UpdateResponse response;
      for (const UpdateFrame& frame : request.frames) response.outcomes.push_back(Take(frame, *bytes));
      bytes->clear();
      return Result<UpdateResponse>(response);
    });
  }

  /// What the master tells it of an ALTER.
  void HearOfSchema() { schema_ = world_.altered; }

  /// "row family:qualifier=value" of each cell, in the order in which they were applied.
  const std::vector<std::string>& applied() const { return applied_; }

 private:
  protocol::FrameOutcome Take(const UpdateFrame& frame, const std::string& bytes) {
    protocol::FrameOutcome outcome;
    const std::string cells =
        bytes.substr(static_cast<size_t>(frame.attachment_offset), static_cast<size_t>(frame.attachment_length));
    const auto view = model::ParseFrame(cells, model::CellLimits::For(ClientWorld::kTable), schema_->key_codec());
    if (frame.resumes) stalled_ = false;
    Status refusal = stalled_ ? common::Busy("an earlier frame was refused") : Status();
    if (refusal.ok() && frame.schema_generation < schema_->generation().get()) refusal = common::StaleSchema("altered");
    if (!refusal.ok()) stalled_ = true;
    for (size_t i = 0; i < view->rows.size(); ++i) {
      const Status status = refusal.ok() ? Apply(frame, view->cells_of(view->rows[i])) : refusal;
      if (status.ok()) continue;
      protocol::RefusedRows& refused = outcome.refused.emplace_back();
      refused.first_row = static_cast<int32_t>(i);
      refused.row_count = 1;
      refused.status = protocol::ToPartStatus(status);
    }
    return outcome;
  }

  Status Apply(const UpdateFrame& frame, std::string_view cells) {
    model::CellReader reader(cells);
    model::EncodedCell cell;
    std::vector<std::string> texts;
    std::string row;
    while (reader.Next(&cell)) {
      const model::EncodedKeyParts key = model::SplitKeyPrefix(cell.key_prefix);
      row = std::string(key.row);
      if (!schema_->is_live(key.family)) return common::InvalidArgument("no such family");
      texts.push_back(row + " " + schema_->FindFamily(key.family)->name + ":" + std::string(key.qualifier) + "=" +
                      std::string(cell.value));
    }
    if (!window_.insert(std::to_string(frame.session) + " " + std::to_string(frame.sequence) + " " + row).second)
      return common::OkStatus();
    applied_.insert(applied_.end(), texts.begin(), texts.end());
    return common::OkStatus();
  }

  ClientWorld& world_;
  std::shared_ptr<const model::Schema> schema_;
  bool stalled_ = false;
  std::set<std::string> window_;
  std::vector<std::string> applied_;
};

class AlteredWriteTest : public testing::Test {
 protected:
  AlteredWriteTest() {
    world_.Place("", "", "rs1");
    world_.Alter({AddOf("g")});
    world_.schema = world_.altered;
    server_.emplace(world_);
  }

  static model::AddToSchema AddOf(const std::string& family) {
    model::AddToSchema add;
    add.families.emplace_back().name = family;
    return add;
  }
  /// By another client; the range server knows, this client does not.
  void Alter(const model::SchemaAlteration& alteration) {
    world_.Alter({alteration});
    server_->HearOfSchema();
  }
  static Cell Put(const std::string& row, FamilyId family, const std::string& value,
                  const std::string& qualifier = "") {
    return Cell(row, family, qualifier, KeyFlag::kInsert, model::kAutomaticTimestamp, model::Revision(), value);
  }
  UpdateReport Send(const std::vector<Cell>& cells) {
    FrameUpdate update(world_.updates(), world_.FrameOf(cells), world_.In(10 * kSecond));
    if (!world_.Run(update.FirstTry())) world_.world.Run(world_.node, update.Finish());
    return update.TakeReport();
  }
  int64_t SequenceOf(size_t call) const { return world_.rs1.update.requests().at(call).frames.at(0).sequence; }

  ClientWorld world_;
  std::optional<Server> server_;
};

TEST_F(AlteredWriteTest, AFrameOfTheOldSchema_IsSentAgainByTheNewOne) {
  Alter(AddOf("h"));
  EXPECT_TRUE(Send({Put("a", kF, "1"), Put("b", kG, "2")}).status.ok());
  EXPECT_THAT(server_->applied(), ElementsAre("a f:=1", "b g:=2"));
  EXPECT_EQ(world_.rs1.update.requests().size(), 2u);
  EXPECT_NE(SequenceOf(1), SequenceOf(0)) << "it was refused: a number of its own";
}

TEST_F(AlteredWriteTest, TheNextFrames_GoOutByTheNewSchema_WithoutAskingAgain) {
  Alter(AddOf("h"));
  EXPECT_TRUE(Send({Put("a", kF, "1")}).status.ok());
  EXPECT_TRUE(Send({Put("b", kF, "2")}).status.ok());
  EXPECT_EQ(world_.rs1.update.requests().size(), 3u);
  EXPECT_EQ(world_.catalog_scan_count, 1);
}

TEST_F(AlteredWriteTest, CellsOfADroppedFamily_FailOneByOne_TheOthersAreWritten) {
  Alter(model::DropFamilies{{"g"}});
  const UpdateReport report =
      Send({Put("a", kF, "1"), Put("a", kG, "2", "x"), Put("b", kG, "3", "y"), Put("c", kF, "4")});
  EXPECT_THAT(server_->applied(), ElementsAre("a f:=1", "c f:=4"));
  EXPECT_TRUE(report.status.Is(StatusCode::kInvalidArgument)) << report.status.ToString();
  EXPECT_EQ(report.status.detail(), model::kBadKey);
  ASSERT_EQ(report.failed.size(), 2u);
  EXPECT_EQ(report.failed[0].row, "a");
  EXPECT_THAT(report.failed[0].status.ToString(), HasSubstr("g:x"));
  EXPECT_EQ(report.failed[1].row, "b");
  EXPECT_THAT(report.failed[1].status.ToString(), HasSubstr("g:y"));
  EXPECT_EQ(report.failed_count, 2u);
}

TEST_F(AlteredWriteTest, AFrameOfNothingButDroppedFamilies_FailsWhole_AndIsNotSentAgain) {
  Alter(model::DropFamilies{{"g"}});
  EXPECT_EQ(Send({Put("a", kG, "1"), Put("b", kG, "2")}).failed_count, 2u);
  EXPECT_EQ(Send({Put("c", kG, "3")}).failed_count, 1u);
  EXPECT_EQ(world_.rs1.update.requests().size(), 1u) << "the second one was known to be in vain";
}

TEST_F(AlteredWriteTest, AFamilyThatWasDroppedAndMadeAgain_IsAnotherOne) {
  Alter(model::DropFamilies{{"g"}});
  Alter(AddOf("g"));
  const UpdateReport report = Send({Put("a", kG, "1"), Put("b", kF, "2")});
  EXPECT_EQ(report.failed_count, 1u);
  EXPECT_THAT(server_->applied(), ElementsAre("b f:=2"));
}

TEST_F(AlteredWriteTest, ARenamedFamily_IsTheSame) {
  Alter(model::RenameFamily{"g", "renamed"});
  EXPECT_TRUE(Send({Put("a", kG, "1")}).status.ok());
  EXPECT_THAT(server_->applied(), ElementsAre("a renamed:=1"));
}

TEST_F(AlteredWriteTest, AnUnknownOutcomeBeforeTheAlter_IsAppliedOnce) {
  world_.rs1.update.Then([this](const UpdateRequest&, std::string*) {
    Alter(AddOf("h"));
    return Result<UpdateResponse>(common::TimedOut("no answer"));
  });
  EXPECT_TRUE(Send({Put("a", kF, "1")}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 3u);
  EXPECT_EQ(SequenceOf(1), SequenceOf(0)) << "refused as old";
  EXPECT_EQ(SequenceOf(2), SequenceOf(0)) << "and by the new schema";
  EXPECT_THAT(server_->applied(), ElementsAre("a f:=1"));
}

TEST_F(AlteredWriteTest, AppliedWithoutAnAnswer_ThenAltered_IsNotAppliedTwice_AndTheDroppedCellIsUnknown) {
  bool answers = false;
  world_.rs1.update.SetUsual(
      [this, &answers, usual = world_.rs1.update.usual()](const UpdateRequest& request, std::string* bytes) {
        auto response = usual(request, bytes);
        if (std::exchange(answers, true)) return response;
        Alter(model::DropFamilies{{"g"}});
        return Result<UpdateResponse>(common::TimedOut("no answer"));
      });
  const UpdateReport report = Send({Put("a", kF, "1"), Put("a", kG, "2", "x"), Put("b", kF, "3")});
  EXPECT_THAT(server_->applied(), ElementsAre("a f:=1", "a g:x=2", "b f:=3"));
  ASSERT_EQ(report.failed.size(), 1u);
  EXPECT_TRUE(report.failed[0].status.Is(StatusCode::kTimedOut)) << "it was written, and went with its family";
  EXPECT_THAT(report.failed[0].status.ToString(), HasSubstr("g:x"));
}

TEST_F(AlteredWriteTest, WhatWasSettled_IsNotReported_WhenItsFamilyIsDroppedLater) {
  world_.rs1.update.SetUsual(
      [this, usual = world_.rs1.update.usual()](const UpdateRequest& request, std::string* bytes) {
        if (world_.rs1.update.requests().size() > 1) return usual(request, bytes);
        UpdateResponse response;  // the first row was written, the second one not
        protocol::RefusedRows& refused = response.outcomes.emplace_back().refused.emplace_back();
        refused.first_row = 1;
        refused.row_count = 1;
        refused.status = protocol::ToPartStatus(common::Busy("full"));
        Alter(model::DropFamilies{{"g"}});
        bytes->clear();
        return Result<UpdateResponse>(response);
      });
  const UpdateReport report = Send({Put("a", kG, "1"), Put("b", kG, "2"), Put("b", kF, "3")});
  EXPECT_THAT(server_->applied(), ElementsAre("b f:=3"));
  ASSERT_EQ(report.failed_count, 1u);
  EXPECT_EQ(report.failed[0].row, "b");
}

TEST_F(AlteredWriteTest, WhileTheCatalogIsAway_ItIsAskedAgain) {
  Alter(AddOf("h"));
  const auto all = world_.ranges;
  for (model::RangeRecord& record : world_.ranges) {
    if (record.range.table == model::kCatalogTable) record.location = model::Location("nobody");
  }
  world_.world.After(3 * kSecond, [this, all] { world_.ranges = all; });
  EXPECT_TRUE(Send({Put("a", kF, "1")}).status.ok());
  EXPECT_THAT(server_->applied(), ElementsAre("a f:=1"));
  EXPECT_GE(world_.world.now(), 3 * kSecond);
}

TEST_F(AlteredWriteTest, ATableThatIsGone_Fails) {
  Alter(AddOf("h"));
  world_.DropTable();
  const UpdateReport report = Send({Put("a", kF, "1")});
  EXPECT_TRUE(report.status.Is(StatusCode::kNotFound)) << report.status.ToString();
  EXPECT_EQ(report.failed_count, 1u);
}

TEST_F(AlteredWriteTest, WithoutSchemas_AnOldSchemaIsAnError) {
  Alter(AddOf("h"));
  UpdateSeams seams = world_.updates();
  seams.schemas = nullptr;
  FrameUpdate update(seams, world_.FrameOf({Put("a", kF, "1")}), world_.In(kSecond));
  EXPECT_TRUE(world_.Run(update.FirstTry()));
  EXPECT_TRUE(update.report().status.Is(StatusCode::kStaleSchema));
}

// ---- Many frames

TEST_F(AlteredWriteTest, FramesUnderWay_AreSentAgainInOrder_TheLaterWriteWins) {
  ClientCore core(world_.node, world_.client, world_.directory, world_.random);
  MutatorFlow flow(core, 1 << 20);
  TaskGroup submits(world_.node);
  for (int i = 0; i < 20; ++i) {
    if (i == 10) world_.world.After(kMillisecond, [this] { Alter(AddOf("h")); });
    world_.node.Post([this, &flow, &submits, i] {
      submits.Spawn(flow.Submit(world_.FrameOf({Put("row", kF, std::to_string(i))}), world_.In(10 * kSecond)));
    });
    if (i == 5) world_.world.RunFor(2 * kMillisecond);
  }
  world_.world.Run(world_.node, submits.Join());
  world_.world.Run(world_.node, flow.Drain());
  EXPECT_TRUE(flow.first_error().ok()) << flow.first_error().ToString();
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) expected.push_back("row f:=" + std::to_string(i));
  EXPECT_EQ(server_->applied(), expected);
}

// ---- Row mutations

class AlteredRowMutationTest : public AlteredWriteTest {
 protected:
  Result<RowMutationOutcome> Mutate(std::vector<RowCondition> conditions, std::vector<Cell> cells) {
    return world_.Run(MutateRow(world_.updates(), ClientWorld::kTable, world_.schema, std::move(conditions),
                                std::move(cells), world_.In(10 * kSecond)));
  }
  const std::vector<MutateRowRequest>& requests() const { return world_.rs1.mutate_row.requests(); }
};

TEST_F(AlteredRowMutationTest, IsSentAgainByTheNewSchema_UnderANewNumber) {
  Alter(AddOf("h"));
  world_.rs1.mutate_row.ThenFail(common::StaleSchema("altered"));
  const auto outcome = Mutate({}, {Put("a", kF, "1")});
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_TRUE(outcome->applied);
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_EQ(requests()[1].frame.schema_generation, world_.altered->generation().get());
  EXPECT_NE(requests()[1].frame.sequence, requests()[0].frame.sequence);
}

TEST_F(AlteredRowMutationTest, OfADroppedFamily_FailsWhole) {
  Alter(model::DropFamilies{{"g"}});
  world_.rs1.mutate_row.ThenFail(common::StaleSchema("altered"));
  EXPECT_EQ(Mutate({}, {Put("a", kF, "1"), Put("a", kG, "2")}).status().detail(), model::kBadKey);
  world_.rs1.mutate_row.ThenFail(common::StaleSchema("altered"));
  const RowCondition absent(kG, "x", RowCondition::Expectation::kAbsent);
  const Status failure = Mutate({absent}, {Put("a", kF, "1")}).status();
  EXPECT_TRUE(failure.Is(StatusCode::kInvalidArgument)) << failure.ToString();
  EXPECT_THAT(failure.ToString(), HasSubstr("g:x"));
  EXPECT_EQ(requests().size(), 2u);
}

TEST_F(AlteredRowMutationTest, WhoseOutcomeIsUnknown_KeepsItsNumber_AndAsksTheServerThatMayKnowIt) {
  world_.rs1.mutate_row.ThenFail(common::TimedOut("no answer"));
  world_.rs1.mutate_row.ThenFail(common::StaleSchema("altered"));
  Alter(model::DropFamilies{{"g"}});
  const auto outcome = Mutate({}, {Put("a", kG, "1")});
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  ASSERT_EQ(requests().size(), 3u);
  EXPECT_EQ(requests()[2].frame.sequence, requests()[0].frame.sequence);
  EXPECT_TRUE(requests()[2].is_retry);
}

}  // namespace
}  // namespace cellar::client
