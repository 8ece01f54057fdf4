#include "client/cpp/mutate_row.h"

#include <gtest/gtest.h>

#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::MutateRowRequest;
using protocol::MutateRowResponse;

class RowMutationTest : public testing::Test {
 protected:
  RowMutationTest() { world_.Place("", "", "rs1"); }

  Result<RowMutationOutcome> Mutate(std::vector<RowCondition> conditions = {}, Nanos time = 10 * kSecond) {
    const model::Cell cell("row", model::FamilyId(1), "q", model::KeyFlag::kInsert, model::kAutomaticTimestamp,
                           model::Revision(), "value");
    return world_.Run(MutateRow(world_.updates(), ClientWorld::kTable, world_.schema, std::move(conditions), {cell},
                                world_.In(time)));
  }
  const std::vector<MutateRowRequest>& requests() const { return world_.rs1.mutate_row.requests(); }
  int64_t SequenceOf(size_t call) const { return requests().at(call).frame.sequence; }

  ClientWorld world_;
};

TEST_F(RowMutationTest, Conditions_AndCells_Travel) {
  const RowCondition absent(model::FamilyId(1), "a", RowCondition::Expectation::kAbsent);
  const RowCondition equals(model::FamilyId(1), "b", RowCondition::Expectation::kEquals, "x");
  world_.rs1.mutate_row.Then([](const MutateRowRequest&, std::string* attachment) {
    attachment->clear();
    MutateRowResponse response;
    response.applied = true;
    response.__set_revision(41);
    return Result<MutateRowResponse>(response);
  });
  const auto outcome = Mutate({absent, equals});
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->applied);
  EXPECT_EQ(outcome->revision.get(), 41);
  ASSERT_EQ(requests().at(0).conditions.size(), 2u);
  EXPECT_FALSE(requests()[0].conditions[0].__isset.value);
  EXPECT_EQ(requests()[0].conditions[1].value, "x");
  EXPECT_EQ(requests()[0].frame.attachment_length, static_cast<int>(world_.rs1.mutate_row.attachments()[0].size()));
}

TEST_F(RowMutationTest, AConditionThatDoesNotHold_IsAnAnswer_WithTheValuesThatAreThere) {
  world_.rs1.mutate_row.Then([](const MutateRowRequest&, std::string* attachment) {
    attachment->clear();
    MutateRowResponse response;
    response.applied = false;
    response.current.emplace_back().__set_value("other");
    response.current.emplace_back().condition = 2;
    return Result<MutateRowResponse>(response);
  });
  const auto outcome = Mutate();
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome->applied);
  ASSERT_EQ(outcome->failed.size(), 2u);
  EXPECT_EQ(outcome->failed[0].value, "other");
  EXPECT_EQ(outcome->failed[1].index, 2u);
  EXPECT_EQ(outcome->failed[1].value, std::nullopt);
  EXPECT_EQ(requests().size(), 1u);
}

TEST_F(RowMutationTest, UnknownOutcome_KeepsTheNumber_AlsoBehindARefusal) {
  world_.rs1.mutate_row.ThenFail(common::TimedOut("no answer"));
  world_.rs1.mutate_row.ThenFail(common::NotOwner("moved"));
  EXPECT_TRUE(Mutate().ok());
  ASSERT_EQ(requests().size(), 3u);
  EXPECT_EQ(SequenceOf(1), SequenceOf(0));
  EXPECT_EQ(SequenceOf(2), SequenceOf(0));
}

TEST_F(RowMutationTest, ARefusal_TakesANewNumber) {
  world_.rs1.mutate_row.ThenFail(common::Busy("full"));
  EXPECT_TRUE(Mutate().ok());
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_NE(SequenceOf(1), SequenceOf(0));
}

TEST_F(RowMutationTest, OneAfterTheOther_ShareALane_AndSettleWhatWasBefore) {
  EXPECT_TRUE(Mutate().ok());
  EXPECT_TRUE(Mutate().ok());
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_EQ(requests()[1].frame.session, requests()[0].frame.session);
  EXPECT_EQ(SequenceOf(1), SequenceOf(0) + 1);
  EXPECT_TRUE(requests()[0].frame.settles && requests()[1].frame.settles);
  EXPECT_FALSE(requests()[1].is_retry);
}

TEST_F(RowMutationTest, AtTheSameTime_EachHasALaneOfItsOwn) {
  MutationLanes::Lane other = world_.lanes.Take();
  EXPECT_TRUE(Mutate().ok());
  EXPECT_NE(requests().at(0).frame.session, other.session().get());
  const model::SessionId session = other.session();
  { const MutationLanes::Lane gone = std::move(other); }
  EXPECT_EQ(world_.lanes.Take().session(), session) << "the one that came back last";
}

TEST_F(RowMutationTest, ATryBehindAnUnknownOutcome_SaysSo) {
  world_.rs1.mutate_row.ThenFail(common::Busy("full"));
  world_.rs1.mutate_row.ThenFail(common::TimedOut("no answer"));
  EXPECT_TRUE(Mutate().ok());
  ASSERT_EQ(requests().size(), 3u);
  EXPECT_FALSE(requests()[1].is_retry) << "the first was refused: there is no copy of it to fear";
  EXPECT_TRUE(requests()[2].is_retry);
}

TEST_F(RowMutationTest, CounterValues_AreAskedForAndTold) {
  world_.rs1.mutate_row.Then([](const MutateRowRequest& request, std::string* attachment) {
    attachment->clear();
    MutateRowResponse response;
    response.applied = request.wants_counters;
    protocol::CounterValue& counter = response.counters.emplace_back();
    counter.family = 1;
    counter.qualifier = "q";
    counter.value = -5;
    return Result<MutateRowResponse>(response);
  });
  MutateRowOptions options;
  options.wants_counters = true;
  options.durability = model::Durability::kFlush;
  const model::Cell cell("row", model::FamilyId(1), "q", model::KeyFlag::kInsert, model::kAutomaticTimestamp,
                         model::Revision(), "value");
  const auto outcome = world_.Run(
      MutateRow(world_.updates(), ClientWorld::kTable, world_.schema, {}, {cell}, world_.In(kSecond), options));
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->applied);
  ASSERT_EQ(outcome->counters.size(), 1u);
  EXPECT_EQ(outcome->counters[0].value, -5);
  EXPECT_EQ(requests()[0].frame.durability, protocol::Durability::FLUSH);
}

TEST_F(RowMutationTest, UnknownOutcomes_UntilTheDeadline_AreTimedOut) {
  EXPECT_TRUE(Mutate().ok());
  world_.network.faults().Block("rs1", "client");
  const auto outcome = Mutate({}, 3 * kSecond);
  EXPECT_TRUE(outcome.status().Is(StatusCode::kTimedOut)) << outcome.status().ToString();
}

TEST_F(RowMutationTest, AnErrorBehindAnUnknownOutcome_IsTimedOut_AndNamesIt) {
  world_.rs1.mutate_row.ThenFail(common::TimedOut("no answer"));
  world_.rs1.mutate_row.ThenFail(common::InvalidArgument("no such family"));
  const auto outcome = Mutate();
  EXPECT_TRUE(outcome.status().Is(StatusCode::kTimedOut));
  EXPECT_NE(outcome.status().ToString().find("no such family"), std::string::npos);
}

TEST_F(RowMutationTest, AnErrorThatWaitingDoesNotMend_IsReportedAsItIs) {
  world_.rs1.mutate_row.ThenFail(common::InvalidArgument("no such family"));
  EXPECT_TRUE(Mutate().status().Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(requests().size(), 1u);
}

}  // namespace
}  // namespace cellar::client
