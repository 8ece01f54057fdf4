#include "storage/identity/cluster_identity.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "common/file/memory_file_system.h"
#include "common/random/random.h"

namespace cellar::storage {
namespace {

ClusterId Named(char digit) {
  return ClusterId::FromBytes(std::string(ClusterId::kBytes, digit));
}

Incarnation Writer(uint64_t number) {
  return Incarnation(common::FencingNumber{1, number});
}

/// Somebody began and did not come to an end.
std::unique_ptr<WritableFile> Begin(FileSystem& files, const std::string& path, uint64_t number,
                                    std::string_view text) {
  EXPECT_TRUE(files.CreateDirectories("cluster").ok());
  auto file = files.Create(path, Writer(number));
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_TRUE((*file)->Append(text).ok());
  return std::move(file).value();
}

TEST(ClusterIdentityTest, FirstProposal_StaysForEver) {
  MemoryFileSystem files;
  EXPECT_TRUE(ReadClusterIdentity(files).status().Is(StatusCode::kNotFound));
  EXPECT_EQ(*EnsureClusterIdentity(files, Named('a')), Named('a'));
  EXPECT_EQ(*EnsureClusterIdentity(files, Named('b')), Named('a'));
  EXPECT_EQ(*ReadClusterIdentity(files), Named('a'));
}

TEST(ClusterIdentityTest, File_IsText) {
  MemoryFileSystem files;
  ASSERT_TRUE(EnsureClusterIdentity(files, Named('\x5a')).ok());
  EXPECT_EQ(*common::ReadWholeFile(files, "cluster/1", 1000),
            "Cellar cluster\nformat 1\nid 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n");
}

TEST(ClusterIdentityTest, Answer_SurvivesAPowerCut) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    MemoryFileSystem files;
    SeededRandom random(seed);
    ASSERT_EQ(*EnsureClusterIdentity(files, Named('a')), Named('a'));
    files.PowerCut(random);
    EXPECT_EQ(*EnsureClusterIdentity(files, Named('b')), Named('a')) << "seed " << seed;
  }
}

TEST(ClusterIdentityTest, AnswerReadFromAnUnsyncedFile_SurvivesAPowerCut) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    MemoryFileSystem files;
    SeededRandom random(seed);
    const auto unsynced = Begin(files, "cluster/1", 1, "Cellar cluster\nformat 1\nid " + Named('a').ToString() + "\n");
    ASSERT_EQ(*EnsureClusterIdentity(files, Named('b')), Named('a'));
    files.PowerCut(random);
    EXPECT_EQ(*ReadClusterIdentity(files), Named('a')) << "seed " << seed;
  }
}

TEST(ClusterIdentityTest, UnfinishedFile_IsPassedOverAndItsWriterFenced) {
  for (const std::string_view begun :
       {std::string_view(), std::string_view("Cellar clu"), std::string_view("\0\0\0", 3)}) {
    MemoryFileSystem files;
    const auto writer = Begin(files, "cluster/1", 1, begun);
    EXPECT_TRUE(ReadClusterIdentity(files).status().Is(StatusCode::kNotFound));
    EXPECT_EQ(*EnsureClusterIdentity(files, Named('b')), Named('b'));
    EXPECT_TRUE(writer->Append("rest").ok());
    EXPECT_TRUE(writer->Sync().Is(StatusCode::kFenced));
    EXPECT_EQ(*ReadClusterIdentity(files), Named('b'));
  }
}

TEST(ClusterIdentityTest, OtherContents_AreRefusedByName) {
  MemoryFileSystem files;
  const auto foreign =
      Begin(files, "cluster/1", 1, "something else altogether, and long enough to be a whole file of it");
  const Status damaged = ReadClusterIdentity(files).status();
  EXPECT_TRUE(damaged.Is(StatusCode::kCorruption));
  EXPECT_NE(damaged.ToString().find("cluster/1"), std::string::npos);
  EXPECT_TRUE(EnsureClusterIdentity(files, Named('b')).status().Is(StatusCode::kCorruption));

  MemoryFileSystem newer;
  const auto file = Begin(newer, "cluster/1", 1, "Cellar cluster\nformat 2\nid " + Named('a').ToString() + "\nmore\n");
  EXPECT_TRUE(ReadClusterIdentity(newer).status().Is(StatusCode::kUnsupported));
}

}  // namespace
}  // namespace cellar::storage
