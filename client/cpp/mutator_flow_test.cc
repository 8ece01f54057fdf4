#include "client/cpp/mutator_flow.h"

#include <gtest/gtest.h>

#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using Rows = std::vector<std::string>;

class MutatorFlowTest : public testing::Test {
 protected:
  MutatorFlowTest() : core_(world_.node, world_.client, world_.directory, world_.random) {
    world_.Place("", "k", "rs1");
    world_.Place("k", "", "rs1");
  }

  /// Hands the frames over one behind the other and waits until all are settled.
  Status Send(const std::vector<Rows>& frames, bool gives_back = false) {
    MutatorFlow flow(core_, 1 << 20);
    for (const Rows& rows : frames) {
      world_.node.Post(
          [this, &flow, rows] { submits_.Spawn(flow.Submit(world_.Frame(rows), world_.In(10 * kSecond))); });
    }
    world_.world.Run(world_.node, submits_.Join());
    world_.world.Run(world_.node, flow.Drain());
    if (gives_back) flow.GiveSessionBack();
    return flow.first_error();
  }
  Status SendAndGiveBack(const std::vector<Rows>& frames) { return Send(frames, /*gives_back=*/true); }
  Rows SentTo(const ScriptedRangeServer& server, size_t call, size_t frame = 0) const {
    return world_.RowsOf(server.update.requests().at(call), server.update.attachments().at(call), frame);
  }

  ClientWorld world_;
  ClientCore core_;
  TaskGroup submits_{world_.node};
};

TEST_F(MutatorFlowTest, Frames_AreSentInOrder_AlsoWhenALookupHoldsTheFirstOneUp) {
  ASSERT_TRUE(Send({{"z"}}).ok());  // now the range of z is known, that of a is not
  ASSERT_TRUE(Send({{"a", "z"}, {"z"}}).ok());
  ASSERT_EQ(world_.rs1.update.requests().size(), 3u);
  EXPECT_EQ(SentTo(world_.rs1, 1, 0), Rows{"a"});
  EXPECT_EQ(SentTo(world_.rs1, 1, 1), Rows{"z"});
  EXPECT_EQ(SentTo(world_.rs1, 2), Rows{"z"});
}

TEST_F(MutatorFlowTest, ARefusedFrame_IsFinishedWhenAllAreAnswered) {
  world_.rs1.update.ThenFail(common::Busy("full"));
  ASSERT_TRUE(Send({{"a"}, {"b"}, {"c"}}).ok());
  const auto& requests = world_.rs1.update.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(SentTo(world_.rs1, 3), Rows{"a"});
  EXPECT_TRUE(requests[3].frames[0].resumes);
  for (size_t call = 0; call < 3; ++call) EXPECT_FALSE(requests[call].frames[0].resumes) << call;
}

/// A flow that is cancelled while frames are under way.
class CancelledMutatorFlowTest : public MutatorFlowTest {
 protected:
  void Submit(const Rows& rows) {
    world_.world.Run(world_.node, flow_.Submit(world_.Frame(rows), world_.In(60 * kSecond)));
  }
  /// Cancels, waits until all is settled or given up, and tells how long that took.
  Nanos CancelAndDrain() {
    const Nanos before = world_.node.clock().MonotonicNow();
    world_.node.Post([this] { flow_.Cancel(world_.In(kSecond)); });
    world_.world.Run(world_.node, flow_.Drain());
    return world_.node.clock().MonotonicNow() - before;
  }

  Task<void> SubmitTwice(MutatorFlow* flow, Rows rows) {
    co_await flow->Submit(world_.Frame(rows), world_.In(60 * kSecond));
    co_await flow->Submit(world_.Frame(rows), world_.In(60 * kSecond));
  }

  MutatorFlow flow_{core_, 1 << 20};
};

TEST_F(CancelledMutatorFlowTest, WhatIsAnsweredInTime_IsAcknowledged_AndNothingMoreIsTaken) {
  Submit({"a", "b"});
  Submit({"c"});
  EXPECT_LT(CancelAndDrain(), kSecond / 2);
  EXPECT_TRUE(flow_.first_error().ok());
  EXPECT_EQ(flow_.acknowledged_cells(), 3u);
  EXPECT_EQ(flow_.unknown_cells(), 0u);
  Submit({"d"});
  EXPECT_TRUE(flow_.first_error().Is(StatusCode::kCancelled));
  EXPECT_EQ(world_.rs1.update.requests().size(), 2u);
}

TEST_F(CancelledMutatorFlowTest, WhatASilentServerHas_IsGivenUpAfterTheLastPatience) {
  world_.Place("k", "", "rs2");
  Submit({"b", "y"});
  world_.world.Run(world_.node, flow_.Drain());
  world_.network.faults().Block("rs2", "client");
  Submit({"a", "c", "z"});
  Submit({"d"});
  Submit({"x", "y"});
  const Nanos took = CancelAndDrain();
  EXPECT_GE(took, kSecond);
  EXPECT_LT(took, kSecond + kSecond / 2);
  EXPECT_TRUE(flow_.first_error().Is(StatusCode::kCancelled)) << flow_.first_error().ToString();
  EXPECT_EQ(flow_.acknowledged_cells(), 5u) << "b, y, a, c and d";
  EXPECT_EQ(flow_.unknown_cells(), 3u) << "z, x and y";
}

TEST_F(CancelledMutatorFlowTest, WhatWaitsForALookup_WasNotSent) {
  world_.network.faults().Block("rs1", "client");  // METADATA is there
  Submit({"a", "b"});
  CancelAndDrain();
  EXPECT_TRUE(flow_.first_error().Is(StatusCode::kCancelled));
  EXPECT_EQ(flow_.acknowledged_cells(), 0u);
  EXPECT_EQ(flow_.unknown_cells(), 0u);
  EXPECT_TRUE(world_.rs1.update.requests().empty());
}

TEST_F(CancelledMutatorFlowTest, WhoWaitsForRoom_IsToldSoon) {
  Submit({"a"});
  world_.world.Run(world_.node, flow_.Drain());
  world_.network.faults().Block("rs1", "client");
  MutatorFlow flow(core_, 64);
  const Rows rows(1, std::string(60, 'a'));
  world_.node.Post([&] { submits_.Spawn(SubmitTwice(&flow, rows)); });
  world_.node.Post([&] { flow.Cancel(world_.In(kSecond)); });
  world_.world.Run(world_.node, submits_.Join());
  world_.world.Run(world_.node, flow.Drain());
  EXPECT_TRUE(flow.first_error().Is(StatusCode::kCancelled));
  EXPECT_EQ(flow.unknown_cells(), 1u);
}

/// The session and sequence number of an update's first frame.
std::pair<int64_t, int64_t> NumbersOf(const ScriptedRangeServer& server, size_t call) {
  const protocol::UpdateFrame& frame = server.update.requests().at(call).frames[0];
  return {frame.session, frame.sequence};
}

TEST_F(MutatorFlowTest, AWriterGoesOnUnderTheSessionOfOneThatHasEndedWell) {
  ASSERT_TRUE(SendAndGiveBack({{"a"}, {"b"}}).ok());
  ASSERT_TRUE(SendAndGiveBack({{"c"}}).ok());
  const int64_t session = NumbersOf(world_.rs1, 0).first;
  EXPECT_EQ(NumbersOf(world_.rs1, 1), std::make_pair(session, int64_t{2}));
  EXPECT_EQ(NumbersOf(world_.rs1, 2), std::make_pair(session, int64_t{3})) << "the numbers go on";
  ASSERT_TRUE(Send({{"d"}}).ok());  // it has the session, and keeps it
  EXPECT_EQ(NumbersOf(world_.rs1, 3), std::make_pair(session, int64_t{4}));
  ASSERT_TRUE(Send({{"e"}}).ok());
  EXPECT_NE(NumbersOf(world_.rs1, 4).first, session);
}

TEST_F(MutatorFlowTest, ASessionUnderWhichSomethingWasRefusedIsNotUsedAgain) {
  world_.rs1.update.ThenFail(common::Busy("full"));
  ASSERT_TRUE(SendAndGiveBack({{"a"}}).ok()) << "at the second try";
  ASSERT_TRUE(SendAndGiveBack({{"b"}}).ok());
  const auto& requests = world_.rs1.update.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].frames[0].session, requests[1].frames[0].session);
  EXPECT_NE(requests[1].frames[0].session, requests[2].frames[0].session);
}

}  // namespace
}  // namespace cellar::client
