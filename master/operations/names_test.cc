#include "master/operations/names.h"

#include <gtest/gtest.h>

namespace cellar::master {
namespace {

TEST(NamesTest, CanonicalPath_DropsBlanksAndNeedlessSlashes) {
  for (const auto& [given, canonical] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "/"}, {"/", "/"}, {"///", "/"}, {"a", "/a"}, {" /a//b/ ", "/a/b"}, {"a b/c", "/a b/c"}}) {
    EXPECT_EQ(*CanonicalPath(given), canonical) << given;
  }
}

TEST(NamesTest, ControlCharactersAndLongPaths_AreRefused) {
  EXPECT_EQ(CanonicalPath("/a\nb").status().detail(), kBadNamespace);
  EXPECT_EQ(CanonicalPath(std::string(kMaxPathBytes, 'a')).status().detail(), kBadNamespace);
  EXPECT_TRUE(CanonicalPath(std::string(kMaxPathBytes - 1, 'a')).ok());
}

TEST(NamesTest, ParentAndLastName_TakeAPathApart) {
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("/a/b"), "/a");
  EXPECT_EQ(LastName("/a/b"), "b");
  EXPECT_EQ(LastName("/a"), "a");
}

TEST(NamesTest, Tables_AreNotNamedAsIndexesOrPseudoTables) {
  for (const char* path : {"/", "/^t", "/a/^^t", "/t^.x", "/a/t^.cellstore.index"}) {
    EXPECT_EQ(CheckTableName(path).detail(), kBadTableName) << path;
  }
  for (const char* path : {"/t", "/t^", "/t^x", "/a.b", "/^n/t", "/n^.x/t"}) {
    EXPECT_TRUE(CheckTableName(path).ok()) << path;
  }
}

TEST(NamesTest, Protected_AreTheSystemsOwn) {
  for (const char* path : {"/", "/tmp", "/sys", "/sys/METADATA"}) EXPECT_TRUE(IsProtected(path)) << path;
  for (const char* path : {"/system", "/tmp/x", "/a/sys"}) EXPECT_FALSE(IsProtected(path)) << path;
}

}  // namespace
}  // namespace cellar::master
