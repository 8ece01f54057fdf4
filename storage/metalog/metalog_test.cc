#include "storage/metalog/metalog.h"

#include <gtest/gtest.h>

#include <sstream>

#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "tests/support/golden.h"

namespace cellar::storage {
namespace {

constexpr char kDirectory[] = "master/log-0000000001";

ClusterId TestCluster() {
  return *ClusterId::Parse("00112233445566778899aabbccddeeff");
}

Incarnation TestIncarnation(uint64_t counter) {
  return Incarnation(FencingNumber{.term = 1, .counter = counter});
}

constexpr EntityKey kServer{.type = 1, .id = 7};
constexpr EntityKey kOperation{.type = 2, .id = 300};

class MetaLogTest : public testing::Test {
 protected:
  std::unique_ptr<MetaLog> OpenLog(MetaLogOptions options = {}) {
    auto log = MetaLog::Open(faulty_, kDirectory, TestCluster(), TestIncarnation(1), options);
    EXPECT_TRUE(log.ok()) << log.status().ToString();
    return std::move(*log);
  }
  Entities Stored() {
    const auto state = ReadMetaLog(memory_, kDirectory, TestCluster());
    EXPECT_TRUE(state.ok()) << state.status().ToString();
    return state->entities;
  }

  MemoryFileSystem memory_;
  FaultyFileSystem faulty_{memory_, 1};
};

TEST_F(MetaLogTest, UpdatesAndRemoves_ComeBack) {
  auto log = OpenLog();
  EXPECT_TRUE(log->entities().empty());
  ASSERT_TRUE(log->Update(MetaLogRecord::Update(kServer, "rs1")).ok());
  const MetaLogRecord batch[] = {MetaLogRecord::Update(kOperation, "create table"),
                                 MetaLogRecord::Update(kServer, "rs1 at 15865")};
  ASSERT_TRUE(log->Update(batch).ok());
  EXPECT_EQ(Stored(), log->entities());
  ASSERT_TRUE(log->Update(MetaLogRecord::Remove(kOperation)).ok());
  EXPECT_EQ(Stored(), (Entities{{kServer, "rs1 at 15865"}}));
}

TEST_F(MetaLogTest, Dump_IsTheExampleOfTheFormatPage) {
  auto log = OpenLog();
  ASSERT_TRUE(log->Update(MetaLogRecord::Update(kServer, "rs1")).ok());
  ASSERT_TRUE(log->Update(MetaLogRecord::Remove(kServer)).ok());
  std::ostringstream dump;
  ASSERT_TRUE(DumpMetaLog(memory_, kDirectory, dump).ok());
  const auto bytes = common::ReadWholeFile(memory_, std::string(kDirectory) + "/0000000001", 1 << 20);
  ASSERT_TRUE(bytes.ok());
  EXPECT_TRUE(tests::MatchesGolden(tests::HexDump(*bytes) + dump.str(), "testdata/updates.txt"));
}

TEST_F(MetaLogTest, Reopen_BeginsTheNextFileWithASnapshot) {
  ASSERT_TRUE(OpenLog()->Update(MetaLogRecord::Update(kServer, "rs1")).ok());
  auto log = OpenLog();
  EXPECT_EQ(log->file_number(), 2U);
  EXPECT_EQ(log->entities(), (Entities{{kServer, "rs1"}}));
}

TEST_F(MetaLogTest, LongFile_IsRolled_AndOldOnesGo) {
  auto log = OpenLog({.max_file_bytes = 1000, .kept_file_count = 1});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(log->Update(MetaLogRecord::Update(kServer, "rs" + std::to_string(i))).ok());
  }
  EXPECT_GT(log->file_number(), 3U);
  EXPECT_EQ(memory_.List(kDirectory)->size(), 2U);
  EXPECT_EQ(Stored(), (Entities{{kServer, "rs99"}}));
}

TEST_F(MetaLogTest, LargeState_TakesSeveralSnapshotBlocks) {
  auto log = OpenLog();
  for (uint64_t id = 0; id < 20; ++id) {
    ASSERT_TRUE(log->Update(MetaLogRecord::Update({.type = 1, .id = id}, std::string(200'000, 'x'))).ok());
  }
  ASSERT_TRUE(log->Roll().ok());
  EXPECT_EQ(Stored(), log->entities());
}

TEST_F(MetaLogTest, TooLarge_ChangesNothing) {
  auto log = OpenLog();
  EXPECT_TRUE(log->Update(MetaLogRecord::Update(kServer, std::string(kMaxEntityBytes + 1, 'x')))
                  .Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(log->entities().empty());
}

TEST_F(MetaLogTest, FailedSync_GoesOnWithTheNextFile) {
  auto log = OpenLog();
  faulty_.AddRule({.operation = FileOperation::kSync, .fire_count = 1});
  EXPECT_TRUE(log->Update(MetaLogRecord::Update(kServer, "rs1")).ok());
  EXPECT_EQ(log->file_number(), 2U);
  EXPECT_EQ(Stored(), log->entities());
}

TEST_F(MetaLogTest, DiskFull_IsTold_AndTheNextCallMakesAllDurable) {
  auto log = OpenLog();
  const common::FaultRuleId full = faulty_.AddRule(
      {.operation = FileOperation::kAppend, .fault = FileFault::kShortAppend, .code = StatusCode::kNoSpace});
  EXPECT_TRUE(log->Update(MetaLogRecord::Update(kServer, "rs1")).Is(StatusCode::kNoSpace));
  EXPECT_TRUE(log->Update(MetaLogRecord::Update(kOperation, "drop")).Is(StatusCode::kNoSpace));
  faulty_.RemoveRule(full);
  EXPECT_TRUE(log->Update(MetaLogRecord::Remove(kOperation)).ok());
  EXPECT_EQ(Stored(), (Entities{{kServer, "rs1"}}));
}

TEST_F(MetaLogTest, TakeOver_FencesTheEarlierOwner) {
  auto first = OpenLog();
  ASSERT_TRUE(first->Update(MetaLogRecord::Update(kServer, "rs1")).ok());
  const std::string older[] = {"master/log-0000000000", kDirectory};
  auto second = TakeOverMetaLog(memory_, older, "master/log-0000000002", TestCluster(), TestIncarnation(2));
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_EQ((*second)->entities(), (Entities{{kServer, "rs1"}}));
  EXPECT_TRUE(first->Update(MetaLogRecord::Update(kServer, "zombie")).Is(StatusCode::kFenced));
  ASSERT_TRUE((*second)->Update(MetaLogRecord::Update(kServer, "rs2")).ok());
  const auto state = ReadMetaLog(memory_, "master/log-0000000002", TestCluster());
  EXPECT_EQ(state->entities, (Entities{{kServer, "rs2"}}));
}

TEST_F(MetaLogTest, Confirm_WritesNothing_AndTellsWhoWasTakenOver) {
  auto first = OpenLog();
  const uint64_t appends = faulty_.call_count(FileOperation::kAppend);
  EXPECT_TRUE(first->Confirm().ok());
  EXPECT_EQ(faulty_.call_count(FileOperation::kAppend), appends);
  const std::string older[] = {kDirectory};
  ASSERT_TRUE(TakeOverMetaLog(memory_, older, "master/log-0000000002", TestCluster(), TestIncarnation(2)).ok());
  EXPECT_TRUE(first->Confirm().Is(StatusCode::kFenced));
  EXPECT_TRUE(first->Confirm().Is(StatusCode::kFenced)) << "also when it begins its next file";
}

TEST_F(MetaLogTest, TakeOver_OfNothing_BeginsWithTheInitialState) {
  const auto log =
      TakeOverMetaLog(memory_, {}, kDirectory, TestCluster(), TestIncarnation(1), {}, {{kServer, "first"}});
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(Stored(), (Entities{{kServer, "first"}}));
}

TEST_F(MetaLogTest, OtherCluster_IsRefused) {
  OpenLog();
  ClusterId other = TestCluster();
  other.bytes[0] ^= 1;
  EXPECT_TRUE(MetaLog::Open(memory_, kDirectory, other, TestIncarnation(1)).status().Is(StatusCode::kInvalidArgument));
}

TEST_F(MetaLogTest, LowerIncarnation_IsFenced) {
  ASSERT_TRUE(MetaLog::Open(memory_, kDirectory, TestCluster(), TestIncarnation(5)).ok());
  EXPECT_TRUE(MetaLog::Open(memory_, kDirectory, TestCluster(), TestIncarnation(4)).status().Is(StatusCode::kFenced));
}

}  // namespace
}  // namespace cellar::storage
