#include "rangeserver/maintenance/maintenance.h"

#include <gtest/gtest.h>

#include "tests/support/write_world.h"

namespace cellar::rangeserver {
namespace {

/// METADATA as one row, with answers to order; whatever is written to others is well.
class OneRow final : public RangeRows {
 public:
  Task<Result<std::optional<model::RangeRecord>>> Read(model::RangeKey, Deadline) override {
    co_return std::optional<model::RangeRecord>(record);
  }
  Task<Status> Write(model::RangeRecord known, model::RangeRecord changed, Deadline) override {
    if (known.range != record.range) co_return common::OkStatus();
    ++write_count;
    Status answer;
    if (!answers.empty()) {
      answer = answers.front();
      answers.erase(answers.begin());
    }
    if (!answer.ok() && !writes_before_error) co_return answer;
    if (known.epoch != record.epoch || known.manifest != record.manifest) co_return common::Conflict("changed");
    record = std::move(changed);
    co_return answer;
  }

  model::RangeRecord record;
  std::vector<Status> answers;  ///< Of the next writes.
  bool writes_before_error = false;
  int write_count = 0;
};

class MaintenanceTest : public testing::Test {
 protected:
  MaintenanceTest() {
    CHECK(world_.Start().ok());
    rows_.metadata = &row_;
    row_.record = range()->record;
    compactor_ = std::make_unique<RangeCompactor>(node(), rows_, world_.faults(), Logger(), stop_.token());
  }

  void Put(const std::string& row, size_t value_size = 10) {
    ASSERT_TRUE(world_.Write(world_.Batch({world_.Cell(row, "a", "q", std::string(value_size, 'v'))})).ok());
  }
  Status Compact(CompactionKind kind = CompactionKind::kMinor) {
    return world_.scheduler().Run(node(), compactor_->Compact(range(), kind));
  }
  /// Looks at the ranges for a while of virtual time.
  void Maintain(Nanos time) {
    Maintenance maintenance(node(), world_.life().ranges, *compactor_, options_,
                            [this](model::RangeKey key) { return NoteCompaction(std::move(key)); });
    node().Post([&maintenance] { maintenance.Start(); });
    world_.scheduler().RunFor(time);
    admitted_ = maintenance.Admit();
    world_.scheduler().Run(node(), maintenance.Stop());
  }
  /// Another one, which wants to be flushed for its log's sake.
  void AddReplayedRange() {
    RangeEnvironment environment;
    environment.files = world_.life().files.get();
    environment.clock = &node().clock();
    environment.file_ids = world_.life().file_ids.get();
    auto other = std::make_shared<LoadedRange>();
    other->record.range = model::RangeKey(model::TableId{1, 2}, std::nullopt, std::nullopt);
    other->record.log_refs.resize(1);
    other->range = Range::Open(environment, other->record.range, Epoch(), world_.schema(), model::Manifest()).value();
    other->state = LoadedRange::State::kServing;
    CHECK(world_.life().ranges.Insert(other).ok());
  }
  Task<void> NoteCompaction(model::RangeKey) {
    ++compaction_count_;
    co_return;
  }
  const std::shared_ptr<LoadedRange>& range() { return world_.life().loaded; }
  SimExecutor& node() { return *world_.life().node; }

  tests::WriteWorld world_{9};
  OneRow row_;
  RowStores rows_;
  common::CancellationSource stop_;
  std::unique_ptr<RangeCompactor> compactor_;
  MaintenanceOptions options_;
  int compaction_count_ = 0;
  Status admitted_;
};

TEST(CompactionPolicyTest, ManyFiles_ComeBeforeFullCaches_BeforeNothing) {
  CompactionPolicy policy;
  RangeStats stats;
  EXPECT_EQ(ChooseCompaction(policy, stats, false), std::nullopt);
  EXPECT_EQ(ChooseCompaction(policy, stats, true), CompactionKind::kMinor);
  stats.released_count = 1;
  EXPECT_EQ(ChooseCompaction(policy, stats, false), CompactionKind::kMinor);
  stats.released_count = 0;
  stats.cache_bytes = policy.max_cache_bytes;
  stats.max_group_stores = policy.max_group_stores;
  EXPECT_EQ(ChooseCompaction(policy, stats, false), std::nullopt);
  ++stats.cache_bytes;
  EXPECT_EQ(ChooseCompaction(policy, stats, false), CompactionKind::kMinor);
  ++stats.max_group_stores;
  EXPECT_EQ(ChooseCompaction(policy, stats, false), CompactionKind::kMerging);
}

TEST_F(MaintenanceTest, ACompaction_IsInstalledInTheRow_AndForgetsReplayedLogs) {
  Put("r");
  range()->record.log_refs.resize(1);
  row_.record = range()->record;
  EXPECT_TRUE(Compact().ok());
  EXPECT_FALSE(row_.record.manifest.empty());
  EXPECT_TRUE(row_.record.log_refs.empty());
  EXPECT_EQ(range()->range->stats().cache_cells, 0u);
  EXPECT_EQ(range()->range->stats().store_count, 1u);
}

TEST_F(MaintenanceTest, WithNothingToCompact_ReplayedLogsAreForgottenAllTheSame) {
  range()->record.log_refs.resize(1);
  row_.record = range()->record;
  EXPECT_TRUE(Compact().ok());
  EXPECT_TRUE(row_.record.log_refs.empty());
  EXPECT_TRUE(Compact().ok());
  EXPECT_EQ(row_.write_count, 1);
}

TEST_F(MaintenanceTest, AnInstallation_IsTriedUntilMetadataAnswers) {
  Put("r");
  row_.answers = {common::Unavailable("moving"), common::Busy("full"), common::TimedOut("no answer")};
  EXPECT_TRUE(Compact().ok());
  EXPECT_EQ(row_.write_count, 4);
}

TEST_F(MaintenanceTest, AnInstallationWhoseAnswerWasLost_IsRecognisedByTheRow) {
  Put("r");
  row_.answers = {common::TimedOut("no answer")};
  row_.writes_before_error = true;
  EXPECT_TRUE(Compact().ok());
  EXPECT_EQ(range()->state, LoadedRange::State::kServing);
  EXPECT_EQ(range()->record.manifest, row_.record.manifest);
}

TEST_F(MaintenanceTest, ARowOfSomebodyElse_TakesTheRangeOffline_AndKeepsTheCells) {
  Put("r");
  row_.record.epoch = Epoch(FencingNumber{.term = 9, .counter = 9});
  EXPECT_TRUE(Compact().Is(StatusCode::kFenced));
  EXPECT_EQ(range()->state, LoadedRange::State::kOffline);
  EXPECT_EQ(world_.ReadAll().size(), 1u);
  EXPECT_TRUE(Compact().Is(StatusCode::kUnavailable));
}

TEST_F(MaintenanceTest, AnErrorThatStays_AbandonsTheFiles_AndTheNextCompactionWorks) {
  Put("r");
  row_.answers = {common::IoError("METADATA is damaged")};
  EXPECT_TRUE(Compact().Is(StatusCode::kIoError));
  EXPECT_EQ(world_.ReadAll().size(), 1u);
  EXPECT_TRUE(Compact().ok());
  EXPECT_EQ(range()->range->stats().store_count, 1u);
}

TEST_F(MaintenanceTest, AStoppingServer_DoesNotWaitForMetadata) {
  Put("r");
  row_.answers.assign(1000, common::Unavailable("gone"));
  world_.scheduler().After(5 * kSecond, [this] { node().Post([this] { stop_.Cancel(); }); });
  EXPECT_TRUE(Compact().Is(StatusCode::kCancelled));
  EXPECT_LT(world_.scheduler().now(), 7 * kSecond);
}

TEST_F(MaintenanceTest, FullCaches_AreWritten_AndNothingElseIsDone) {
  options_.policy.max_cache_bytes = 50'000;
  Put("small");
  Maintain(5 * kSecond);
  EXPECT_EQ(compaction_count_, 0);
  for (int i = 0; i < 10; ++i) Put("r" + std::to_string(i), 10'000);
  Maintain(5 * kSecond);
  EXPECT_EQ(compaction_count_, 1);
  EXPECT_EQ(range()->range->stats().cache_cells, 0u);
}

TEST_F(MaintenanceTest, ARangeThatWaitsForItsTurn_IsNotPutInTheQueueAgain) {
  options_.policy.max_cache_bytes = 1;
  Put("r");
  AddReplayedRange();
  row_.answers.assign(200, common::Unavailable("METADATA moves"));  // for twenty seconds
  Maintain(40 * kSecond);
  EXPECT_EQ(compaction_count_, 2);
}

TEST_F(MaintenanceTest, ManyFiles_AreMerged) {
  options_.policy.max_group_stores = 2;
  for (int i = 0; i < 4; ++i) {
    Put("r" + std::to_string(i));
    EXPECT_TRUE(Compact().ok());
  }
  Maintain(5 * kSecond);
  EXPECT_GE(compaction_count_, 1);
  EXPECT_LE(range()->range->stats().max_group_stores, 2u);
  EXPECT_EQ(world_.ReadAll().size(), 4u);
}

TEST_F(MaintenanceTest, OverTheBudget_WritesAreBusy_UntilCachesAreWritten) {
  options_.cache_budget_bytes = 40'000;
  for (int i = 0; i < 10; ++i) Put("r" + std::to_string(i), 10'000);
  row_.answers.assign(1000, common::Unavailable("METADATA moves"));
  world_.scheduler().After(20 * kSecond, [this] { node().Post([this] { row_.answers.clear(); }); });
  Maintain(10 * kSecond);
  EXPECT_TRUE(admitted_.Is(StatusCode::kBusy));
  Maintain(30 * kSecond);
  EXPECT_TRUE(admitted_.ok());
}

}  // namespace
}  // namespace cellar::rangeserver
