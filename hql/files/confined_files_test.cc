#include "hql/files/confined_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "hql/error_codes.h"

namespace cellar::hql {
namespace {

namespace fs = std::filesystem;

/// An import root "in" with a folder beside it that nobody may reach.
class ConfinedFilesTest : public testing::Test {
 protected:
  ConfinedFilesTest() {
    std::string path = (fs::temp_directory_path() / "cellar-confined-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    folder_ = path;
    fs::create_directories(folder_ / "in" / "sub");
    fs::create_directories(folder_ / "out");
    Put("in/a.tsv", "inside");
    Put("in/sub/b.tsv", "below");
    Put("out/secret", "secret");
  }
  ~ConfinedFilesTest() override { fs::remove_all(folder_); }

  void Put(const std::string& name, const std::string& content) { std::ofstream(folder_ / name) << content; }
  std::string Content(const std::string& name) {
    std::ifstream file(folder_ / name);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::string Root() const { return (folder_ / "in").string(); }

  /// What is in the file, or the code of the refusal.
  std::string Read(const std::string& name) {
    ConfinedFiles files(Root() + "/");
    Result<std::unique_ptr<ByteSource>> source = OpenSource(files, name);
    if (!source.ok()) return std::to_string(source.status().detail());
    Result<std::string> all = ReadAll(**source, 1000);
    return all.ok() ? *all : all.status().ToString();
  }
  int32_t Write(const std::string& name, const std::string& content = "new") {
    ConfinedFiles files(Root());
    Result<std::unique_ptr<ByteSink>> sink = OpenSink(files, name);
    if (!sink.ok()) return sink.status().detail();
    Status status = (*sink)->Write(content);
    if (status.ok()) status = (*sink)->Finish();
    return status.ok() ? 0 : -1;
  }

  fs::path folder_;
};

TEST_F(ConfinedFilesTest, NamesCountFromTheRoot) {
  EXPECT_EQ(Read("a.tsv"), "inside");
  EXPECT_EQ(Read("./sub//b.tsv"), "below");
  EXPECT_EQ(Read("file://a.tsv"), "inside");
  EXPECT_EQ(Read(Root() + "/sub/b.tsv"), "below");
  EXPECT_EQ(Read("nothing"), "12");
  EXPECT_EQ(Read("nothing/a.tsv"), "12");
  EXPECT_EQ(Write("c.tsv"), 0);
  EXPECT_EQ(Content("in/c.tsv"), "new");
  EXPECT_EQ(Write(Root() + "/sub/b.tsv", "other"), 0);
  EXPECT_EQ(Content("in/sub/b.tsv"), "other");
  EXPECT_EQ(Write("nothing/c.tsv"), kFileNotFound) << "folders are not made";
}

TEST_F(ConfinedFilesTest, WhatLeadsOut_IsRefused) {
  const std::string outside = (folder_ / "out" / "secret").string();
  for (const std::string& name :
       {std::string("../out/secret"), std::string("sub/../../out/secret"), std::string("sub/../a.tsv"), outside,
        Root() + "/../out/secret", std::string("/etc/passwd"), Root() + "x/a.tsv", std::string("-"),
        std::string("sub/"), std::string("."), std::string("a.tsv\0b", 7), Root()}) {
    EXPECT_EQ(Read(name), "44") << name;
    EXPECT_EQ(Write(name), kNotAllowed) << name;
  }
  EXPECT_EQ(Content("out/secret"), "secret");
  EXPECT_EQ(Content("in/a.tsv"), "inside");
}

TEST_F(ConfinedFilesTest, LinksAreNotFollowed) {
  fs::create_symlink(folder_ / "out" / "secret", folder_ / "in" / "link");
  fs::create_symlink("../../out", folder_ / "in" / "sub" / "up");
  fs::create_symlink("a.tsv", folder_ / "in" / "inner");
  fs::create_symlink("nowhere", folder_ / "in" / "dangling");
  for (const char* name : {"link", "sub/up/secret", "inner", "dangling"}) {
    EXPECT_EQ(Read(name), "44") << name;
    EXPECT_EQ(Write(name), kNotAllowed) << name;
  }
  EXPECT_EQ(Write("sub/up/new"), kNotAllowed);
  EXPECT_FALSE(fs::exists(folder_ / "out" / "new"));
  EXPECT_EQ(Content("out/secret"), "secret");
  fs::create_symlink("in", folder_ / "root_link");
  ConfinedFiles by_link((folder_ / "root_link").string());
  EXPECT_TRUE(by_link.OpenForReading("a.tsv").ok()) << "the root itself is its owner's to name";
}

TEST_F(ConfinedFilesTest, OnlyRegularFilesAreTaken) {
  ASSERT_EQ(::mkfifo((folder_ / "in" / "pipe").c_str(), 0600), 0);
  for (const char* name : {"pipe", "sub"}) {
    EXPECT_EQ(Read(name), "44") << name;
    EXPECT_EQ(Write(name), kNotAllowed) << name;
  }
}

TEST_F(ConfinedFilesTest, WhatIsNotFinished_LeavesNothing) {
  ConfinedFiles files(Root());
  {
    Result<std::unique_ptr<ByteSink>> sink = files.OpenForWriting("a.tsv");
    ASSERT_TRUE(sink.ok());
    ASSERT_TRUE((*sink)->Write("half").ok());
    EXPECT_EQ(Content("in/a.tsv"), "inside");
  }
  EXPECT_EQ(Content("in/a.tsv"), "inside");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "in"), fs::directory_iterator()), 2) << "a.tsv and sub";
}

TEST_F(ConfinedFilesTest, WithoutARoot_EveryNameIsRefused) {
  ConfinedFiles files("");
  EXPECT_FALSE(files.has_root());
  for (const char* name : {"a.tsv", "/etc/passwd", "-", ""}) {
    EXPECT_EQ(files.OpenForReading(name).status().detail(), kNotAllowed) << name;
    EXPECT_EQ(files.OpenForWriting(name).status().detail(), kNotAllowed) << name;
  }
}

}  // namespace
}  // namespace cellar::hql
