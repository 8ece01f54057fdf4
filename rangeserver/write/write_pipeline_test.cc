#include "rangeserver/write/write_pipeline.h"

#include <gtest/gtest.h>

#include "model/counter.h"
#include "model/error_codes.h"
#include "tests/support/write_world.h"

namespace cellar::rangeserver {
namespace {

using tests::WriteWorld;

CellCondition Absent(const WriteWorld& world, std::string_view family, std::string_view qualifier) {
  CellCondition condition;
  condition.family = world.schema()->FindFamily(family)->id;
  condition.qualifier = qualifier;
  condition.expectation = CellCondition::Expectation::kAbsent;
  return condition;
}

Task<void> StoreWrite(Task<Result<WriteOutcome>> write, std::optional<Result<WriteOutcome>>* result) {
  result->emplace(co_await std::move(write));
}
Task<void> StoreMutation(Task<Result<MutationOutcome>> mutation, std::optional<Result<MutationOutcome>>* result) {
  result->emplace(co_await std::move(mutation));
}

class WritePipelineTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Start().ok()); }

  WriteBatch Simple(std::string_view row = "r", std::string_view value = "v") {
    return world_.Batch({world_.Cell(row, "a", "q", value)});
  }

  /// Starts writes side by side; run the world, then look at the results.
  void Spawn(WriteBatch batch) {
    auto& result = results_.emplace_back();
    // On the loop, where coroutines live.
    world_.life().node->Post([this, &result, batch = std::move(batch)]() mutable {
      world_.life().clients->Spawn(StoreWrite(world_.pipeline().Write(std::move(batch)), &result));
    });
  }
  void RunAll() {
    EXPECT_EQ(world_.scheduler().RunUntil([this] {
      for (const auto& result : results_) {
        if (!result) return false;
      }
      return true;
    }),
              SimScheduler::Outcome::kReached);
  }

  WriteWorld world_{7};
  std::deque<std::optional<Result<WriteOutcome>>> results_;
};

TEST_F(WritePipelineTest, Write_IsVisible_AndThereAfterPowerCut) {
  const auto outcome = world_.Write(Simple());
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_TRUE(outcome->refused.empty());
  EXPECT_TRUE(outcome->base.has_value());
  EXPECT_EQ(world_.Read("r", "a", "q"), "v");
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_EQ(world_.Read("r", "a", "q"), "v");
}

TEST_F(WritePipelineTest, WritesSideBySide_ShareGroups_AndRevisionsRise) {
  const uint64_t syncs = world_.life().files->call_count(FileOperation::kSync);
  for (int i = 0; i < 50; ++i) Spawn(Simple("r" + std::to_string(i)));
  RunAll();
  std::set<int64_t> bases;
  for (const auto& result : results_) {
    ASSERT_TRUE(result->ok());
    bases.insert((*result)->base->get());
  }
  EXPECT_EQ(bases.size(), 50U);
  EXPECT_EQ(world_.pipeline().stats().batch_count, 50U);
  EXPECT_LT(world_.pipeline().stats().group_count, 25U);
  EXPECT_LT(world_.life().files->call_count(FileOperation::kSync) - syncs, 30U);
}

TEST_F(WritePipelineTest, Retry_AppliesOnce) {
  const WriteBatch batch = world_.Batch({world_.Cell("r", "n", "hits", model::CounterUpdate{.amount = 1}.Encode())});
  const auto first = world_.Write(batch);
  const auto again = world_.Write(batch);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->base, again->base);
  Spawn(batch);
  RunAll();
  EXPECT_EQ(world_.ReadAll().size(), 1U);
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  ASSERT_TRUE(world_.Write(batch).ok());
  EXPECT_EQ(world_.ReadAll().size(), 1U) << "the window comes back with the log";
}

TEST_F(WritePipelineTest, WhileReadOnly_NothingNewIsTaken_AndWhatWasAppliedIsAnsweredAsSuch) {
  const WriteBatch before = Simple("before");
  const auto first = world_.Write(before);
  world_.SetWritable(common::Conflict("read-only").WithDetail(model::kReadOnly));
  const auto again = world_.Write(before);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_TRUE(again->refused.empty());
  EXPECT_EQ(first->base, again->base);
  const auto refused = world_.Write(Simple("while"));
  ASSERT_TRUE(refused.ok());
  ASSERT_EQ(refused->refused.size(), 1U);
  EXPECT_EQ(refused->refused.front().status.detail(), model::kReadOnly);
  EXPECT_FALSE(refused->base.has_value());
  const auto mutation = world_.Mutate(Simple("while"), {Absent(world_, "a", "q")});
  EXPECT_EQ(mutation.status().detail(), model::kReadOnly);
  EXPECT_EQ(world_.ReadAll().size(), 1U);
  world_.SetWritable(Status());
  ASSERT_TRUE(world_.Write(Simple("after")).ok());
  EXPECT_EQ(world_.Read("after", "a", "q"), "v");
}

TEST_F(WritePipelineTest, ACounterTakesUpdatesOnly_OthersAreRefused_AndTheRowStaysReadable) {
  const std::string one = model::CounterUpdate{.amount = 1}.Encode();
  const auto outcome =
      world_.Write(world_.Batch({world_.Cell("good", "n", "hits", one), world_.Cell("row", "n", "hits", "five"),
                                 world_.Cell("text", "a", "q", "five")}));
  ASSERT_TRUE(outcome.ok());
  ASSERT_EQ(outcome->refused.size(), 1U);
  EXPECT_EQ(outcome->refused[0].first_row, 1U);
  EXPECT_EQ(outcome->refused[0].row_count, 1U);
  EXPECT_TRUE(outcome->refused[0].status.Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(world_.ReadAll().size(), 2U);
}

TEST_F(WritePipelineTest, SameBatchTwiceAtOnce_AppliesOnce) {
  const WriteBatch batch = world_.Batch({world_.Cell("r", "n", "hits", model::CounterUpdate{.amount = 1}.Encode())});
  for (int i = 0; i < 5; ++i) Spawn(batch);
  RunAll();
  for (const auto& result : results_) EXPECT_EQ((*result)->base, (*results_.front())->base);
  EXPECT_EQ(world_.ReadAll().size(), 1U);
}

TEST_F(WritePipelineTest, BatchesOfASession_KeepTheirOrder_ThoughLaterOnesAreParsedSooner) {
  std::vector<model::Cell> large = {world_.Cell("r", "a", "q", "first")};
  for (int i = 0; i < 2000; ++i)
    large.push_back(world_.Cell("row" + std::to_string(i), "a", "q", "a value of some size"));
  Spawn(world_.Batch(large));    // parsed in a job
  Spawn(Simple("r", "second"));  // parsed at once
  Spawn(world_.Batch(large));
  Spawn(Simple("r", "fourth"));
  RunAll();
  for (const auto& result : results_) ASSERT_TRUE(result->ok());
  EXPECT_EQ(world_.Read("r", "a", "q"), "fourth");
  for (size_t i = 1; i < results_.size(); ++i) EXPECT_LT((*results_[i - 1])->base, (*results_[i])->base);
}

TEST_F(WritePipelineTest, RefusedAsBusy_HoldsTheSessionBack_UntilTheSenderHasHeard) {
  WriteBatch too_early = Simple("r", "first");
  too_early.generation = model::SchemaGeneration(too_early.generation.get() + 1);  // not seen here yet: comes again
  WriteBatch later = Simple("r", "second");
  later.resumes = false;
  Spawn(too_early);
  Spawn(later);
  RunAll();
  ASSERT_TRUE(results_[0]->ok());
  EXPECT_EQ((*results_[0])->refused.size(), 1U);
  EXPECT_TRUE(results_[1]->status().Is(StatusCode::kBusy)) << results_[1]->status().ToString();
  EXPECT_TRUE(world_.Write(later).status().Is(StatusCode::kBusy));
  EXPECT_TRUE(world_.Write(Simple("r", "third")).ok()) << "this one says that all was heard";
  EXPECT_TRUE(world_.Write(later).ok());
}

TEST_F(WritePipelineTest, RefusedForGood_HoldsNobodyBack) {
  WriteBatch malformed = Simple();
  malformed.frame[1] ^= 0x40;
  WriteBatch later = Simple("r", "second");
  later.resumes = false;
  Spawn(malformed);
  Spawn(later);
  RunAll();
  EXPECT_TRUE(results_[0]->status().Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(results_[1]->ok());
}

TEST_F(WritePipelineTest, BadBatches_AreRefusedWhole) {
  WriteBatch expired = Simple();
  expired.expires_at = world_.life().node->clock().WallNow() - 1;
  EXPECT_TRUE(world_.Write(expired).status().Is(StatusCode::kTimedOut));
  WriteBatch distant = Simple();
  distant.expires_at += 3600 * kSecond;
  EXPECT_TRUE(world_.Write(distant).status().Is(StatusCode::kTimedOut));
  WriteBatch malformed = Simple();
  malformed.frame[1] ^= 0x40;
  EXPECT_TRUE(world_.Write(malformed).status().Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(world_.ReadAll().empty());
}

TEST_F(WritePipelineTest, RefusedRows_AreNamed_TheOthersAreWritten) {
  model::Cell unknown = world_.Cell("m", "a", "q", "v");
  unknown.family = model::FamilyId(200);
  const WriteBatch batch = world_.Batch({world_.Cell("c", "a", "q", "1"), unknown, world_.Cell("x", "a", "q", "3")});
  const auto outcome = world_.Write(batch);
  ASSERT_TRUE(outcome.ok());
  ASSERT_EQ(outcome->refused.size(), 1U);
  EXPECT_EQ(outcome->refused[0].first_row, 1U);
  EXPECT_EQ(outcome->refused[0].row_count, 1U);
  EXPECT_TRUE(outcome->refused[0].status.Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(world_.ReadAll().size(), 2U);
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_EQ(world_.ReadAll().size(), 2U) << "a refused row is not in the log";
}

// Without an open range nobody knows the table's time order, so the frame cannot be judged: neither that it is
// malformed nor that it is sorted.
TEST_F(WritePipelineTest, FrameForATableThatIsBeingLoaded_IsRefusedUnread) {
  WriteBatch batch = Simple();
  batch.frame = "no frame";
  const std::shared_ptr<Range> range = std::exchange(world_.life().loaded->range, nullptr);
  world_.life().loaded->state = LoadedRange::State::kLoading;
  EXPECT_TRUE(world_.Write(batch).status().Is(StatusCode::kUnavailable));
  world_.life().loaded->range = range;
  world_.life().loaded->state = LoadedRange::State::kServing;
  EXPECT_TRUE(world_.Write(batch).status().Is(StatusCode::kInvalidArgument));
}

TEST_F(WritePipelineTest, RowsOfNobody_StaleSchema_AndLostLease_AreRefused) {
  WriteBatch stale = Simple();
  stale.generation = model::SchemaGeneration(0);
  auto outcome = world_.Write(stale);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->refused[0].status.Is(StatusCode::kStaleSchema));

  WriteBatch other_table = Simple();
  other_table.table = model::TableId{1, 9};
  EXPECT_TRUE(world_.Write(other_table).status().Is(StatusCode::kNotOwner));

  world_.life().loaded->state = LoadedRange::State::kUnloading;
  outcome = world_.Write(Simple());
  EXPECT_TRUE(outcome->refused[0].status.Is(StatusCode::kNotOwner));
  world_.life().loaded->state = LoadedRange::State::kServing;

  world_.life().lease->End();
  outcome = world_.Write(Simple());
  EXPECT_TRUE(outcome->refused[0].status.Is(StatusCode::kNotOwner));
  EXPECT_FALSE(outcome->base.has_value());
  EXPECT_TRUE(world_.ReadAll().empty());
}

TEST_F(WritePipelineTest, AppliedRow_ComingAgain_IsKnown_ThoughItsFamilyWasDroppedMeanwhile) {
  WriteBatch batch = world_.Batch({world_.Cell("r", "a", "q", "v"), world_.Cell("r", "b", "q", "v")});
  const auto first = world_.Write(batch);
  ASSERT_TRUE(first.ok());
  const auto altered =
      std::make_shared<const model::Schema>(world_.schema()->Alter({model::DropFamilies{{"b"}}}).value());
  world_.range().SetSchema(altered);
  const auto old = world_.Write(batch);
  ASSERT_TRUE(old.ok());
  EXPECT_TRUE(old->refused.at(0).status.Is(StatusCode::kStaleSchema));
  batch.generation = altered->generation();
  batch.resumes = true;
  const auto again = world_.Write(batch);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->refused.empty());
  EXPECT_EQ(again->base, first->base);
  WriteBatch another = world_.Batch({world_.Cell("r", "b", "q", "v")});
  another.generation = altered->generation();
  const auto refused = world_.Write(another);
  ASSERT_TRUE(refused.ok());
  EXPECT_TRUE(refused->refused.at(0).status.Is(StatusCode::kInvalidArgument));
}

TEST_F(WritePipelineTest, FailedSync_IsNeverAnswered_TheNextFileHasIt) {
  world_.life().files->AddRule(
      {.operation = FileOperation::kSync, .fire_count = 2, .hook = [this](std::string_view path) {
         EXPECT_TRUE(world_.disk().LoseUnsynced(path).ok());
       }});
  for (int i = 0; i < 5; ++i) Spawn(Simple("r" + std::to_string(i)));
  RunAll();
  for (const auto& result : results_) EXPECT_TRUE(result->ok());
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_EQ(world_.ReadAll().size(), 5U);
}

TEST_F(WritePipelineTest, DiskFull_RefusesNewWrites_AndGoesOnByItself) {
  world_.disk().set_space_limit_bytes(world_.disk().used_bytes() + 10);
  Spawn(Simple("caught"));
  world_.scheduler().RunFor(kSecond);
  EXPECT_FALSE(results_[0].has_value()) << "never answered failed";
  EXPECT_TRUE(world_.Write(Simple("refused")).status().Is(StatusCode::kNoSpace));
  EXPECT_EQ(world_.Read("caught", "a", "q"), std::nullopt);
  world_.disk().set_space_limit_bytes(1 << 30);
  RunAll();
  EXPECT_TRUE(results_[0]->ok());
  EXPECT_TRUE(world_.Write(Simple("after")).ok());
  EXPECT_EQ(world_.ReadAll().size(), 2U);
}

TEST_F(WritePipelineTest, CopyOfABatchThatTheLogFailsToSync_IsNotRefused) {
  world_.disk().set_space_limit_bytes(world_.disk().used_bytes() + 10);
  const WriteBatch batch = Simple("caught");
  Spawn(batch);
  world_.scheduler().RunFor(kSecond);
  Spawn(batch);
  world_.scheduler().RunFor(kSecond);
  EXPECT_FALSE(results_[1].has_value()) << "what it is told would be believed of the first";
  world_.disk().set_space_limit_bytes(1 << 30);
  RunAll();
  ASSERT_TRUE(results_[0]->ok() && results_[1]->ok());
  EXPECT_EQ((*results_[0])->base, (*results_[1])->base);
}

TEST_F(WritePipelineTest, WhileTheLogFails_WhatWasAppliedBefore_IsAnsweredAgain) {
  const WriteBatch batch = Simple("before");
  ASSERT_TRUE(world_.Write(batch).ok());
  world_.disk().set_space_limit_bytes(world_.disk().used_bytes() + 10);
  Spawn(Simple("caught"));
  world_.scheduler().RunFor(kSecond);
  EXPECT_TRUE(world_.Write(batch).ok());
  EXPECT_TRUE(world_.Write(Simple("refused")).status().Is(StatusCode::kNoSpace));
}

TEST_F(WritePipelineTest, SealedIncarnation_StopsTheServer_NobodyIsToldFailed) {
  ASSERT_TRUE(world_.disk().Seal("servers/rs1", Incarnation(FencingNumber{.term = 2, .counter = 1})).ok());
  Spawn(Simple());
  RunAll();
  EXPECT_TRUE(results_[0]->status().Is(StatusCode::kTimedOut));
  EXPECT_TRUE(world_.life().dead);
  EXPECT_FALSE(world_.Write(Simple()).ok());
  EXPECT_TRUE(world_.ReadAll().empty());
}

TEST_F(WritePipelineTest, TooManyBytesInFlight_IsBusy) {
  world_.Crash(false);
  world_.options().max_bytes_in_flight = 100;
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_TRUE(world_.Write(Simple("r", std::string(200, 'x'))).status().Is(StatusCode::kBusy));
}

TEST_F(WritePipelineTest, ClockThatJumpsAhead_IsRefusedByName) {
  ASSERT_TRUE(world_.Write(Simple()).ok());
  WriteBatch batch = Simple();
  world_.life().node->sim_clock().SetWallOffset(3600 * kSecond);
  const auto outcome = world_.Write(batch);
  EXPECT_TRUE(outcome.status().Is(StatusCode::kUnavailable));
  world_.life().node->sim_clock().SetWallOffset(-3600 * kSecond);
  const auto later = world_.Write(Simple("r", "later"));
  EXPECT_TRUE(later.ok()) << "set back: revisions go on above the last; " << later.status().ToString();
  EXPECT_EQ(world_.Read("r", "a", "q"), "later");
}

TEST_F(WritePipelineTest, ConditionalMutation_AppliesOrAnswersWhatIsThere) {
  const auto first = world_.Mutate(Simple("r", "mine"), {Absent(world_, "a", "q")});
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_TRUE(first->applied);
  const auto second = world_.Mutate(Simple("r", "yours"), {Absent(world_, "a", "q")});
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->applied);
  ASSERT_EQ(second->failed.size(), 1U);
  EXPECT_EQ(second->failed[0].value, "mine");
  EXPECT_EQ(world_.Read("r", "a", "q"), "mine");
  EXPECT_TRUE(world_.Mutate(Simple("r", "v"), {}).ok()) << "others are not held up afterwards";
}

TEST_F(WritePipelineTest, ConditionalMutation_Retried_AnswersApplied) {
  const WriteBatch batch = Simple("r", "mine");
  ASSERT_TRUE(world_.Mutate(batch, {Absent(world_, "a", "q")})->applied);
  const auto again = world_.Mutate(batch, {Absent(world_, "a", "q")});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->applied);
}

TEST_F(WritePipelineTest, BatchThatExpiresWhileItWaitsForARow_IsNotApplied) {
  const common::FaultRuleId full =
      world_.life().files->AddRule({.operation = FileOperation::kAppend, .code = StatusCode::kNoSpace});
  std::optional<Result<MutationOutcome>> slow;  // holds the row until the disk has room again
  std::optional<Result<MutationOutcome>> late;
  const auto mutate = [&](WriteBatch batch, std::optional<Result<MutationOutcome>>* result) {
    world_.life().node->Post([this, result, batch = std::move(batch)]() mutable {
      world_.life().clients->Spawn(StoreMutation(world_.pipeline().MutateRow(std::move(batch), {}), result));
    });
  };
  mutate(Simple("r", "slow"), &slow);
  WriteBatch hurried = Simple("r", "late");
  hurried.expires_at = world_.life().node->clock().WallNow() + kSecond;
  mutate(hurried, &late);
  hurried.sequence = Simple().sequence;
  Spawn(hurried);
  world_.scheduler().RunFor(3 * kSecond);
  EXPECT_FALSE(slow || late || results_[0]);
  world_.life().files->RemoveRule(full);
  world_.scheduler().RunFor(20 * kSecond);
  ASSERT_TRUE(slow && slow->ok() && late && results_[0]);
  EXPECT_TRUE(late->status().Is(StatusCode::kTimedOut)) << late->status().ToString();
  EXPECT_TRUE(results_[0]->status().Is(StatusCode::kTimedOut)) << results_[0]->status().ToString();
  EXPECT_EQ(world_.Read("r", "a", "q"), "slow");
}

TEST_F(WritePipelineTest, ConditionalMutation_TakesOneRow) {
  const WriteBatch two = world_.Batch({world_.Cell("a", "a", "q", "1"), world_.Cell("b", "a", "q", "1")});
  EXPECT_TRUE(world_.Mutate(two, {}).status().Is(StatusCode::kInvalidArgument));
}

TEST(WritePipelineSeedsTest, ManyMutationsOfOneRow_ExactlyOneWins) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    WriteWorld world(seed);
    ASSERT_TRUE(world.Start().ok());
    std::deque<std::optional<Result<MutationOutcome>>> results(8);
    for (size_t i = 0; i < results.size(); ++i) {
      WriteBatch batch = world.Batch({world.Cell("r", "a", "q", std::to_string(i))});
      world.life().node->Post([&world, &result = results[i], batch = std::move(batch)]() mutable {
        world.life().clients->Spawn(StoreMutation(
            world.pipeline().MutateRow(std::move(batch), MutationRequest({Absent(world, "a", "q")})), &result));
      });
    }
    world.scheduler().RunUntil([&] {
      return std::all_of(results.begin(), results.end(), [](const auto& result) { return result.has_value(); });
    });
    int applied = 0;
    for (const auto& result : results) {
      ASSERT_TRUE(result->ok());
      applied += (*result)->applied ? 1 : 0;
    }
    EXPECT_EQ(applied, 1) << "seed " << seed;
  }
}

TEST(WritePipelineSeedsTest, FlushAndNoneClasses_AreVisibleInOrder) {
  for (const model::Durability durability : {model::Durability::kFlush, model::Durability::kNone}) {
    WriteWorld world(3, durability);
    ASSERT_TRUE(world.Start().ok());
    const uint64_t syncs = world.life().files->call_count(FileOperation::kSync);
    for (int i = 0; i < 10; ++i) {
      WriteBatch batch = world.Batch({world.Cell("r", "a", "q", std::to_string(i))});
      ASSERT_TRUE(world.Write(std::move(batch)).ok());
      EXPECT_EQ(world.Read("r", "a", "q"), std::to_string(i));
    }
    EXPECT_EQ(world.life().files->call_count(FileOperation::kSync), syncs);
    const bool is_flush = durability == model::Durability::kFlush;
    world.Crash(false);  // Flush class survives the end of the process, not of the machine.
    ASSERT_TRUE(world.Start().ok());
    EXPECT_EQ(world.Read("r", "a", "q").has_value(), is_flush);
  }
}

TEST_F(WritePipelineTest, Barrier_MakesFlushClassDurable) {
  WriteWorld world(3, model::Durability::kFlush);
  ASSERT_TRUE(world.Start().ok());
  ASSERT_TRUE(world.Write(world.Batch({world.Cell("r", "a", "q", "v")})).ok());
  ASSERT_TRUE(world.scheduler().Run(*world.life().node, world.pipeline().Barrier(true)).ok());
  world.Crash(true);
  ASSERT_TRUE(world.Start().ok());
  EXPECT_EQ(world.Read("r", "a", "q"), "v");
}

TEST_F(WritePipelineTest, Prune_WaitsForTheManifest) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(world_.Write(Simple("r" + std::to_string(i), std::string(300, 'x'))).ok());
  auto prune = [this] { return world_.scheduler().Run(*world_.life().node, world_.pipeline().Prune(true)); };
  auto pruned = prune();
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(*pruned, 0U);
  ASSERT_TRUE(world_.Flush().ok());
  pruned = prune();
  ASSERT_TRUE(pruned.ok());
  EXPECT_GT(*pruned, 2U);
  ASSERT_TRUE(world_.Write(Simple("last")).ok());
  world_.Crash(true);
  ASSERT_TRUE(world_.Start().ok());
  EXPECT_EQ(world_.ReadAll().size(), 41U);
}

TEST_F(WritePipelineTest, Close_LetsNothingIn_AndEnds) {
  Spawn(Simple());
  EXPECT_TRUE(world_.Stop().ok());
  ASSERT_TRUE(world_.Start().ok());
}

}  // namespace
}  // namespace cellar::rangeserver
