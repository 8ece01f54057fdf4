#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/gateway/gateway_fixture.h"

namespace cellar::tests {
namespace {

namespace fs = std::filesystem;

/// A gateway with an import root.
class GatewayFilesTest : public GatewayFixture {
 protected:
  static void SetUpTestSuite() { world_ = new GatewayWorld(thrift::GatewayOptions(), /*with_import_root=*/true); }

  void SetUp() override {
    GatewayFixture::SetUp();
    Run("CREATE TABLE t (a)");
    Run("INSERT INTO t VALUES ('2001-01-01Z', 'r', 'a', 'x')");
  }

  int32_t Run(const std::string& statement) {
    api::HqlResult result;
    return CodeOf([&] { connection_->hql_query(result, ns_, statement); });
  }
  static fs::path Root() { return fs::path(world_->folder()) / "import"; }
  static std::string Content(const fs::path& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
};

TEST_F(GatewayFilesTest, Statements_ReadAndWriteBelowTheRoot) {
  fs::create_directory(Root() / "sub");
  EXPECT_EQ(Run("SELECT * FROM t INTO FILE 'sub/out.tsv'"), 0);
  EXPECT_EQ(Content(Root() / "sub" / "out.tsv"), "#row\tcolumn\tvalue\nr\ta\tx\n");
  EXPECT_EQ(Run("DUMP TABLE t INTO FILE '" + (Root() / "dump.gz").string() + "'"), 0);
  EXPECT_EQ(Run("CREATE TABLE copy (a)"), 0);
  EXPECT_EQ(Run("LOAD DATA INFILE 'dump.gz' INTO TABLE copy"), 0);
  EXPECT_EQ(Run("DUMP TABLE copy INTO FILE 'again.gz'"), 0);
  EXPECT_EQ(Content(Root() / "again.gz"), Content(Root() / "dump.gz"));
  api::HqlResult result;
  connection_->hql_exec(result, ns_, "SELECT * FROM t INTO FILE 'unbuffered.tsv'", false, true);
  EXPECT_FALSE(result.__isset.scanner);
  EXPECT_EQ(Content(Root() / "unbuffered.tsv"), Content(Root() / "sub" / "out.tsv"));
  std::ofstream(Root() / "header") << "#row\tcolumn\tvalue\n";
  std::ofstream(Root() / "lines") << "s\ta\ty\n";
  EXPECT_EQ(Run("LOAD DATA INFILE HEADER_FILE='header' 'lines' INTO TABLE copy"), 0);
  connection_->hql_query(result, ns_, "SELECT * FROM copy");
  EXPECT_EQ(result.cells.size(), 2U);
}

TEST_F(GatewayFilesTest, WhatLeadsOut_IsRefused) {
  std::ofstream(fs::path(world_->folder()) / "secret") << "#row\ta\nr\tx\n";
  fs::create_symlink("../secret", Root() / "link");
  fs::create_directory_symlink("..", Root() / "up");
  for (const char* name : {"../secret", "x/../../secret", "/etc/passwd", "link", "up/secret", "-", "~/x"}) {
    const int32_t refused = std::string(name) == "~/x" ? 12 : 44;  // no home here: a folder of that name
    EXPECT_EQ(Run(std::string("LOAD DATA INFILE '") + name + "' INTO TABLE t"), refused) << name;
    EXPECT_EQ(Run(std::string("SELECT * FROM t INTO FILE '") + name + "'"), refused) << name;
    EXPECT_EQ(Run(std::string("DUMP TABLE t INTO FILE '") + name + "'"), refused) << name;
    EXPECT_EQ(Run(std::string("CREATE TABLE u WITH '") + name + "'"), refused) << name;
  }
  EXPECT_EQ(Content(fs::path(world_->folder()) / "secret"), "#row\ta\nr\tx\n");
  EXPECT_EQ(Run("LOAD DATA INFILE 'nothing' INTO TABLE t"), 12);
}

TEST_F(GatewayFilesTest, FilesOfTheCluster_AreThoseOfItsFileSystem) {
  EXPECT_EQ(Run("DUMP TABLE t INTO FILE 'fs://dumps/t.tsv'"), 0);
  EXPECT_TRUE(*world_->cluster_files().Exists("user/dumps/t.tsv"));
  EXPECT_EQ(Run("CREATE TABLE copy (a)"), 0);
  EXPECT_EQ(Run("LOAD DATA INFILE 'dfs://dumps/t.tsv' INTO TABLE copy"), 0);
  EXPECT_EQ(Run("LOAD DATA INFILE 'fs://../tables/x' INTO TABLE copy"), 5);
  EXPECT_EQ(Run("LOAD DATA INFILE 'fs://nothing' INTO TABLE copy"), 12);
}

}  // namespace
}  // namespace cellar::tests
