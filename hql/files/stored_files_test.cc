#include "hql/files/stored_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/file/memory_file_system.h"
#include "hql/error_codes.h"
#include "hql/files/files_by_scheme.h"
#include "hql/load/memory_files.h"

namespace cellar::hql {
namespace {

class StoredFilesTest : public testing::Test {
 protected:
  Status Write(const std::string& name, std::string_view content, bool finish = true) {
    ASSIGN_OR_RETURN(const std::unique_ptr<ByteSink> sink, OpenSink(files_, name));
    RETURN_IF_ERROR(sink->Write(content));
    return finish ? sink->Finish() : Status();
  }
  Result<std::string> Read(const std::string& name) {
    ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenSource(files_, name));
    return ReadAll(*source, 1000);
  }

  const std::shared_ptr<common::MemoryFileSystem> disk_ = std::make_shared<common::MemoryFileSystem>();
  int openings_ = 0;
  StoredFiles stored_{[this]() -> Result<std::shared_ptr<FileSystem>> {
    if (++openings_ == 1) return common::Unavailable("no broker");
    return std::shared_ptr<FileSystem>(disk_);
  }};
  MemoryFiles local_;
  FilesByScheme files_{local_, stored_};
};

TEST_F(StoredFilesTest, FilesAreBesideCellarsOwn_AndComeBack) {
  EXPECT_TRUE(Read("fs://a").status().Is(StatusCode::kUnavailable)) << "asked again next time";
  ASSERT_TRUE(Write("fs://exports/a.tsv", "one").ok());
  EXPECT_EQ(*Read("fs://exports/a.tsv"), "one");
  EXPECT_EQ(*Read("dfs:///exports/a.tsv"), "one");
  EXPECT_TRUE(*disk_->Exists("user/exports/a.tsv"));
  ASSERT_TRUE(Write("fs:///exports/a.tsv", "two").ok());
  EXPECT_EQ(*Read("fs://exports/a.tsv"), "two") << "takes the place of the first";
  ASSERT_TRUE(Write("fs://b.gz", std::string(500, 'x')).ok());
  EXPECT_EQ(*Read("fs://b.gz"), std::string(500, 'x'));
  EXPECT_EQ(openings_, 2);
  EXPECT_TRUE(local_.contents.empty());
  ASSERT_TRUE(Write("a.tsv", "here").ok());
  EXPECT_EQ(local_.contents["a.tsv"], "here");
}

TEST_F(StoredFilesTest, BadNames_AreRefusedWithTheirCodes) {
  openings_ = 1;
  EXPECT_EQ(Read("fs://nothing").status().detail(), kFileNotFound);
  for (const char* name : {"fs://", "fs:///", "fs://../tables/1-1/x", "fs://a/../b", "fs://a b", "fs://a//b", "fs://a/",
                           "fs://.seal", "fs://ä"}) {
    EXPECT_EQ(Read(name).status().detail(), kLocalIoError) << name;
    EXPECT_EQ(Write(name, "x").detail(), kLocalIoError) << name;
  }
  ASSERT_TRUE(Write("fs://d/f", "x").ok());
  EXPECT_EQ(Write("fs://d", "x").detail(), kLocalIoError) << "a directory";
  EXPECT_EQ(Read("fs://d").status().detail(), kLocalIoError);
}

TEST_F(StoredFilesTest, WhatIsNotFinished_LeavesNothing) {
  openings_ = 1;
  ASSERT_TRUE(Write("fs://a", "half", /*finish=*/false).ok());
  EXPECT_FALSE(*disk_->Exists("user/a"));
}

}  // namespace
}  // namespace cellar::hql
