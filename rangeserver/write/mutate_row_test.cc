#include <gtest/gtest.h>

#include "model/counter.h"
#include "rangeserver/write/mutation_result.h"
#include "rangeserver/write/write_pipeline.h"
#include "tests/support/write_world.h"

namespace cellar::rangeserver {
namespace {

using tests::WriteWorld;
using Expectation = CellCondition::Expectation;

class MutateRowTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Start().ok()); }

  WriteBatch Set(std::string_view value) { return world_.Batch({world_.Cell("r", "a", "q", value)}); }
  WriteBatch Add(int64_t amount) {
    model::CounterUpdate update;
    update.amount = amount;
    return world_.Batch({world_.Cell("r", "n", "q", update.Encode())});
  }
  CellCondition If(Expectation expectation, const std::string& value = "") const {
    return CellCondition(world_.schema()->FindFamily("a")->id, "q", expectation, value);
  }
  Result<MutationOutcome> Mutate(WriteBatch batch, std::vector<CellCondition> conditions = {}, bool is_retry = false) {
    MutationRequest request(std::move(conditions));
    request.wants_counters = true;
    request.is_retry = is_retry;
    return world_.scheduler().Run(*world_.life().node,
                                  world_.pipeline().MutateRow(std::move(batch), std::move(request)));
  }
  int64_t CounterOf(const Result<MutationOutcome>& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status().ToString();
    EXPECT_TRUE(outcome.ok() && outcome->applied && outcome->counters.size() == 1);
    return outcome.ok() && outcome->counters.size() == 1 ? outcome->counters[0].value : INT64_MIN;
  }

  WriteWorld world_{7};
};

TEST_F(MutateRowTest, Counter_ComesBackWithItsNewValue) {
  EXPECT_EQ(CounterOf(Mutate(Add(5))), 5);
  EXPECT_EQ(CounterOf(Mutate(Add(-7))), -2);
  ASSERT_TRUE(world_.Flush().ok());
  EXPECT_EQ(CounterOf(Mutate(Add(1))), -1);
}

TEST_F(MutateRowTest, Retry_IsAnsweredWhatTheFirstTryWas_AlsoBehindOthersFlushesAndCrashes) {
  const WriteBatch first = Add(5);
  const auto answer = Mutate(first);
  EXPECT_EQ(CounterOf(answer), 5);
  EXPECT_EQ(CounterOf(Mutate(Add(10))), 15);
  EXPECT_EQ(CounterOf(Mutate(first, {}, true)), 5);
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_EQ(CounterOf(Mutate(first, {}, true)), 5) << "from the log";
  ASSERT_TRUE(world_.Flush().ok());
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  const auto again = Mutate(first, {}, true);
  EXPECT_EQ(CounterOf(again), 5) << "from the manifest";
  EXPECT_EQ(again->revision, answer->revision);
  EXPECT_EQ(CounterOf(Mutate(Add(1))), 16);
}

TEST_F(MutateRowTest, Refusal_OfATryThatMayHaveCopies_HoldsForThem) {
  const WriteBatch batch = Set("late");
  const auto refused = Mutate(batch, {If(Expectation::kPresent)}, true);
  ASSERT_TRUE(refused.ok()) << refused.status().ToString();
  EXPECT_FALSE(refused->applied);
  ASSERT_TRUE(Mutate(Set("there now"))->applied);
  for (int life = 0; life < 3; ++life) {
    const auto copy = Mutate(batch, {If(Expectation::kPresent)});
    ASSERT_TRUE(copy.ok()) << copy.status().ToString();
    EXPECT_FALSE(copy->applied) << "its sender was told that it is not";
    ASSERT_EQ(copy->failed.size(), 1u);
    EXPECT_EQ(copy->failed[0].value, "there now");
    if (life == 1) ASSERT_TRUE(world_.Flush().ok());
    world_.Crash(true);
    ASSERT_TRUE(world_.Start().ok());
  }
  EXPECT_EQ(world_.Read("r", "a", "q"), "there now");
  EXPECT_TRUE(Mutate(Set("another"), {If(Expectation::kPresent)})->applied);
}

TEST_F(MutateRowTest, Refusal_OfTheOnlyTry_LeavesNothingBehind) {
  const uint64_t syncs = world_.life().files->call_count(FileOperation::kSync);
  const WriteBatch batch = Set("v");
  EXPECT_FALSE(Mutate(batch, {If(Expectation::kPresent)})->applied);
  EXPECT_EQ(world_.life().files->call_count(FileOperation::kSync), syncs);
  ASSERT_TRUE(Mutate(Set("there now"))->applied);
  EXPECT_TRUE(Mutate(batch, {If(Expectation::kPresent)})->applied) << "decided anew";
}

TEST_F(MutateRowTest, SessionThatSettles_IsRememberedByOneNumber_AndItsOldCopiesDoNothing) {
  const WriteBatch given_up = Set("given up");  // never sent, or never arrived
  for (int i = 1; i <= 20; ++i) {
    WriteBatch batch = Add(1);
    batch.settles = true;
    EXPECT_EQ(CounterOf(Mutate(batch)), i);
    EXPECT_EQ(CounterOf(Mutate(batch, {}, true)), i);
  }
  EXPECT_TRUE(Mutate(given_up).ok());
  EXPECT_EQ(world_.Read("r", "a", "q"), std::nullopt);
  ASSERT_TRUE(world_.Flush().ok());
  EXPECT_EQ(world_.range().manifest().window.size(), 1u);
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_TRUE(Mutate(given_up).ok());
  EXPECT_EQ(world_.Read("r", "a", "q"), std::nullopt);
  EXPECT_EQ(CounterOf(Mutate(Add(1))), 21);
}

TEST(MutationsInRacesTest, BatchThatIsSettledWhileItsConditionsAreRead_Ends) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    WriteWorld world(seed);
    ASSERT_TRUE(world.Start().ok());
    ASSERT_TRUE(world.Mutate(world.Batch({world.Cell("r", "a", "q", "flushed")}), {}).ok());
    ASSERT_TRUE(world.Flush().ok());  // the conditions are read from files
    const WriteBatch given_up = world.Batch({world.Cell("r", "a", "q", "given up")});
    WriteBatch settling = world.Batch({world.Cell("s", "a", "q", "v")});
    settling.settles = true;
    int ended = 0;
    const auto mutate = [](WriteWorld* in, WriteBatch batch, int* count) -> Task<void> {
      CellCondition condition(in->schema()->FindFamily("a")->id, "none", Expectation::kAbsent);
      MutationRequest request({std::move(condition)});
      static_cast<void>(co_await in->pipeline().MutateRow(std::move(batch), std::move(request)));
      ++*count;
    };
    world.life().node->Post([&, given_up, settling] {
      world.life().clients->Spawn(mutate(&world, given_up, &ended));
      world.life().clients->Spawn(mutate(&world, settling, &ended));
    });
    const Nanos patience = world.scheduler().now() + 10 * kSecond;
    world.scheduler().RunUntil([&] { return ended == 2; }, patience);
    ASSERT_EQ(ended, 2) << "seed " << seed;
    ASSERT_TRUE(world.Mutate(world.Batch({world.Cell("r", "a", "q", "now")}), {}).ok()) << "the row is free";
  }
}

TEST_F(MutateRowTest, ManyAtOnce_CountWithoutGapsOrDoubles) {
  std::deque<std::optional<Result<MutationOutcome>>> results(50);
  const auto store = [](WriteWorld* world, WriteBatch batch,
                        std::optional<Result<MutationOutcome>>* result) -> Task<void> {
    MutationRequest request;
    request.wants_counters = true;
    result->emplace(co_await world->pipeline().MutateRow(std::move(batch), std::move(request)));
  };
  for (auto& result : results) {
    world_.life().node->Post([this, store, &result, batch = Add(1)]() mutable {
      world_.life().clients->Spawn(store(&world_, std::move(batch), &result));
    });
  }
  world_.scheduler().RunUntil([&] {
    return std::all_of(results.begin(), results.end(), [](const auto& result) { return result.has_value(); });
  });
  std::set<int64_t> values;
  for (const auto& result : results) values.insert(CounterOf(*result));
  EXPECT_EQ(values.size(), results.size());
  EXPECT_EQ(*values.begin(), 1);
  EXPECT_EQ(*values.rbegin(), 50);
}

TEST(MutationResultTest, RoundTrips_AndKnowsDamage) {
  MutationResult applied;
  applied.counters = {0, -1, INT64_MAX, INT64_MIN};
  EXPECT_EQ(MutationResult::Decode(applied.Encode())->counters, applied.counters);
  MutationResult refused;
  refused.applied = false;
  refused.failed = {0, 255};
  const auto decoded = MutationResult::Decode(refused.Encode());
  EXPECT_FALSE(decoded->applied);
  EXPECT_EQ(decoded->failed, refused.failed);
  EXPECT_TRUE(MutationResult::Decode("")->applied);
  const std::string good = applied.Encode();
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_FALSE(MutationResult::Decode(good.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(MutationResult::Decode(good + "x").ok());
  EXPECT_FALSE(MutationResult::Decode("\x02" + good.substr(1)).ok()) << "a later version";
}

}  // namespace
}  // namespace cellar::rangeserver
