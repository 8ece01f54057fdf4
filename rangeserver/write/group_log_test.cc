#include "rangeserver/write/group_log.h"

#include <gtest/gtest.h>

#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_test_support.h"

namespace cellar::rangeserver {
namespace {

using common::FaultRuleId;
using model::Durability;

class GroupLogTest : public testing::Test {
 protected:
  GroupLogTest() {
    auto log = GroupLog::Open(faulty_, storage::kTestLogDirectory, storage::TestIdentity(), {}, faults_);
    CHECK(log.ok());
    log_ = std::move(log).value();
  }

  /// A group of one batch with one cell of about `value_bytes`, whose revision is `base`.
  std::shared_ptr<const CommitGroup> Group(int64_t base, Durability durability, size_t value_bytes = 1) {
    storage::TestGroup& made = made_.emplace_back();
    made.Add(range_, base, storage::TestCells("row" + std::to_string(base), std::string(value_bytes, 'v')));
    auto batch = std::make_shared<PendingBatch>();
    batch->durability = durability;
    PendingBatch::Part& part = batch->parts.emplace_back();
    part.section = made.sections().at(0);
    auto group = std::make_shared<CommitGroup>();
    group->bytes = part.section.cells.size();
    group->logged = durability != Durability::kNone;
    group->must_sync = durability == Durability::kSync;
    group->batches.push_back(std::move(batch));
    return group;
  }
  /// Revisions that a new owner of the range reads, in order, after a power cut.
  std::vector<int64_t> DurableRevisions() {
    SeededRandom random(1);
    disk_.PowerCut(random);
    auto reader = storage::LogReader::Open(disk_, storage::kTestLogDirectory, storage::TestIdentity());
    CHECK(reader.ok());
    std::vector<int64_t> revisions;
    for (const std::string& line : storage::ReplayTables(**reader, 1).lines) {
      revisions.push_back(std::stoll(line.substr(line.find(" base ") + 6)));
    }
    return revisions;
  }
  FaultRuleId Fail(FileOperation operation, StatusCode code, uint64_t times) {
    FaultRule rule;
    rule.operation = operation;
    rule.code = code;
    rule.fire_count = times;
    return faulty_.AddRule(rule);
  }

  common::MemoryFileSystem disk_;
  common::FaultyFileSystem faulty_{disk_, 1};
  FaultPoints faults_;
  const storage::LoggedRange range_ = storage::TestRange(1, std::nullopt, std::nullopt);
  std::deque<storage::TestGroup> made_;
  std::unique_ptr<GroupLog> log_;
};

TEST_F(GroupLogTest, SyncGroups_AreDurableWhenCommitReturns_InOrder) {
  for (int64_t base : {100, 101, 102}) ASSERT_TRUE(log_->Commit(Group(base, Durability::kSync)).ok());
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100, 101, 102}));
}

TEST_F(GroupLogTest, FlushGroups_AreSyncedWithTheNextThatMust) {
  const uint64_t syncs = faulty_.call_count(FileOperation::kSync);
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kFlush)).ok());
  ASSERT_TRUE(log_->Commit(Group(101, Durability::kFlush)).ok());
  EXPECT_EQ(faulty_.call_count(FileOperation::kSync), syncs);
  ASSERT_TRUE(log_->Commit(Group(102, Durability::kSync)).ok());
  EXPECT_EQ(faulty_.call_count(FileOperation::kSync), syncs + 1);
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100, 101, 102}));
}

TEST_F(GroupLogTest, FlushGroups_AreSyncedWhenManyBytesWaitForIt) {
  const uint64_t syncs = faulty_.call_count(FileOperation::kSync);
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kFlush, GroupLog::kMaxUnsyncedBytes / 2)).ok());
  EXPECT_EQ(faulty_.call_count(FileOperation::kSync), syncs);
  ASSERT_TRUE(log_->Commit(Group(101, Durability::kFlush, GroupLog::kMaxUnsyncedBytes / 2)).ok());
  EXPECT_GT(faulty_.call_count(FileOperation::kSync), syncs);
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100, 101}));
}

TEST_F(GroupLogTest, GroupsOfClassNone_WriteNothing) {
  const uint64_t appends = faulty_.call_count(FileOperation::kAppend);
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kNone)).ok());
  EXPECT_EQ(faulty_.call_count(FileOperation::kAppend), appends);
}

TEST_F(GroupLogTest, FailedSync_IsOvercomeWithinTheCall_ByTheNextFile) {
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kFlush)).ok());
  const FaultRuleId failing = Fail(FileOperation::kSync, StatusCode::kIoError, 1);
  ASSERT_TRUE(log_->Commit(Group(101, Durability::kSync)).ok());
  EXPECT_EQ(faulty_.fired_count(failing), 1u);
  EXPECT_EQ(log_->fragment_count(), 2u);
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100, 101})) << "also the one that was answered before";
}

TEST_F(GroupLogTest, AfterThreeFiles_TheErrorIsTold_AndNothingIsForgotten) {
  const FaultRuleId failing = Fail(FileOperation::kSync, StatusCode::kIoError, UINT64_MAX);
  EXPECT_TRUE(log_->Commit(Group(100, Durability::kSync)).Is(StatusCode::kIoError));
  EXPECT_TRUE(log_->Commit(Group(101, Durability::kFlush)).Is(StatusCode::kIoError)) << "a group before owes its sync";
  EXPECT_TRUE(log_->Retry().Is(StatusCode::kIoError));
  faulty_.RemoveRule(failing);
  ASSERT_TRUE(log_->Retry().ok());
  ASSERT_TRUE(log_->Commit(Group(102, Durability::kSync)).ok());
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100, 101, 102}));
}

TEST_F(GroupLogTest, OnAFullDisk_NoOtherFileIsTried) {
  const FaultRuleId full = Fail(FileOperation::kAppend, StatusCode::kNoSpace, UINT64_MAX);
  EXPECT_TRUE(log_->Commit(Group(100, Durability::kSync)).Is(StatusCode::kNoSpace));
  EXPECT_EQ(faulty_.fired_count(full), 1u);
  faulty_.RemoveRule(full);
  ASSERT_TRUE(log_->Retry().ok());
  EXPECT_EQ(DurableRevisions(), (std::vector<int64_t>{100}));
}

TEST_F(GroupLogTest, SealedDirectory_IsFenced_AtOnceAndForGood) {
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kSync)).ok());
  ASSERT_TRUE(disk_.Seal("servers/rs1", Incarnation({2, 0})).ok());
  const uint64_t creates = faulty_.call_count(FileOperation::kCreate);
  EXPECT_TRUE(log_->Commit(Group(101, Durability::kSync)).Is(StatusCode::kFenced));
  EXPECT_EQ(faulty_.call_count(FileOperation::kCreate), creates) << "no other file was tried";
  EXPECT_TRUE(log_->Retry().Is(StatusCode::kFenced));
  EXPECT_TRUE(log_->SyncAll().Is(StatusCode::kFenced));
}

TEST_F(GroupLogTest, Prune_ClosesTheCurrentFile_OnlyWhenNothingInItWaits) {
  const auto all_flushed = [](const storage::LoggedRange&, model::Revision) { return true; };
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kFlush)).ok());
  EXPECT_EQ(log_->Prune(all_flushed, true).value(), 0u) << "the group is not durable yet";
  ASSERT_TRUE(log_->SyncAll().ok());
  EXPECT_EQ(log_->Prune(all_flushed, false).value(), 0u) << "the current file stays";
  EXPECT_EQ(log_->Prune(all_flushed, true).value(), 1u);
  EXPECT_EQ(DurableRevisions(), std::vector<int64_t>());
}

TEST_F(GroupLogTest, PinnedBy_NamesTheRangesThatHoldTheOldestFile) {
  const auto none_flushed = [](const storage::LoggedRange&, model::Revision) { return false; };
  ASSERT_TRUE(log_->Commit(Group(100, Durability::kSync)).ok());
  EXPECT_TRUE(log_->PinnedBy(none_flushed).empty()) << "no file is closed";
  ASSERT_TRUE(log_->Prune(none_flushed, true).ok());
  EXPECT_EQ(log_->PinnedBy(none_flushed), std::vector<storage::LoggedRange>{range_});
}

}  // namespace
}  // namespace cellar::rangeserver
