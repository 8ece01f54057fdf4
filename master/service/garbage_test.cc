#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/file_names.h"
#include "model/manifest.h"
#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using model::FileId;
using model::TableId;
using testing::Contains;
using testing::HasSubstr;

constexpr TableId kTable{1, 1};

FileId FileOf(uint32_t block, uint32_t number) {
  return FileId((uint64_t{block} << 32) | number);
}

/// Two lives of rs1: file id block 1 is the dead one's, block 2 the living one's.
class GarbageTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.options.garbage_interval = 60 * kSecond;
    world_.StartAll();
    ASSERT_TRUE(world_.CreateTable("/t", 1).ok());
    dead_ = world_.range_server->Rows()[0].incarnation;
    ASSERT_TRUE(world_.StartRangeServer("rs1"));
    world_.AwaitRecovery();
    world_.world.RunFor(10 * kSecond);
    ASSERT_FALSE(world_.master().collected()) << "the rows still refer to the first life's log";
  }

  void Make(const std::string& path) {
    ASSERT_TRUE(world_.disk.CreateDirectories(path.substr(0, path.rfind('/'))).ok());
    ASSERT_TRUE(world_.disk.Create(path, Incarnation({1, 1})).ok());
  }
  std::string MakeStore(FileId file, TableId table = kTable) {
    const std::string path = model::CellStorePath(table, file);
    Make(path);
    return path;
  }
  bool Exists(const std::string& path) { return world_.disk.Exists(path).value(); }
  std::string DeadDirectory() const { return model::IncarnationDirectory(model::Location("rs1"), dead_); }

  /// The next pass by itself.
  void Collect() { world_.world.RunFor(70 * kSecond); }

  MasterWorld world_;
  Incarnation dead_;
};

TEST_F(GarbageTest, LogsOfTheDead_StayAsLongAsARowRefersToThem) {
  EXPECT_TRUE(Exists(DeadDirectory()));
  Collect();
  EXPECT_TRUE(Exists(DeadDirectory()));
  EXPECT_FALSE(world_.master().collected());
  world_.range_server->ForgetLogs();
  Collect();
  EXPECT_FALSE(Exists(DeadDirectory()));
  EXPECT_TRUE(world_.master().collected());
  EXPECT_EQ(world_.disk.List("servers/rs1")->size(), 1u) << "the living one's";
}

TEST_F(GarbageTest, StoresOfTheDead_GoUnlessAManifestNamesThem) {
  model::Manifest manifest;
  manifest.number = model::ManifestNumber(1);
  manifest.groups.emplace_back().name = "default";
  manifest.groups[0].files.emplace_back().id = FileOf(1, 1);
  manifest.dropped.push_back({FileOf(1, 2), 1});
  world_.range_server->SetManifest(kTable, manifest.Encode());
  const std::string live = MakeStore(FileOf(1, 1));
  const std::string dropped = MakeStore(FileOf(1, 2));
  const std::string unnamed = MakeStore(FileOf(1, 3));
  const std::string of_the_living = MakeStore(FileOf(2, 1));
  const std::string of_nobody = MakeStore(FileOf(99, 1));
  Make("tables/1-1/notes.txt");
  Collect();
  EXPECT_TRUE(Exists(live));
  EXPECT_TRUE(Exists(dropped));
  EXPECT_FALSE(Exists(unnamed));
  EXPECT_TRUE(Exists(of_the_living));
  EXPECT_TRUE(Exists(of_nobody)) << "a number that was never given out is not the collector's";
  EXPECT_TRUE(Exists("tables/1-1/notes.txt"));
}

TEST_F(GarbageTest, DirectoryOfADroppedTable_GoesWhoeverWroteThere) {
  ASSERT_TRUE(world_.DropTable("/t", 2).ok());
  const std::string late = MakeStore(FileOf(2, 7));
  const std::string of_no_table = MakeStore(FileOf(1, 1), TableId{1, 50});
  Collect();
  EXPECT_FALSE(Exists("tables/1-1"));
  EXPECT_TRUE(Exists(of_no_table)) << "a number that was never given out is not the collector's";
}

TEST_F(GarbageTest, EarlierOwnersMetalogs_Go) {
  EXPECT_EQ(world_.disk.List("root")->size(), 1u);
  world_.StopMaster();
  world_.StartAll();
  world_.range_server->ForgetLogs();
  world_.AwaitCollection();
  EXPECT_EQ(world_.disk.List("root")->size(), 1u);
  std::vector<std::string> names;
  const auto entries = world_.disk.List("master");
  for (const auto& entry : *entries) names.push_back(entry.name);
  EXPECT_THAT(names, testing::ElementsAre("log-0000000002", "term-0000000002"));
}

TEST_F(GarbageTest, ScanThatDoesNotTile_DeletesNothing) {
  const std::string unnamed = MakeStore(FileOf(1, 3));
  world_.range_server->LoseRow(kTable);
  Collect();
  EXPECT_TRUE(Exists(unnamed));
  EXPECT_THAT(world_.MasterStatus().problems, Contains(HasSubstr("no range holds the rows")));
}

TEST_F(GarbageTest, ManifestThatDoesNotRead_DeletesNothing) {
  const std::string unnamed = MakeStore(FileOf(1, 3));
  world_.range_server->SetManifest(kTable, "no manifest");
  Collect();
  EXPECT_TRUE(Exists(unnamed));
  EXPECT_THAT(world_.MasterStatus().problems, Contains(HasSubstr("collection of garbage")));
}

TEST_F(GarbageTest, ScanThatTookTooLong_IsThrownAway) {
  const std::string unnamed = MakeStore(FileOf(1, 3));
  ASSERT_TRUE(world_.faults.Induce("master.gc.after_scan:delay(500000):0").ok());
  world_.range_server->ForgetLogs();
  Collect();
  EXPECT_TRUE(Exists(unnamed)) << "the scan goes on and on";
  const auto is_told = [this] { return !world_.MasterStatus().problems.empty(); };
  for (int second = 0; second < 600 && !is_told(); ++second) world_.world.RunFor(kSecond);
  EXPECT_TRUE(Exists(unnamed));
  EXPECT_THAT(world_.MasterStatus().problems, Contains(HasSubstr("too long to be trusted")));
  Collect();
  EXPECT_FALSE(Exists(unnamed));
}

TEST_F(GarbageTest, StoreThatADeadServerWroteLate_Goes_ThoughAnEarlierMasterSawItsEnd) {
  world_.StopMaster();
  ASSERT_TRUE(world_.disk.RemoveDirectory("servers/rs1").ok());  // as a collection does after the seal
  ASSERT_TRUE(world_.StartMaster());
  ASSERT_TRUE(world_.StartRangeServer("")) << "at another location";
  const std::string late = MakeStore(FileOf(2, 1));
  const std::string of_the_living = MakeStore(FileOf(3, 1));
  world_.AwaitRecovery();
  world_.range_server->ForgetLogs();
  world_.AwaitCollection();
  EXPECT_FALSE(Exists(late));
  EXPECT_TRUE(Exists(of_the_living));
}

TEST_F(GarbageTest, ServerThatComesDuringAScan_MakesItVoid) {
  world_.range_server->ForgetLogs();
  ASSERT_TRUE(world_.faults.Induce("master.gc.after_scan:pause:0").ok());
  Collect();
  const std::string unnamed = MakeStore(FileOf(2, 3));
  ASSERT_TRUE(world_.StartRangeServer("rs1"));
  world_.AwaitRecovery();
  world_.faults.DisarmAll();
  world_.world.RunFor(kSecond);
  EXPECT_TRUE(Exists(unnamed)) << "the scan was of the time before";
  world_.range_server->ForgetLogs();
  world_.AwaitCollection();
  EXPECT_FALSE(Exists(unnamed)) << "a new one has seen the end of the second life";
}

class GarbageCrashTest : public GarbageTest, public testing::WithParamInterface<const char*> {};

TEST_P(GarbageCrashTest, TheNextMaster_GoesOn) {
  const std::string unnamed = MakeStore(FileOf(1, 3));
  model::Manifest manifest;
  manifest.groups.emplace_back().name = "default";
  manifest.groups[0].files.emplace_back().id = FileOf(1, 1);
  world_.range_server->SetManifest(kTable, manifest.Encode());
  const std::string live = MakeStore(FileOf(1, 1));
  world_.range_server->ForgetLogs();
  ASSERT_TRUE(world_.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
  Collect();
  ASSERT_TRUE(world_.dead());
  world_.BuryMaster();
  world_.StartAll();
  world_.range_server->ForgetLogs();
  world_.AwaitCollection();
  ASSERT_TRUE(world_.master().collected());
  EXPECT_FALSE(Exists(unnamed));
  EXPECT_FALSE(Exists(DeadDirectory()));
  EXPECT_TRUE(Exists(live));
}

INSTANTIATE_TEST_SUITE_P(EachStep, GarbageCrashTest,
                         testing::Values("master.gc.after_listing", "master.gc.after_scan", "master.gc.after_record",
                                         "master.gc.after_removal", "master.gc.after_forget"));

}  // namespace
}  // namespace cellar::master
