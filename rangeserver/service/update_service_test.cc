#include "rangeserver/service/update_service.h"

#include <gtest/gtest.h>

#include "protocol/message.h"
#include "protocol/part_status.h"
#include "protocol/values.h"
#include "tests/support/write_world.h"

namespace cellar::rangeserver {
namespace {

using protocol::UpdateRequest;
using protocol::UpdateResponse;

class UpdateServiceTest : public testing::Test {
 protected:
  UpdateServiceTest() {
    CHECK(world_.Start().ok());
    pipelines_.user = std::move(world_.life().pipeline);
    service_ = std::make_unique<UpdateService>(*world_.life().node, pipelines_);
  }
  ~UpdateServiceTest() override { CHECK(world_.scheduler().Run(*world_.life().node, pipelines_.user->Close()).ok()); }

  /// Appends a frame with one cell for each of the rows. Returns it, to be changed.
  protocol::UpdateFrame& Add(UpdateRequest* request, std::string* attachment, const std::vector<std::string>& rows,
                             const std::string& value = "v") {
    std::vector<model::Cell> cells;
    for (const std::string& row : rows) cells.push_back(world_.Cell(row, "a", "q", value));
    const WriteBatch batch = world_.Batch(cells);
    protocol::UpdateFrame& frame = request->frames.emplace_back();
    frame.table = protocol::ToMessage(batch.table);
    frame.schema_generation = batch.generation.get();
    frame.session = batch.session.get();
    frame.sequence = batch.sequence.get();
    frame.expires_at = batch.expires_at;
    frame.durability = protocol::Durability::SYNC;
    frame.attachment_offset = static_cast<int32_t>(attachment->size());
    frame.attachment_length = static_cast<int32_t>(batch.frame.size());
    attachment->append(batch.frame);
    return frame;
  }
  UpdateResponse Send(const UpdateRequest& request, const std::string& attachment) {
    rpc::Request raw(protocol::EncodeMessage(request), attachment);
    const auto response =
        world_.scheduler().Run(*world_.life().node, service_->Update(rpc::CallInfo(), std::move(raw)));
    EXPECT_TRUE(response.ok()) << response.status().ToString();
    return protocol::DecodeMessage<UpdateResponse>(response.value().message).value();
  }
  /// Sends one frame, changed by `change`; the status of its first refused rows, OK when there are none.
  Status SendOne(const std::function<void(protocol::UpdateFrame&)>& change = nullptr) {
    UpdateRequest request;
    std::string attachment;
    protocol::UpdateFrame& frame = Add(&request, &attachment, {"row"});
    if (change) change(frame);
    return FirstRefusal(Send(request, attachment).outcomes.at(0));
  }
  static Status FirstRefusal(const protocol::FrameOutcome& outcome) {
    return outcome.refused.empty() ? Status() : protocol::FromPartStatus(outcome.refused[0].status);
  }

  tests::WriteWorld world_{5};
  Pipelines pipelines_;
  std::unique_ptr<UpdateService> service_;
};

TEST_F(UpdateServiceTest, EachFrameOfACall_IsWritten_AndHasAnOutcome) {
  UpdateRequest request;
  std::string attachment;
  Add(&request, &attachment, {"a", "b"}, "first");
  Add(&request, &attachment, {"c"}, "second");
  const UpdateResponse response = Send(request, attachment);
  ASSERT_EQ(response.outcomes.size(), 2u);
  for (const auto& outcome : response.outcomes) {
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_TRUE(outcome.__isset.base_revision);
  }
  EXPECT_EQ(world_.Read("b", "a", "q"), "first");
  EXPECT_EQ(world_.Read("c", "a", "q"), "second");
}

TEST_F(UpdateServiceTest, TheSameFrameTwice_IsWrittenOnce_UnderTheSameRevision) {
  UpdateRequest request;
  std::string attachment;
  Add(&request, &attachment, {"row"});
  const UpdateResponse first = Send(request, attachment);
  const UpdateResponse again = Send(request, attachment);
  EXPECT_TRUE(again.outcomes[0].refused.empty());
  EXPECT_EQ(first.outcomes[0].base_revision, again.outcomes[0].base_revision);
  EXPECT_EQ(world_.ReadAll().size(), 1u);
}

TEST_F(UpdateServiceTest, AFrameThatIsRefused_IsSoAsAWhole_WithTheReason) {
  EXPECT_TRUE(SendOne([](auto& frame) { frame.table.number += 1; }).Is(StatusCode::kNotOwner));
  EXPECT_TRUE(SendOne([](auto& frame) {
                frame.schema_generation -= 1;
                frame.resumes = true;
              }).Is(StatusCode::kStaleSchema));
  EXPECT_TRUE(SendOne([](auto& frame) {
                frame.expires_at = 1;
                frame.resumes = true;
              }).Is(StatusCode::kTimedOut));
  EXPECT_TRUE(SendOne([](auto& frame) {
                frame.table = protocol::ToMessage(model::kMetadataTable);
                frame.resumes = true;
              }).Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(world_.ReadAll().empty());
}

TEST_F(UpdateServiceTest, FramesOutsideOfTheAttachment_AreInvalid_AndHarmNoOther) {
  for (const auto& [offset, length] : {std::pair(-1, 5), {0, -1}, {1 << 30, 1}, {10, INT32_MAX}}) {
    UpdateRequest request;
    std::string attachment;
    protocol::UpdateFrame& bad = Add(&request, &attachment, {"bad"});
    bad.attachment_offset = offset;
    bad.attachment_length = length;
    Add(&request, &attachment, {"good"});
    const UpdateResponse response = Send(request, attachment);
    EXPECT_TRUE(FirstRefusal(response.outcomes[0]).Is(StatusCode::kInvalidArgument)) << offset;
    EXPECT_TRUE(FirstRefusal(response.outcomes[1]).ok()) << offset;
  }
  EXPECT_EQ(world_.Read("bad", "a", "q"), std::nullopt);
}

TEST_F(UpdateServiceTest, BehindARefusal_NothingOfTheSessionPasses_UntilItSaysThatItHasHeard) {
  world_.life().loaded->state = LoadedRange::State::kLoading;
  EXPECT_TRUE(SendOne().Is(StatusCode::kUnavailable));
  world_.life().loaded->state = LoadedRange::State::kServing;
  EXPECT_TRUE(SendOne().Is(StatusCode::kBusy));
  EXPECT_TRUE(SendOne([](auto& frame) { frame.session += 1; }).ok());
  EXPECT_TRUE(SendOne([](auto& frame) { frame.resumes = true; }).ok());
  EXPECT_TRUE(SendOne().ok());
}

TEST_F(UpdateServiceTest, AStall_IsForgottenAfterALongTime) {
  world_.life().loaded->state = LoadedRange::State::kLoading;
  EXPECT_TRUE(SendOne().Is(StatusCode::kUnavailable));
  world_.life().loaded->state = LoadedRange::State::kServing;
  world_.scheduler().RunFor(601 * kSecond);
  EXPECT_TRUE(SendOne().ok());
}

TEST_F(UpdateServiceTest, TooManyFrames_AndGarbage_AreRefused) {
  UpdateRequest request;
  request.frames.resize(10'001);
  rpc::Request many(protocol::EncodeMessage(request));
  auto response = world_.scheduler().Run(*world_.life().node, service_->Update(rpc::CallInfo(), std::move(many)));
  EXPECT_TRUE(response.status().Is(StatusCode::kInvalidArgument));
  rpc::Request garbage("\x7fgarbage");
  response = world_.scheduler().Run(*world_.life().node, service_->Update(rpc::CallInfo(), std::move(garbage)));
  EXPECT_TRUE(response.status().Is(StatusCode::kInvalidArgument));
}

TEST_F(UpdateServiceTest, MutateRow_ChecksItsConditions_AndSaysWhatIsThere) {
  UpdateRequest update;
  protocol::MutateRowRequest request;
  std::string attachment;
  request.frame = Add(&update, &attachment, {"row"}, "mine");
  protocol::Condition absent;
  absent.family = world_.schema()->FindFamily("a")->id.get();
  absent.qualifier = "q";
  request.conditions.push_back(absent);
  const auto send = [&] {
    rpc::Request raw(protocol::EncodeMessage(request), attachment);
    return world_.scheduler().Run(*world_.life().node, service_->MutateRow(rpc::CallInfo(), std::move(raw)));
  };
  auto answer = protocol::DecodeMessage<protocol::MutateRowResponse>(send()->message);
  EXPECT_TRUE(answer->applied);
  EXPECT_TRUE(answer->__isset.revision);
  request.frame.sequence += 1;
  answer = protocol::DecodeMessage<protocol::MutateRowResponse>(send()->message);
  EXPECT_FALSE(answer->applied);
  ASSERT_EQ(answer->current.size(), 1u);
  EXPECT_EQ(answer->current[0].value, "mine");
}

TEST_F(UpdateServiceTest, MutateRow_OfAMasterIsFenced_OnceALaterOneWasHeardOf) {
  UpdateRequest update;
  protocol::MutateRowRequest request;
  std::string attachment;
  request.frame = Add(&update, &attachment, {"row"});
  const auto send = [&] {
    request.frame.sequence += 1;
    rpc::Request raw(protocol::EncodeMessage(request), attachment);
    return world_.scheduler().Run(*world_.life().node, service_->MutateRow(rpc::CallInfo(), std::move(raw))).status();
  };
  ASSERT_TRUE(world_.life().ranges.HearOf(5).ok());
  EXPECT_TRUE(send().ok()) << "no master's";
  request.__set_master_term(4);
  EXPECT_TRUE(send().Is(StatusCode::kFenced));
  request.__set_master_term(5);
  EXPECT_TRUE(send().ok());
}

TEST_F(UpdateServiceTest, MutateRow_RefusesFamiliesThatCannotBe_AndFramesWithoutARow) {
  UpdateRequest update;
  protocol::MutateRowRequest request;
  std::string attachment;
  request.frame = Add(&update, &attachment, {"row"});
  request.conditions.resize(1);
  request.conditions[0].family = 999;
  rpc::Request bad_family(protocol::EncodeMessage(request), attachment);
  auto response =
      world_.scheduler().Run(*world_.life().node, service_->MutateRow(rpc::CallInfo(), std::move(bad_family)));
  EXPECT_TRUE(response.status().Is(StatusCode::kInvalidArgument));
  request.conditions.clear();
  rpc::Request no_cells(protocol::EncodeMessage(request), "xx");
  response = world_.scheduler().Run(*world_.life().node, service_->MutateRow(rpc::CallInfo(), std::move(no_cells)));
  EXPECT_TRUE(response.status().Is(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace cellar::rangeserver
