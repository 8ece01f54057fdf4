#include "common/file/memory_file_system.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cellar::common {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNextLife(FencingNumber{.term = 1, .counter = 2});

std::unique_ptr<WritableFile> MustCreate(FileSystem& files, const std::string& path) {
  auto file = files.Create(path, kLife);
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  return std::move(file).value();
}

std::string MustRead(const FileSystem& files, const std::string& path) {
  auto bytes = ReadWholeFile(files, path, 1 << 28);
  return bytes.ok() ? *bytes : "(" + bytes.status().ToString() + ")";
}

TEST(MemoryFileSystemTest, PowerCut_KeepsSyncedBytesAndAPartOfTheRest) {
  const std::string synced(700, 's');
  const std::string unsynced(3'000, 'u');
  bool saw_nothing = false, saw_all = false, saw_hole = false, saw_torn = false;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    MemoryFileSystem files;
    auto file = MustCreate(files, "log");
    ASSERT_TRUE(file->Append(synced).ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(file->Append(unsynced).ok());
    SeededRandom random(seed);
    files.PowerCut(random);
    const std::string left = MustRead(files, "log");
    ASSERT_GE(left.size(), synced.size()) << "seed " << seed;
    ASSERT_LE(left.size(), synced.size() + unsynced.size());
    ASSERT_EQ(left.substr(0, synced.size()), synced);
    const std::string rest = left.substr(synced.size());
    ASSERT_EQ(rest.find_first_not_of(std::string("u\0", 2)), std::string::npos);
    saw_nothing |= rest.empty();
    saw_all |= rest == unsynced;
    saw_torn |= left.size() % 512 != 0 && !rest.empty() && rest.size() < unsynced.size();
    const size_t zero = rest.find('\0');
    saw_hole |= zero != std::string::npos && rest.find('u', zero) != std::string::npos;
  }
  EXPECT_TRUE(saw_nothing && saw_all && saw_hole && saw_torn);
}

TEST(MemoryFileSystemTest, PowerCut_SameSeedSameResult) {
  const auto run = [](uint64_t seed) {
    MemoryFileSystem files;
    EXPECT_TRUE(files.CreateDirectories("a/b").ok());
    for (const std::string name : {"a/x", "a/b/y", "z"}) {
      auto file = MustCreate(files, name);
      EXPECT_TRUE(file->Append(std::string(2'000, 'x')).ok());
    }
    SeededRandom random(seed);
    files.PowerCut(random);
    return files.Digest();
  };
  std::set<uint64_t> digests;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_EQ(run(seed), run(seed));
    digests.insert(run(seed));
  }
  EXPECT_GT(digests.size(), 25u);
}

TEST(MemoryFileSystemTest, PowerCut_KillsHandlesAndViews_NewOnesWork) {
  MemoryFileSystem files;
  const auto view = files.NewProcess();
  auto file = MustCreate(*view, "log");
  auto own = MustCreate(files, "own");
  const auto reader = view->Open("log");
  SeededRandom random(1);
  files.PowerCut(random);
  EXPECT_FALSE(view->alive());
  EXPECT_EQ(view->Exists("log").status().code(), StatusCode::kCancelled);
  EXPECT_EQ(file->Append("x").status().code(), StatusCode::kCancelled);
  EXPECT_EQ(own->Append("x").status().code(), StatusCode::kCancelled);
  EXPECT_EQ((*reader)->Length().status().code(), StatusCode::kCancelled);
  EXPECT_TRUE(files.Exists("log").value());
  EXPECT_TRUE(files.NewProcess()->Exists("own").value());
}

TEST(MemoryFileSystemTest, Kill_KeepsThePageCacheAndTheDeadHaveNoEffect) {
  MemoryFileSystem files;
  const auto victim = files.NewProcess();
  const auto other = files.NewProcess();
  auto file = MustCreate(*victim, "log");
  ASSERT_TRUE(file->Append("unsynced").ok());
  victim->Kill();
  EXPECT_EQ(file->Append("x").status().code(), StatusCode::kCancelled);
  EXPECT_EQ(file->Sync().code(), StatusCode::kCancelled);
  EXPECT_EQ(file->Close().code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->Create("f", kLife).status().code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->Open("log").status().code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->List("").status().code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->CreateDirectories("d").code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->Remove("log").code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->RemoveDirectory("d").code(), StatusCode::kCancelled);
  EXPECT_EQ(victim->Seal("", kNextLife).status().code(), StatusCode::kCancelled);
  EXPECT_EQ(MustRead(*other, "log"), "unsynced");
}

TEST(MemoryFileSystemTest, Restart_KillsOwnHandlesOnly) {
  MemoryFileSystem files;
  const auto view = files.NewProcess();
  auto own = MustCreate(files, "own");
  auto others = MustCreate(*view, "others");
  ASSERT_TRUE(own->Append("kept").ok());
  files.Restart();
  EXPECT_EQ(own->Append("x").status().code(), StatusCode::kCancelled);
  EXPECT_TRUE(others->Append("x").ok());
  EXPECT_EQ(MustRead(files, "own"), "kept");
}

TEST(MemoryFileSystemTest, SpaceLimit_TakesWhatFitsThenPoisons) {
  MemoryFileSystem files({.space_limit_bytes = 10});
  auto file = MustCreate(files, "log");
  ASSERT_TRUE(file->Append("1234").ok());
  const auto full = file->Append("567890AB");
  EXPECT_EQ(full.status().code(), StatusCode::kNoSpace);
  EXPECT_EQ(file->Sync().code(), StatusCode::kNoSpace);
  EXPECT_EQ(MustRead(files, "log"), "1234567890");
  EXPECT_EQ(files.used_bytes(), 10u);
  ASSERT_TRUE(files.Remove("log").ok());
  EXPECT_EQ(files.used_bytes(), 0u);
  EXPECT_TRUE(MustCreate(files, "log2")->Append("123").ok());
  files.set_space_limit_bytes(2);
  EXPECT_EQ(MustCreate(files, "log3")->Append("1").status().code(), StatusCode::kNoSpace);
}

TEST(MemoryFileSystemTest, NoDirectorySync_MayLoseAFileWhoseBytesWereSynced) {
  int lost = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    MemoryFileSystem files({.sync_directory_entries = false});
    auto file = MustCreate(files, "log");
    ASSERT_TRUE(file->Append("acknowledged").ok());
    ASSERT_TRUE(file->Sync().ok());
    SeededRandom random(seed);
    files.PowerCut(random);
    lost += !files.Exists("log").value();
  }
  EXPECT_GT(lost, 5);
  EXPECT_LT(lost, 35);
}

TEST(MemoryFileSystemTest, LoseUnsynced_IsReadableButNeverDurable) {
  int damaged = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    MemoryFileSystem files;
    auto file = MustCreate(files, "log");
    ASSERT_TRUE(file->Append("safe").ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(file->Append("gone").ok());
    ASSERT_TRUE(files.LoseUnsynced("log").ok());
    ASSERT_TRUE(file->Append("late").ok());
    ASSERT_TRUE(file->Sync().ok());
    EXPECT_EQ(MustRead(files, "log"), "safegonelate");
    SeededRandom random(seed);
    files.PowerCut(random);
    const std::string left = MustRead(files, "log");
    EXPECT_EQ(left.substr(0, 4), "safe");
    EXPECT_EQ(left.substr(8), "late");
    damaged += left != "safegonelate";
  }
  EXPECT_GT(damaged, 3);
}

TEST(MemoryFileSystemTest, Snapshot_IsACopyThatGoesItsOwnWay) {
  MemoryFileSystem files;
  auto file = MustCreate(files, "log");
  ASSERT_TRUE(file->Append("before").ok());
  const auto copy = files.Snapshot();
  EXPECT_EQ(copy->Digest(), files.Digest());
  ASSERT_TRUE(file->Append("after").ok());
  ASSERT_TRUE(copy->Remove("log").ok());
  EXPECT_EQ(MustRead(files, "log"), "beforeafter");
  EXPECT_FALSE(copy->Exists("log").value());
}

TEST(MemoryFileSystemTest, SyncEverything_MakesAllDurable) {
  MemoryFileSystem files({.sync_directory_entries = false});
  auto file = MustCreate(files, "log");
  ASSERT_TRUE(file->Append("bytes").ok());
  files.SyncEverything();
  SeededRandom random(3);
  files.PowerCut(random);
  EXPECT_EQ(MustRead(files, "log"), "bytes");
}

TEST(MemoryFileSystemTest, DamageAndTruncate_StayWithinTheFile) {
  MemoryFileSystem files;
  ASSERT_TRUE(MustCreate(files, "f")->Append("0123456789").ok());
  ASSERT_TRUE(files.Damage("f", 3, "xy").ok());
  EXPECT_EQ(MustRead(files, "f"), "012xy56789");
  EXPECT_EQ(files.Damage("f", 9, "xy").code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(files.Truncate("f", 4).ok());
  EXPECT_EQ(MustRead(files, "f"), "012x");
  EXPECT_EQ(files.Truncate("f", 5).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files.used_bytes(), 4u);
}

TEST(MemoryFileSystemTest, SealedThenRemovedDirectory_StillFencesItsHandles) {
  MemoryFileSystem files;
  ASSERT_TRUE(files.CreateDirectories("d").ok());
  auto file = MustCreate(files, "d/log");
  ASSERT_TRUE(file->Append("x").ok());
  ASSERT_TRUE(files.Seal("d", kNextLife).ok());
  ASSERT_TRUE(files.RemoveDirectory("d").ok());
  ASSERT_TRUE(files.CreateDirectories("d").ok());
  auto second = MustCreate(files, "d/log");
  EXPECT_EQ(file->Sync().code(), StatusCode::kFenced);
  EXPECT_TRUE(second->Sync().ok());
}

TEST(MemoryFileSystemTest, Seal_OutlivesAPowerCutAndItsLengthsToo) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    MemoryFileSystem files;
    ASSERT_TRUE(files.CreateDirectories("d").ok());
    auto file = MustCreate(files, "d/log");
    ASSERT_TRUE(file->Append("counted").ok());
    const auto lengths = files.Seal("d", kNextLife);
    ASSERT_TRUE(lengths.ok());
    SeededRandom random(seed);
    files.PowerCut(random);
    EXPECT_EQ(MustRead(files, "d/log"), "counted");
    EXPECT_EQ(files.Create("d/other", kLife).status().code(), StatusCode::kFenced);
    const auto again = files.Seal("d", kNextLife);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->front().length_bytes, 7u);
  }
}

}  // namespace
}  // namespace cellar::common
