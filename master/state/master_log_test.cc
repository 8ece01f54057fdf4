#include "master/state/master_log.h"

#include <gtest/gtest.h>

#include "common/concurrency/block_on.h"
#include "common/concurrency/threaded_executor.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "common/time/system_clock.h"

namespace cellar::master {
namespace {

class MasterLogTest : public testing::Test {
 protected:
  std::unique_ptr<MasterLog> Claim() { return ClaimOn(executor_); }
  /// By another master, on an executor of its own: also while one is at it.
  std::unique_ptr<MasterLog> ClaimElsewhere() { return ClaimOn(elsewhere_); }
  std::unique_ptr<MasterLog> ClaimOn(Executor& executor) {
    auto log = common::BlockOn(executor, MasterLog::Claim(executor, files_, ClusterId()));
    EXPECT_TRUE(log.ok()) << log.status().ToString();
    return std::move(log).value();
  }
  /// Claims a term, but for a pause before the first call of `operation` on a path like `path`: `meanwhile` happens.
  Status ClaimSlowly(FileOperation operation, const std::string& path, std::function<void()> meanwhile) {
    common::FaultyFileSystem slow(files_, 1);
    FaultRule pause;
    pause.operation = operation;
    pause.path_pattern = path;
    pause.fault = FileFault::kHookOnly;
    pause.fire_count = 1;
    pause.hook = [meanwhile = std::move(meanwhile)](std::string_view) { meanwhile(); };
    slow.AddRule(std::move(pause));
    return common::BlockOn(executor_, MasterLog::Claim(executor_, slow, ClusterId())).status();
  }
  template <typename... Entities>
  Status Save(MasterLog& log, Entities... entities) {
    return common::BlockOn(executor_, log.Save(entities...));
  }
  /// The same for one that was claimed elsewhere: a log stays on its executor.
  template <typename... Entities>
  Status SaveElsewhere(MasterLog& log, Entities... entities) {
    return common::BlockOn(elsewhere_, log.Save(entities...));
  }

  common::SystemClock clock_;
  common::ThreadedExecutor executor_{clock_, {}};
  common::ThreadedExecutor elsewhere_{clock_, {}};
  common::MemoryFileSystem files_;
};

OperationEntity MakeOperation(uint64_t id, bool done) {
  OperationEntity operation;
  operation.id = id;
  operation.path = "/t" + std::to_string(id);
  operation.done = done;
  return operation;
}

TEST_F(MasterLogTest, NextTerm_SeesWhatTheOneBeforeSaved) {
  auto first = Claim();
  EXPECT_EQ(first->term(), 1u);
  while (first->TakeTable() < 4) {
  }
  ASSERT_TRUE(Save(*first, MakeOperation(1, false)).ok());
  auto second = Claim();
  EXPECT_EQ(second->term(), 2u);
  EXPECT_EQ(second->counters().next_table, 5u);
  ASSERT_EQ(second->operations().size(), 1u);
  EXPECT_EQ(second->operations().at(1).path, "/t1");
}

TEST_F(MasterLogTest, DeposedMaster_SavesNothing) {
  auto first = Claim();
  auto second = Claim();
  EXPECT_FALSE(Save(*first, MakeOperation(1, false)).ok());
  EXPECT_TRUE(Save(*second, MakeOperation(2, false)).ok());
  EXPECT_EQ(Claim()->operations().size(), 1u);
}

TEST_F(MasterLogTest, MasterStoppedBeforeItsLogIsOpen_IsFencedWhenItGoesOn) {
  std::unique_ptr<MasterLog> later;
  const Status overtaken = ClaimSlowly(FileOperation::kCreateDirectories, "master/log-*", [&] {
    later = ClaimElsewhere();  // finds no log of the first term to seal
  });
  EXPECT_TRUE(overtaken.Is(StatusCode::kFenced)) << overtaken.ToString();
  EXPECT_EQ(later->term(), 2u);
  EXPECT_TRUE(SaveElsewhere(*later, MakeOperation(1, false)).ok());
}

TEST_F(MasterLogTest, TermThatWasRemovedAsGarbage_IsNotClaimedASecondTime) {
  auto first = Claim();
  std::unique_ptr<MasterLog> third;
  const Status overtaken = ClaimSlowly(FileOperation::kCreate, "master/term-0000000002", [&] {
    ASSERT_EQ(ClaimElsewhere()->term(), 2u);
    third = ClaimElsewhere();
    const auto garbage = MasterLog::FilesBefore(files_, third->term());
    ASSERT_TRUE(garbage.ok());
    for (const std::string& path : *garbage) {
      const bool is_directory = path.back() == '/';
      ASSERT_TRUE((is_directory ? files_.RemoveDirectory(path.substr(0, path.size() - 1)) : files_.Remove(path)).ok());
    }
  });
  EXPECT_TRUE(overtaken.Is(StatusCode::kFenced)) << overtaken.ToString();
  EXPECT_TRUE(SaveElsewhere(*third, MakeOperation(1, false)).ok());
}

TEST_F(MasterLogTest, DirectoryThatWasMadeAgain_IsNotWrittenTo) {
  auto first = Claim();
  auto second = Claim();
  // As garbage, and then by a master that was stopped on its way to the same term.
  ASSERT_TRUE(files_.RemoveDirectory("master/log-0000000001").ok());
  ASSERT_TRUE(files_.CreateDirectories("master/log-0000000001").ok());
  EXPECT_TRUE(Save(*first, MakeOperation(1, false)).Is(StatusCode::kFenced));
  EXPECT_TRUE(common::BlockOn(executor_, first->Confirm()).Is(StatusCode::kFenced));
  EXPECT_TRUE(Save(*second, MakeOperation(2, false)).ok());
}

TEST_F(MasterLogTest, Confirm_SaysWhetherALaterTermHasBegun) {
  auto first = Claim();
  EXPECT_TRUE(common::BlockOn(executor_, first->Confirm()).ok());
  auto second = Claim();
  EXPECT_TRUE(common::BlockOn(executor_, first->Confirm()).Is(StatusCode::kFenced));
  EXPECT_TRUE(common::BlockOn(executor_, second->Confirm()).ok());
}

TEST_F(MasterLogTest, FinishedOperations_AreForgottenOldestFirst) {
  auto log = Claim();
  ASSERT_TRUE(Save(*log, MakeOperation(1, false)).ok());
  for (uint64_t id = 2; id < MasterLog::kKeptOperations + 5; ++id)
    ASSERT_TRUE(Save(*log, MakeOperation(id, true)).ok());
  EXPECT_EQ(log->operations().count(1), 1u);
  EXPECT_EQ(log->operations().count(2), 0u);
  EXPECT_LE(log->operations().size(), MasterLog::kKeptOperations + 2);
}

TEST_F(MasterLogTest, DeposedMasterWhoseLogWasRemoved_IsFenced) {
  auto first = Claim();
  auto second = Claim();
  ASSERT_TRUE(files_.RemoveDirectory("master/log-0000000001").ok());
  EXPECT_TRUE(Save(*first, MakeOperation(1, false)).Is(StatusCode::kFenced));
}

TEST_F(MasterLogTest, LockService_IsReadWhileItsMasterWrites) {
  EXPECT_FALSE(MasterLog::ReadLockService(files_, ClusterId())->has_value());
  auto first = Claim();
  EXPECT_FALSE(MasterLog::ReadLockService(files_, ClusterId())->has_value());
  LockServiceEntity entity;
  entity.nonce = "n";
  entity.address = "a:1";
  ASSERT_TRUE(Save(*first, entity).ok());
  EXPECT_EQ(MasterLog::ReadLockService(files_, ClusterId()).value()->address, "a:1");
  ASSERT_TRUE(Save(*first, MakeOperation(1, false)).ok());
  EXPECT_EQ(Claim()->lock_service()->nonce, "n");
}

TEST_F(MasterLogTest, ServersAndGarbage_AreKeptUntilReplacedOrForgotten) {
  auto first = Claim();
  ServerEntity server;
  server.number = 3;
  server.file_id_block = first->TakeFileIdBlock();
  first->KeepLocation(3);
  ASSERT_TRUE(Save(*first, server).ok());
  GarbageEntity garbage;
  garbage.id = 8;
  garbage.paths.emplace_back("servers/rs1/x/");
  ASSERT_TRUE(Save(*first, garbage).ok());
  auto second = Claim();
  EXPECT_EQ(second->servers().at(3).location().get(), "rs3");
  EXPECT_EQ(second->TakeLocation(), 4u);
  EXPECT_EQ(second->TakeFileIdBlock(), server.file_id_block + 1);
  EXPECT_EQ(second->garbage().at(8).paths, garbage.paths);
  ASSERT_TRUE(common::BlockOn(executor_, second->ForgetGarbage(8)).ok());
  EXPECT_TRUE(Claim()->garbage().empty());
}

}  // namespace
}  // namespace cellar::master
