#include "common/file/local_file_system.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/file/local_test_directory.h"

namespace cellar::common {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNextLife(FencingNumber{.term = 1, .counter = 2});

class LocalFileSystemTest : public ::testing::Test {
 protected:
  std::unique_ptr<WritableFile> MustCreate(const std::string& path) {
    auto file = files_->Create(path, kLife);
    EXPECT_TRUE(file.ok()) << file.status().ToString();
    return std::move(file).value();
  }

  const LocalTestDirectory directory_;
  const std::unique_ptr<LocalFileSystem> files_ = LocalFileSystem::OpenRoot(directory_.path()).value();
};

TEST_F(LocalFileSystemTest, Open_OfNothing_IsNotFound) {
  EXPECT_EQ(LocalFileSystem::OpenRoot(directory_.Below("nothing")).status().code(), StatusCode::kNotFound);
}

TEST_F(LocalFileSystemTest, SymbolicLinks_AreNotFollowed) {
  std::ofstream(directory_.Below("target")) << "secret";
  std::filesystem::create_symlink("/etc", directory_.Below("etc"));
  std::filesystem::create_symlink(directory_.Below("target"), directory_.Below("link"));
  EXPECT_EQ(files_->Open("etc/passwd").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files_->Open("link").status().code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(files_->Create("etc/cellar-test", kLife).ok());
  EXPECT_FALSE(files_->List("etc").ok());
  EXPECT_FALSE(files_->CreateDirectories("etc/cellar-test").ok());
}

TEST_F(LocalFileSystemTest, RemoveDirectory_RemovesALinkNotItsTarget) {
  const LocalTestDirectory elsewhere;
  std::ofstream(elsewhere.Below("kept")) << "x";
  ASSERT_TRUE(files_->CreateDirectories("d").ok());
  std::filesystem::create_directory_symlink(elsewhere.path(), directory_.Below("d/link"));
  EXPECT_TRUE(files_->RemoveDirectory("d").ok());
  EXPECT_TRUE(std::filesystem::exists(elsewhere.Below("kept")));
}

TEST_F(LocalFileSystemTest, NamesThatAreNotOurs_AreNotListed) {
  std::ofstream(directory_.Below("with blank")) << "x";
  std::ofstream(directory_.Below("ours")) << "x";
  const auto entries = files_->List("");
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().name, "ours");
}

TEST_F(LocalFileSystemTest, APipe_IsNotAFile) {
  ASSERT_EQ(::mkfifo(directory_.Below("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_->Open("pipe").status().code(), StatusCode::kInvalidArgument);
}

TEST_F(LocalFileSystemTest, FileSizeLimit_FailsTheAppendAndPoisons) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  const auto file = MustCreate("f");
  ASSERT_TRUE(file->Append("0123456789").ok());
  const rlimit small{.rlim_cur = 15, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto full = file->Append("0123456789");  // A part of it arrives first.
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(full.status().code(), StatusCode::kNoSpace);
  EXPECT_NE(full.status().message().find("'f' at 15"), std::string_view::npos) << full.status().ToString();
  EXPECT_EQ(file->Sync().code(), StatusCode::kNoSpace);
  EXPECT_EQ(file->Append("x").status().code(), StatusCode::kNoSpace);
}

TEST_F(LocalFileSystemTest, NoDescriptorsLeft_IsBusy) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  MustCreate("f");
  const rlimit none{.rlim_cur = 0, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const Status opened = files_->Open("f").status();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(opened.code(), StatusCode::kBusy);
}

TEST_F(LocalFileSystemTest, DamagedSealMark_FailsSyncAndReadsByName) {
  ASSERT_TRUE(files_->CreateDirectories("d").ok());
  const auto file = MustCreate("d/log");
  ASSERT_TRUE(file->Append("bytes").ok());
  ASSERT_TRUE(files_->Seal("d", kNextLife).ok());
  {
    std::fstream mark(directory_.Below("d/.seal"), std::ios::in | std::ios::out | std::ios::binary);
    mark.seekp(20);
    mark.put('\x55');
  }
  const auto again = LocalFileSystem::OpenRoot(directory_.path()).value();
  EXPECT_EQ(ReadWholeFile(*again, "d/log", 100).status().code(), StatusCode::kCorruption);
  EXPECT_EQ(again->Create("d/new", kNextLife).status().code(), StatusCode::kCorruption);
  EXPECT_EQ(again->Seal("d", kNextLife).status().code(), StatusCode::kCorruption);
  EXPECT_NE(again->Seal("d", kNextLife).status().message().find("d/.seal"), std::string_view::npos);
  EXPECT_FALSE(file->Sync().ok());
}

TEST_F(LocalFileSystemTest, HeaderOfZeros_IsWrittenAnew) {
  ASSERT_TRUE(files_->CreateDirectories("d").ok());
  std::ofstream(directory_.Below("d/.seal")) << std::string(16, '\0');
  EXPECT_TRUE(MustCreate("d/log")->Append("x").ok());
  EXPECT_EQ(files_->Seal("d", kNextLife).value().size(), 1u);
}

TEST_F(LocalFileSystemTest, RemovedAndMadeAgain_DirectoryHasAFreshSeal) {
  ASSERT_TRUE(files_->CreateDirectories("d").ok());
  MustCreate("d/log");
  ASSERT_TRUE(files_->Seal("d", kNextLife).ok());
  ASSERT_TRUE(files_->RemoveDirectory("d").ok());
  ASSERT_TRUE(files_->CreateDirectories("d").ok());
  EXPECT_TRUE(files_->Create("d/log", kLife).ok());
}

TEST_F(LocalFileSystemTest, HandlesOutliveTheFileSystem) {
  auto files = LocalFileSystem::OpenRoot(directory_.path()).value();
  const auto file = files->Create("f", kLife);
  ASSERT_TRUE(file.ok());
  const auto reader = files->Open("f");
  ASSERT_TRUE(reader.ok());
  files.reset();
  EXPECT_TRUE((*file)->Append("abc").ok());
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_EQ((*reader)->Length().value(), 3u);
}

}  // namespace
}  // namespace cellar::common
