#include "client/cpp/frame_update.h"

#include <gtest/gtest.h>

#include "protocol/part_status.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using Rows = std::vector<std::string>;

/// Refuses `count` rows from `first` on in the first frame.
auto Refuse(int first, int count, Status status) {
  return [=](const protocol::UpdateRequest& request, std::string* attachment) {
    attachment->clear();
    protocol::UpdateResponse response;
    response.outcomes.resize(request.frames.size());
    protocol::RefusedRows refused;
    refused.first_row = first;
    refused.row_count = count;
    refused.status = protocol::ToPartStatus(status);
    response.outcomes[0].refused.push_back(refused);
    return Result<protocol::UpdateResponse>(response);
  };
}

class FrameUpdateTest : public testing::Test {
 protected:
  FrameUpdateTest() { world_.Place("", "", "rs1"); }

  UpdateReport Send(const Rows& rows, Nanos time = 10 * kSecond) {
    FrameUpdate update(world_.updates(), world_.Frame(rows), world_.In(time));
    if (!world_.Run(update.FirstTry())) world_.world.Run(world_.node, update.Finish());
    return update.TakeReport();
  }
  /// The rows of the call's only frame.
  Rows SentTo(const ScriptedRangeServer& server, size_t call) const {
    return world_.RowsOf(server.update.requests().at(call), server.update.attachments().at(call));
  }
  static int64_t SequenceOf(const ScriptedRangeServer& server, size_t call, size_t frame = 0) {
    return server.update.requests().at(call).frames.at(frame).sequence;
  }

  ClientWorld world_;
};

TEST_F(FrameUpdateTest, Rows_GoToTheServersOfTheirRanges_UnderNumbersOfTheirOwn) {
  world_.Place("", "k", "rs1");
  world_.Place("k", "", "rs2");
  EXPECT_TRUE(Send({"a", "k", "l", "z"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 1u);
  ASSERT_EQ(world_.rs2.update.requests().size(), 1u);
  EXPECT_EQ(SentTo(world_.rs1, 0), (Rows{"a", "k"}));
  EXPECT_EQ(SentTo(world_.rs2, 0), (Rows{"l", "z"}));
  EXPECT_NE(SequenceOf(world_.rs1, 0), SequenceOf(world_.rs2, 0));
}

TEST_F(FrameUpdateTest, ARangeBetweenTwoOfOneServer_MakesTwoFramesInOneCall) {
  world_.Place("", "b", "rs1");
  world_.Place("b", "m", "rs2");
  world_.Place("m", "", "rs1");
  EXPECT_TRUE(Send({"a", "c", "n"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 1u);
  const protocol::UpdateRequest& request = world_.rs1.update.requests()[0];
  ASSERT_EQ(request.frames.size(), 2u);
  EXPECT_EQ(world_.RowsOf(request, world_.rs1.update.attachments()[0], 0), Rows{"a"});
  EXPECT_EQ(world_.RowsOf(request, world_.rs1.update.attachments()[0], 1), Rows{"n"});
}

TEST_F(FrameUpdateTest, RefusedRows_AndOnlyThey_GoAgainUnderANewNumber) {
  world_.rs1.update.Then(Refuse(1, 2, common::Busy("full")));
  EXPECT_TRUE(Send({"a", "b", "c", "d"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 2u);
  EXPECT_EQ(SentTo(world_.rs1, 1), (Rows{"b", "c"}));
  EXPECT_NE(SequenceOf(world_.rs1, 1), SequenceOf(world_.rs1, 0));
  EXPECT_FALSE(world_.rs1.update.requests()[0].frames[0].resumes);
  EXPECT_TRUE(world_.rs1.update.requests()[1].frames[0].resumes);
}

TEST_F(FrameUpdateTest, UnknownOutcome_GoesAgainUnderTheSameNumber) {
  world_.rs1.update.ThenFail(common::TimedOut("no answer"));
  EXPECT_TRUE(Send({"a", "b"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 2u);
  EXPECT_EQ(SequenceOf(world_.rs1, 1), SequenceOf(world_.rs1, 0));
}

TEST_F(FrameUpdateTest, UnknownOutcome_SpreadOverTwoServers_KeepsTheNumberOnBoth) {
  world_.rs1.update.Then([this](const protocol::UpdateRequest&, std::string*) {
    world_.Place("m", "", "rs2");
    world_.Place("", "m", "rs1");
    return Result<protocol::UpdateResponse>(common::TimedOut("no answer"));
  });
  EXPECT_TRUE(Send({"a", "z"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 2u);
  ASSERT_EQ(world_.rs2.update.requests().size(), 1u);
  EXPECT_EQ(SequenceOf(world_.rs1, 1), SequenceOf(world_.rs1, 0));
  EXPECT_EQ(SequenceOf(world_.rs2, 0), SequenceOf(world_.rs1, 0));
}

TEST_F(FrameUpdateTest, RefusalAfterAnUnknownOutcome_SaysNothingOfTheFirstTry_SoTheNumberStays) {
  world_.rs1.update.ThenFail(common::TimedOut("no answer"));
  world_.rs1.update.Then(Refuse(0, -1, common::NotOwner("being moved")));
  world_.rs1.update.Then(Refuse(0, -1, common::Busy("full")));
  EXPECT_TRUE(Send({"a"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 4u);
  for (size_t call = 1; call < 4; ++call) EXPECT_EQ(SequenceOf(world_.rs1, call), SequenceOf(world_.rs1, 0)) << call;
}

TEST_F(FrameUpdateTest, FailureAfterAnUnknownOutcome_IsReportedAsTimedOut) {
  world_.rs1.update.ThenFail(common::TimedOut("no answer"));
  world_.rs1.update.Then(Refuse(0, -1, common::InvalidArgument("no such family")));
  const UpdateReport report = Send({"a"});
  EXPECT_TRUE(report.status.Is(StatusCode::kTimedOut)) << report.status.ToString();
  EXPECT_NE(report.status.ToString().find("no such family"), std::string::npos);
  EXPECT_EQ(report.failed_count, 1u);
}

TEST_F(FrameUpdateTest, NothingWasDone_IsNotReportedAsTimedOut) {
  world_.rs1.update.SetUsual([](const protocol::UpdateRequest&, std::string*) {
    return Result<protocol::UpdateResponse>(common::Unavailable("stopping"));
  });
  const UpdateReport report = Send({"a"}, kSecond);
  EXPECT_TRUE(report.status.Is(StatusCode::kUnavailable)) << report.status.ToString();
  EXPECT_GT(world_.rs1.update.requests().size(), 2u);
}

TEST_F(FrameUpdateTest, LostAnswers_UntilTheDeadline_AreReportedAsTimedOut) {
  EXPECT_TRUE(Send({"a"}).status.ok());
  world_.network.faults().Block("rs1", "client");
  const UpdateReport report = Send({"a", "b"}, 3 * kSecond);
  EXPECT_TRUE(report.status.Is(StatusCode::kTimedOut)) << report.status.ToString();
  EXPECT_EQ(report.failed_count, 2u);
  EXPECT_LT(world_.world.now(), 4 * kSecond);
}

TEST_F(FrameUpdateTest, AServerThatStandsStill_IsLeftForItsSuccessorWithinSeconds_WithAllItsRanges) {
  world_.Place("", "k", "rs2");
  world_.Place("k", "", "rs2");
  EXPECT_TRUE(Send({"a", "z"}).status.ok());
  world_.node2.Freeze();
  world_.world.After(2 * kSecond, [this] {
    world_.Place("", "k", "rs1");
    world_.Place("k", "", "rs1");
  });
  const Nanos frozen = world_.world.now();
  EXPECT_TRUE(Send({"a"}, 60 * kSecond).status.ok());
  const rpc::RpcClientOptions bounds;
  EXPECT_LT(world_.world.now() - frozen, bounds.ping_after + bounds.ping_timeout + 100 * kMillisecond);
  const Nanos left = world_.world.now();
  EXPECT_TRUE(Send({"z"}, 60 * kSecond).status.ok());
  EXPECT_LT(world_.world.now() - left, 100 * kMillisecond);
  EXPECT_EQ(world_.rs1.update.requests().size(), 2u);
  world_.node2.Thaw();
}

TEST_F(FrameUpdateTest, AServerThatStandsStillForLonger_IsLookedForAgainEveryFewSeconds) {
  world_.Place("", "", "rs2");
  EXPECT_TRUE(Send({"a"}).status.ok());
  world_.node2.Freeze();
  constexpr Nanos kTakeover = 30 * kSecond;
  world_.world.After(kTakeover, [this] { world_.Place("", "", "rs1"); });
  const Nanos frozen = world_.world.now();
  EXPECT_TRUE(Send({"a"}, 60 * kSecond).status.ok());
  // Then an attempt to connect was under way, behind its back-off, and another wait follows.
  const rpc::RpcClientOptions bounds;
  EXPECT_LT(world_.world.now() - frozen, kTakeover + bounds.connect_timeout + bounds.max_backoff + kSecond);
  EXPECT_EQ(world_.rs1.update.requests().size(), 1u);
  world_.node2.Thaw();
}

TEST_F(FrameUpdateTest, AConnectionThatBreaksBehindTheRequest_IsAnUnknownOutcome) {
  world_.rs1.update.Then([this](const protocol::UpdateRequest&, std::string*) {
    world_.LoseAnswerOfRs1();
    return Result<protocol::UpdateResponse>(protocol::UpdateResponse());
  });
  EXPECT_TRUE(Send({"a"}).status.ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 2u);
  EXPECT_EQ(SequenceOf(world_.rs1, 1), SequenceOf(world_.rs1, 0));
}

TEST_F(FrameUpdateTest, NotOwner_LooksUpTheRangeAgain) {
  EXPECT_TRUE(Send({"a"}).status.ok());
  const int lookups = world_.rs1.metadata_scan_count();
  world_.Place("", "", "rs2");
  world_.rs1.update.Then(Refuse(0, -1, common::NotOwner("moved")));
  EXPECT_TRUE(Send({"a"}).status.ok());
  EXPECT_EQ(world_.rs2.update.requests().size(), 1u);
  EXPECT_GT(world_.rs1.metadata_scan_count(), lookups);
}

TEST_F(FrameUpdateTest, RowsThatCannotBeWritten_AreNamed_AndTheOthersAreWritten) {
  world_.rs1.update.Then(Refuse(1, 1, common::InvalidArgument("no such family")));
  const UpdateReport report = Send({"a", "b", "c"});
  EXPECT_TRUE(report.status.Is(StatusCode::kInvalidArgument));
  ASSERT_EQ(report.failed.size(), 1u);
  EXPECT_EQ(report.failed[0].row, "b");
  EXPECT_EQ(world_.rs1.update.requests().size(), 1u);
}

TEST_F(FrameUpdateTest, AnswersThatNameRowsThatWereNotSent_AreCorrupt) {
  world_.rs1.update.Then(Refuse(1, 5, common::Busy("full")));
  EXPECT_TRUE(Send({"a", "b"}).status.Is(StatusCode::kCorruption));
  world_.rs1.update.Then([](const protocol::UpdateRequest&, std::string* attachment) {
    attachment->clear();
    return Result<protocol::UpdateResponse>(protocol::UpdateResponse());
  });
  EXPECT_TRUE(Send({"a"}).status.Is(StatusCode::kCorruption));
}

TEST_F(FrameUpdateTest, ATableWithoutRange_FailsAtOnce) {
  std::erase_if(world_.ranges,
                [](const model::RangeRecord& record) { return record.range.table == ClientWorld::kTable; });
  const UpdateReport report = Send({"a"});
  EXPECT_TRUE(report.status.Is(StatusCode::kNotFound)) << report.status.ToString();
  EXPECT_EQ(world_.world.now() / kSecond, 0);
}

TEST_F(FrameUpdateTest, Expiry_IsTheDeadline_ButAtMostTenMinutes) {
  EXPECT_TRUE(Send({"a"}, 30 * kSecond).status.ok());
  EXPECT_TRUE(Send({"a"}, 7200 * kSecond).status.ok());
  const Nanos now = world_.node.clock().WallNow();
  const Nanos soon = world_.rs1.update.requests()[0].frames[0].expires_at - now;
  const Nanos late = world_.rs1.update.requests()[1].frames[0].expires_at - now;
  EXPECT_GT(soon, 25 * kSecond);
  EXPECT_LE(soon, 30 * kSecond);
  EXPECT_GT(late, 590 * kSecond);
  EXPECT_LE(late, 600 * kSecond);
}

}  // namespace
}  // namespace cellar::client
