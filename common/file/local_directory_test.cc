#include "common/file/local_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"

namespace cellar::common {
namespace {

ClusterId SomeId() {
  return ClusterId::Parse("00112233445566778899aabbccddeeff").value();
}

std::string Text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::set<std::string> Names(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

TEST(DataDirectoryTest, New_IsMadeWithItsParents) {
  const LocalTestDirectory parent;
  const std::string path = parent.Below("a/b/data");
  const auto directory = DataDirectory::Acquire(path, SomeId);
  ASSERT_TRUE(directory.ok()) << directory.status().ToString();
  EXPECT_EQ((*directory)->cluster_id(), SomeId());
  EXPECT_EQ(Text(path + "/FORMAT"), "Cellar data directory\nformat 1\ncluster 00112233445566778899aabbccddeeff\n");
  EXPECT_EQ(Text(path + "/LOCK"), std::to_string(::getpid()) + "\n");
  EXPECT_EQ(Names(path), (std::set<std::string>{"FORMAT", "LOCK", "files"}));
  EXPECT_TRUE(LocalFileSystem::OpenRoot((*directory)->files_root()).ok());
}

TEST(DataDirectoryTest, Existing_KeepsItsClusterId) {
  const LocalTestDirectory data;
  ASSERT_TRUE(DataDirectory::Acquire(data.path(), SomeId).ok());
  const auto again = DataDirectory::Acquire(data.path(), [] {
    ADD_FAILURE() << "asked for a new id";
    return ClusterId();
  });
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ((*again)->cluster_id(), SomeId());
}

TEST(DataDirectoryTest, Held_IsRefusedNamingThePid) {
  const LocalTestDirectory data;
  const auto first = DataDirectory::Acquire(data.path(), SomeId);
  ASSERT_TRUE(first.ok());
  const auto second = DataDirectory::Acquire(data.path(), SomeId);
  EXPECT_EQ(second.status().code(), StatusCode::kConflict);
  EXPECT_NE(second.status().message().find("process " + std::to_string(::getpid())), std::string_view::npos);
  EXPECT_NE(second.status().message().find(data.path()), std::string_view::npos);
}

TEST(DataDirectoryTest, HolderThatWasKilled_LetsGo) {
  const LocalTestDirectory data;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = DataDirectory::Acquire(data.path(), SomeId);
    (void)!::write(ready[1], held.ok() ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const auto refused = DataDirectory::Acquire(data.path(), SomeId);
  EXPECT_NE(refused.status().message().find("process " + std::to_string(child)), std::string_view::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(DataDirectory::Acquire(data.path(), SomeId).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(DataDirectoryTest, Foreign_IsRefusedAndUntouched) {
  const LocalTestDirectory data;
  WriteText(data.Below("thesis.tex"), "years of work");
  const auto refused = DataDirectory::Acquire(data.path(), SomeId);
  EXPECT_EQ(refused.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(refused.status().message().find("thesis.tex"), std::string_view::npos);
  EXPECT_EQ(Names(data.path()), (std::set<std::string>{"thesis.tex"}));
}

TEST(DataDirectoryTest, NewerFormat_IsRefusedAndUntouched) {
  const LocalTestDirectory data;
  const std::string text = "Cellar data directory\nformat 7\nsomething new\n";
  WriteText(data.Below("FORMAT"), text);
  const auto refused = DataDirectory::Acquire(data.path(), SomeId);
  EXPECT_EQ(refused.status().code(), StatusCode::kUnsupported);
  EXPECT_NE(refused.status().message().find("format 7"), std::string_view::npos);
  EXPECT_EQ(Names(data.path()), (std::set<std::string>{"FORMAT"}));
  EXPECT_EQ(Text(data.Below("FORMAT")), text);
}

TEST(DataDirectoryTest, DamagedFormat_IsRefusedAndUntouched) {
  const std::string id = "00112233445566778899aabbccddeeff";
  for (const std::string text : {"", "hello\n", "Cellar data directory\n", "Cellar data directory\nformat x\n",
                                 "Cellar data directory\nformat 0\n", "Cellar data directory\nformat 1\n",
                                 "Cellar data directory\nformat 1\ncluster 12\n",
                                 "Cellar data directory\nformat 1\ncluster 00000000000000000000000000000000\n"}) {
    const LocalTestDirectory data;
    WriteText(data.Below("FORMAT"), text);
    EXPECT_EQ(DataDirectory::Acquire(data.path(), SomeId).status().code(), StatusCode::kCorruption) << text;
    EXPECT_EQ(Names(data.path()), (std::set<std::string>{"FORMAT"}));
  }
  const LocalTestDirectory data;
  WriteText(data.Below("FORMAT"), "Cellar data directory\nformat 1\ncluster " + id + "\nmore\n");
  EXPECT_EQ(DataDirectory::Acquire(data.path(), SomeId).status().code(), StatusCode::kCorruption);
}

TEST(DataDirectoryTest, AFile_IsRefused) {
  const LocalTestDirectory parent;
  WriteText(parent.Below("file"), "x");
  EXPECT_EQ(DataDirectory::Acquire(parent.Below("file"), SomeId).status().code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(DataDirectory::Acquire(parent.Below("file/data"), SomeId).ok());
}

TEST(DataDirectoryTest, StartThatWasCutShort_IsTakenUp) {
  const LocalTestDirectory data;
  WriteText(data.Below("LOCK"), "");
  WriteText(data.Below("FORMAT.new"), "Cellar da");
  std::filesystem::create_directory(data.Below("files"));
  EXPECT_TRUE(DataDirectory::Acquire(data.path(), SomeId).ok());
  EXPECT_EQ(Names(data.path()), (std::set<std::string>{"FORMAT", "LOCK", "files"}));
}

TEST(DataDirectoryTest, ForeignFolderNamedFiles_IsRefused) {
  const LocalTestDirectory data;
  std::filesystem::create_directories(data.Below("files/photos"));
  EXPECT_EQ(DataDirectory::Acquire(data.path(), SomeId).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Names(data.path()), (std::set<std::string>{"files"}));
}

TEST(DataDirectoryTest, Unwritable_IsRefused) {
  const LocalTestDirectory data;
  ::chmod(data.path().c_str(), 0555);
  const pid_t child = ::fork();  // Root may write everywhere, so a child gives that up.
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const auto refused = DataDirectory::Acquire(data.path(), SomeId);
    const bool names_it = refused.status().message().find(data.path()) != std::string_view::npos;
    ::_exit(refused.status().Is(StatusCode::kIoError) && names_it ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(Names(data.path()), std::set<std::string>());
}

}  // namespace
}  // namespace cellar::common
