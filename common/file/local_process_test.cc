#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"

// Writer and sealer as two processes, one of them stopped or killed between any two steps of its protocol. Whatever the
// interleaving: bytes of a sync that reported success are within the lengths that the seal stored.

namespace cellar::common {
namespace {

const Incarnation kOldLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNewLife(FencingNumber{.term = 1, .counter = 2});

constexpr LocalStep kSealerSteps[] = {LocalStep::kSealRecorded, LocalStep::kSealWordSet, LocalStep::kSealMarkSynced,
                                      LocalStep::kSealFilesRead, LocalStep::kSealStored};

/// A forked process that runs `body` and sends back the number it returns.
class Child {
 public:
  explicit Child(const std::function<uint64_t()>& body) {
    CHECK(::pipe(pipe_) == 0);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ != 0) return;
    const uint64_t result = body();
    CHECK(::write(pipe_[1], &result, sizeof(result)) == sizeof(result));
    ::_exit(0);
  }
  ~Child() {
    if (pid_ > 0) Kill();
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Returns once it has stopped itself; false when it ended instead.
  bool WaitUntilStopped() {
    int status = 0;
    CHECK(::waitpid(pid_, &status, WUNTRACED) == pid_);
    if (!WIFSTOPPED(status)) pid_ = 0;
    return WIFSTOPPED(status);
  }
  void Continue() { CHECK(::kill(pid_, SIGCONT) == 0); }
  void Kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  uint64_t Result() {
    if (pid_ > 0) ::waitpid(std::exchange(pid_, 0), nullptr, 0);
    uint64_t result = 0;
    CHECK(::read(pipe_[0], &result, sizeof(result)) == sizeof(result));
    return result;
  }

 private:
  int pipe_[2] = {-1, -1};
  pid_t pid_ = 0;
};

/// Options that stop the calling process when it comes to `step` for the `nth` time, counted from 1.
LocalFileSystemOptions StopAt(LocalStep step, int nth = 1) {
  auto left = std::make_shared<int>(nth);
  return {.on_step = [step, left](LocalStep reached) {
    if (reached == step && --*left == 0) ::raise(SIGSTOP);
  }};
}

/// Writes 10 bytes and syncs, three times; returns how many bytes were acknowledged before the first failure.
uint64_t WriteThrice(const std::string& root, const LocalFileSystemOptions& options) {
  const auto files = LocalFileSystem::OpenRoot(root, options).value();
  auto file = files->Create("d/log", kOldLife);
  if (!file.ok()) return 0;
  uint64_t acknowledged = 0;
  for (int i = 0; i < 3; ++i) {
    if (!(*file)->Append("0123456789").ok() || !(*file)->Sync().ok()) break;
    acknowledged += 10;
  }
  return acknowledged;
}

uint64_t LengthOfLog(const std::vector<SealedFile>& sealed) {
  for (const SealedFile& file : sealed) {
    if (file.name == "log") return file.length_bytes;
  }
  return 0;
}

class LocalProcessTest : public ::testing::Test {
 protected:
  LocalProcessTest() { CHECK(files_->CreateDirectories("d").ok()); }

  /// What must hold once the directory is sealed, for a writer that was told "durable" for `acknowledged` bytes.
  void CheckSealed(uint64_t acknowledged) {
    const auto sealed = files_->Seal("d", kNewLife);
    ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
    const uint64_t length = LengthOfLog(*sealed);
    EXPECT_LE(acknowledged, length);
    if (files_->Exists("d/log").value()) {
      EXPECT_EQ(ReadWholeFile(*files_, "d/log", 1'000).value().size(), length);
    }
    EXPECT_EQ(files_->Create("d/other", kOldLife).status().code(), StatusCode::kFenced);
    EXPECT_TRUE(files_->Create("d/next", kNewLife).ok());
    EXPECT_EQ(LengthOfLog(files_->Seal("d", kNewLife).value()), length);
  }

  const LocalTestDirectory directory_;
  const std::unique_ptr<LocalFileSystem> files_ = LocalFileSystem::OpenRoot(directory_.path()).value();
};

TEST_F(LocalProcessTest, WriterStoppedBetweenSyncAndCheck_IsFencedAndItsBytesCounted) {
  Child writer([&] { return WriteThrice(directory_.path(), StopAt(LocalStep::kDataSynced, 2)); });
  ASSERT_TRUE(writer.WaitUntilStopped());
  const auto sealed = files_->Seal("d", kNewLife);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(LengthOfLog(*sealed), 20u);
  writer.Continue();
  EXPECT_EQ(writer.Result(), 10u);
  CheckSealed(10);
}

TEST_F(LocalProcessTest, WriterStoppedAfterCreate_GetsNoHandle) {
  Child writer([&] { return WriteThrice(directory_.path(), StopAt(LocalStep::kFileCreated)); });
  ASSERT_TRUE(writer.WaitUntilStopped());
  const auto sealed = files_->Seal("d", kNewLife);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->size(), 1u);  // Listed, with nothing in it: so it stays.
  writer.Continue();
  EXPECT_EQ(writer.Result(), 0u);
  EXPECT_TRUE(files_->Exists("d/log").value());
  CheckSealed(0);
}

TEST_F(LocalProcessTest, WriterStoppedBeforeCreate_LeavesNothingInTheWay) {
  Child writer([&] { return WriteThrice(directory_.path(), StopAt(LocalStep::kCreating)); });
  ASSERT_TRUE(writer.WaitUntilStopped());
  EXPECT_EQ(files_->Seal("d", kNewLife).value().size(), 0u);
  writer.Continue();
  EXPECT_EQ(writer.Result(), 0u);
  EXPECT_FALSE(files_->Exists("d/log").value());
  CheckSealed(0);
}

TEST_F(LocalProcessTest, WriterThatWasKilled_KeepsWhatWasAcknowledged) {
  Child writer([&] { return WriteThrice(directory_.path(), StopAt(LocalStep::kDataSynced, 3)); });
  ASSERT_TRUE(writer.WaitUntilStopped());
  writer.Kill();
  CheckSealed(20);
}

TEST_F(LocalProcessTest, SealerStoppedAtEachStep_WriterInBetween) {
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    ASSERT_TRUE(files_->RemoveDirectory("d").ok());
    ASSERT_TRUE(files_->CreateDirectories("d").ok());
    auto file = files_->Create("d/log", kOldLife);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Append("0123456789").ok());
    ASSERT_TRUE((*file)->Sync().ok());
    Child sealer([&] {
      const auto files = LocalFileSystem::OpenRoot(directory_.path(), StopAt(step)).value();
      return LengthOfLog(files->Seal("d", kNewLife).value());
    });
    ASSERT_TRUE(sealer.WaitUntilStopped());
    uint64_t acknowledged = 10;
    (void)(*file)->Append("0123456789");
    const Status synced = (*file)->Sync();
    if (synced.ok()) acknowledged += 10;
    // Before the word is set the writer may go on; from then on it must not.
    if (step != LocalStep::kSealRecorded) EXPECT_EQ(synced.code(), StatusCode::kFenced);
    sealer.Continue();
    EXPECT_GE(sealer.Result(), acknowledged);
    EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
    CheckSealed(acknowledged);
  }
}

TEST_F(LocalProcessTest, SealerKilledAtEachStep_TheNextOneFinishes) {
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    ASSERT_TRUE(files_->RemoveDirectory("d").ok());
    ASSERT_TRUE(files_->CreateDirectories("d").ok());
    auto file = files_->Create("d/log", kOldLife);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Append("0123456789").ok());
    ASSERT_TRUE((*file)->Sync().ok());
    Child sealer([&] {
      const auto files = LocalFileSystem::OpenRoot(directory_.path(), StopAt(step)).value();
      return LengthOfLog(files->Seal("d", kNewLife).value());
    });
    ASSERT_TRUE(sealer.WaitUntilStopped());
    sealer.Kill();
    uint64_t acknowledged = 10;
    (void)(*file)->Append("0123456789");
    if ((*file)->Sync().ok()) acknowledged += 10;
    CheckSealed(acknowledged);
  }
}

TEST_F(LocalProcessTest, SecondSealKilledAtEachStep_KeepsTheLengthsOfTheFirst) {
  const Incarnation third_life(FencingNumber{.term = 2, .counter = 1});
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    ASSERT_TRUE(files_->RemoveDirectory("d").ok());
    ASSERT_TRUE(files_->CreateDirectories("d").ok());
    EXPECT_EQ(WriteThrice(directory_.path(), {}), 30u);
    ASSERT_TRUE(files_->Seal("d", kNewLife).ok());
    auto next = files_->Create("d/next", kNewLife);
    ASSERT_TRUE(next.ok());
    ASSERT_TRUE((*next)->Append("new").ok());
    ASSERT_TRUE((*next)->Sync().ok());
    Child sealer([&] {
      const auto files = LocalFileSystem::OpenRoot(directory_.path(), StopAt(step)).value();
      return LengthOfLog(files->Seal("d", third_life).value());
    });
    ASSERT_TRUE(sealer.WaitUntilStopped());
    sealer.Kill();
    EXPECT_EQ(ReadWholeFile(*files_, "d/log", 100).value().size(), 30u);
    const auto sealed = files_->Seal("d", third_life);
    ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
    ASSERT_EQ(sealed->size(), 2u);
    EXPECT_EQ(LengthOfLog(*sealed), 30u);
    EXPECT_EQ((*sealed)[1].length_bytes, 3u);
    EXPECT_EQ((*next)->Sync().code(), StatusCode::kFenced);
  }
}

TEST_F(LocalProcessTest, BothStopped_WriterGoesOnFirst) {
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    ASSERT_TRUE(files_->RemoveDirectory("d").ok());
    ASSERT_TRUE(files_->CreateDirectories("d").ok());
    Child writer([&] { return WriteThrice(directory_.path(), StopAt(LocalStep::kDataSynced, 2)); });
    ASSERT_TRUE(writer.WaitUntilStopped());
    Child sealer([&] {
      const auto files = LocalFileSystem::OpenRoot(directory_.path(), StopAt(step)).value();
      return LengthOfLog(files->Seal("d", kNewLife).value());
    });
    ASSERT_TRUE(sealer.WaitUntilStopped());
    writer.Continue();
    const uint64_t acknowledged = writer.Result();
    sealer.Continue();
    EXPECT_GE(sealer.Result(), acknowledged);
    CheckSealed(acknowledged);
  }
}

TEST_F(LocalProcessTest, TwoSealers_OneWaitsForTheOtherAndAgrees) {
  EXPECT_EQ(WriteThrice(directory_.path(), {}), 30u);
  Child first([&] {
    const auto files = LocalFileSystem::OpenRoot(directory_.path(), StopAt(LocalStep::kSealFilesRead)).value();
    return LengthOfLog(files->Seal("d", kNewLife).value());
  });
  ASSERT_TRUE(first.WaitUntilStopped());
  Child second([&] {
    const auto files = LocalFileSystem::OpenRoot(directory_.path()).value();
    return LengthOfLog(files->Seal("d", kNewLife).value());
  });
  first.Continue();
  EXPECT_EQ(second.Result(), 30u);
  EXPECT_EQ(first.Result(), 30u);
}

}  // namespace
}  // namespace cellar::common
