#include "common/file/faulty_file_system.h"

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <string>
#include <utility>

#include "common/file/file_system_conformance.h"
#include "common/file/memory_file_system.h"

namespace cellar::common {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});

class FaultyStorage final : public StorageUnderTest {
 public:
  FileSystem& files() override { return first_; }
  FileSystem& other_process() override { return second_; }

 private:
  MemoryFileSystem medium_;
  FaultyFileSystem first_{medium_, 1};
  FaultyFileSystem second_{medium_, 2};
};

INSTANTIATE_TEST_SUITE_P(Faulty, FileSystemConformanceTest,
                         ::testing::Values(StorageFactory{"Faulty", [] { return std::make_unique<FaultyStorage>(); }}));

class FaultyFileSystemTest : public ::testing::Test {
 protected:
  std::unique_ptr<WritableFile> MustCreate(const std::string& path) {
    auto file = files_.Create(path, kLife);
    EXPECT_TRUE(file.ok()) << file.status().ToString();
    return std::move(file).value();
  }
  std::string Stored(const std::string& path) { return ReadWholeFile(medium_, path, 1 << 20).value(); }

  MemoryFileSystem medium_;
  FaultyFileSystem files_{medium_, 7};
};

TEST_F(FaultyFileSystemTest, FailAppend_OnTheKthCall_PoisonsTheHandle) {
  const auto rule = files_.AddRule({.operation = FileOperation::kAppend, .skip_count = 2, .fire_count = 1});
  const auto file = MustCreate("log");
  EXPECT_TRUE(file->Append("a").ok());
  EXPECT_TRUE(file->Append("b").ok());
  EXPECT_EQ(file->Append("c").status().code(), StatusCode::kIoError);
  EXPECT_EQ(file->Append("d").status().code(), StatusCode::kIoError);
  EXPECT_EQ(file->Sync().code(), StatusCode::kIoError);
  EXPECT_EQ(Stored("log"), "ab");
  EXPECT_EQ(files_.fired_count(rule), 1u);
  EXPECT_EQ(files_.call_count(FileOperation::kAppend), 3u);
  EXPECT_TRUE(MustCreate("log2")->Append("e").ok());
}

TEST_F(FaultyFileSystemTest, PathPattern_ChoosesTheFile) {
  files_.AddRule({.operation = FileOperation::kAppend, .path_pattern = "log*", .code = StatusCode::kNoSpace});
  EXPECT_EQ(MustCreate("log1")->Append("x").status().code(), StatusCode::kNoSpace);
  EXPECT_TRUE(MustCreate("store1")->Append("x").ok());
}

TEST_F(FaultyFileSystemTest, ShortAppend_LeavesAProperPart) {
  files_.AddRule({.operation = FileOperation::kAppend, .fault = FileFault::kShortAppend});
  const std::string bytes(1'000, 'x');
  EXPECT_FALSE(MustCreate("log")->Append(bytes).ok());
  EXPECT_LT(Stored("log").size(), bytes.size());
}

TEST_F(FaultyFileSystemTest, FailSync_AndDoThenFail) {
  files_.AddRule({.operation = FileOperation::kSync, .path_pattern = "a"});
  files_.AddRule({.operation = FileOperation::kSync, .path_pattern = "b", .fault = FileFault::kDoThenFail});
  for (const std::string name : {"a", "b"}) {
    const auto file = MustCreate(name);
    EXPECT_TRUE(file->Append("bytes").ok());
    EXPECT_EQ(file->Sync().code(), StatusCode::kIoError);
    EXPECT_EQ(file->Sync().code(), StatusCode::kIoError);
  }
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto machine = medium_.Snapshot();
    SeededRandom random(seed);
    machine->PowerCut(random);
    EXPECT_EQ(ReadWholeFile(*machine, "b", 100).value(), "bytes");
  }
}

TEST_F(FaultyFileSystemTest, ForgetfulSync_LosesBytesThatALaterSyncReportsDurable) {
  files_.AddRule({.operation = FileOperation::kSync,
                  .fire_count = 1,
                  .poisons_handle = false,
                  .hook = [this](std::string_view path) { ASSERT_TRUE(medium_.LoseUnsynced(path).ok()); }});
  const auto file = MustCreate("log");
  EXPECT_TRUE(file->Append("bytes").ok());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_TRUE(file->Sync().ok());
  int damaged = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const auto machine = medium_.Snapshot();
    SeededRandom random(seed);
    machine->PowerCut(random);
    damaged += ReadWholeFile(*machine, "log", 100).value() != "bytes";
  }
  EXPECT_GT(damaged, 0);
}

TEST_F(FaultyFileSystemTest, FlipBit_ChangesExactlyOneBitOfWhatIsRead) {
  const std::string bytes(100, '\0');
  EXPECT_TRUE(MustCreate("f")->Append(bytes).ok());
  files_.AddRule({.operation = FileOperation::kRead, .fault = FileFault::kFlipBit});
  const std::string read = ReadWholeFile(files_, "f", 1'000).value();
  int bits = 0;
  for (const char c : read) bits += std::popcount(static_cast<uint8_t>(c));
  EXPECT_EQ(bits, 1);
  EXPECT_EQ(Stored("f"), bytes);
}

TEST_F(FaultyFileSystemTest, Probability_IsDrawnFromTheSeed) {
  const auto fired = [](uint64_t seed) {
    MemoryFileSystem medium;
    FaultyFileSystem files(medium, seed);
    const auto rule = files.AddRule({.operation = FileOperation::kExists, .one_in = 10});
    for (int i = 0; i < 1'000; ++i) (void)files.Exists("f");
    return files.fired_count(rule);
  };
  EXPECT_EQ(fired(1), fired(1));
  EXPECT_NEAR(static_cast<double>(fired(1)), 100, 40);
}

TEST_F(FaultyFileSystemTest, EveryOperation_CanFail) {
  ASSERT_TRUE(files_.CreateDirectories("d").ok());
  const auto writer = MustCreate("d/f");
  const auto reader = files_.Open("d/f");
  ASSERT_TRUE(reader.ok());
  for (int i = 0; i < kFileOperationCount; ++i) {
    files_.AddRule({.operation = static_cast<FileOperation>(i), .code = StatusCode::kTimedOut});
  }
  char byte = 0;
  EXPECT_EQ(files_.Create("d/g", kLife).status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.Open("d/f").status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.CreateDirectories("e").code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.List("d").status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.Exists("d").status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.Remove("d/f").code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.RemoveDirectory("d").code(), StatusCode::kTimedOut);
  EXPECT_EQ(files_.Seal("d", kLife).status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(writer->Append("x").status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(writer->Close().code(), StatusCode::kTimedOut);
  EXPECT_EQ((*reader)->Read(0, 1, &byte).status().code(), StatusCode::kTimedOut);
  EXPECT_EQ((*reader)->Length().status().code(), StatusCode::kTimedOut);
  EXPECT_EQ(medium_.List("").value().size(), 1u);
  files_.ClearRules();
  EXPECT_TRUE(files_.Exists("d/f").value());
}

TEST_F(FaultyFileSystemTest, Hook_SeesThePathAndMayChangeTheRules) {
  std::string seen;
  files_.AddRule(
      {.operation = FileOperation::kRemove, .fault = FileFault::kHookOnly, .hook = [&](std::string_view path) {
         seen = path;
         files_.ClearRules();
       }});
  MustCreate("f");
  EXPECT_TRUE(files_.Remove("f").ok());
  EXPECT_EQ(seen, "f");
}

TEST(PathPatternTest, Star_StandsForAnyBytes) {
  EXPECT_TRUE(MatchesPathPattern("servers/rs1/log/3", "servers/*/log/*"));
  EXPECT_TRUE(MatchesPathPattern("abc", "abc"));
  EXPECT_TRUE(MatchesPathPattern("", "*"));
  EXPECT_TRUE(MatchesPathPattern("aXbXc", "a*b*c"));
  EXPECT_TRUE(MatchesPathPattern("abab", "*ab"));
  EXPECT_FALSE(MatchesPathPattern("abc", "ab"));
  EXPECT_FALSE(MatchesPathPattern("ab", "abc"));
  EXPECT_FALSE(MatchesPathPattern("abX", "*ab"));
}

}  // namespace
}  // namespace cellar::common
