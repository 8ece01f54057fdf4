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
  Status Send(const std::vector<Rows>& frames) {
    MutatorFlow flow(core_, 1 << 20);
    for (const Rows& rows : frames) {
      world_.node.Post(
          [this, &flow, rows] { submits_.Spawn(flow.Submit(world_.Frame(rows), world_.In(10 * kSecond))); });
    }
    world_.world.Run(world_.node, submits_.Join());
    world_.world.Run(world_.node, flow.Drain());
    return flow.first_error();
  }
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

}  // namespace
}  // namespace cellar::client
