#include "lockservice/node.h"

#include <gtest/gtest.h>

namespace cellar::lockservice {
namespace {

TEST(NodePathTest, GoodPaths_AreAccepted) {
  for (const char* path : {"/", "/a", "/servers/rs1", "/a.b/_-/...", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"}) {
    EXPECT_TRUE(CheckNodePath(path).ok()) << path;
  }
  EXPECT_TRUE(CheckNodePath("/" + std::string(kMaxPathBytes - 1, 'x')).ok());
}

TEST(NodePathTest, BadPaths_AreRefusedWithTheReason) {
  const std::string alphabet = "each part is of letters, digits, '.', '_' and '-', and not '.' or '..'";
  EXPECT_EQ(CheckNodePath("").message(), "lock service path '': must begin with '/'");
  EXPECT_EQ(CheckNodePath("a/b").message(), "lock service path 'a/b': must begin with '/'");
  EXPECT_EQ(CheckNodePath("/a/").message(), "lock service path '/a/': must not end with '/'");
  for (const char* path : {"//", "/a//b", "/.", "/..", "/a/../b", "/a b", "/\xc3\xa9", "/a\n"}) {
    EXPECT_EQ(CheckNodePath(path).message(), "lock service path '" + std::string(path) + "': " + alphabet);
  }
  EXPECT_TRUE(CheckNodePath("/" + std::string(kMaxPathBytes, 'x')).message().ends_with("longer than 1024 bytes"));
  EXPECT_TRUE(CheckNodePath("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17").message().ends_with("more than 16 levels"));
}

TEST(NodePathTest, Parent_IsWhatIsBeforeTheLastSlash) {
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("/a/b/c"), "/a/b");
}

TEST(AttributesTest, Bounds_AreNamed) {
  EXPECT_TRUE(CheckAttributes({{"a", ""}, {"b", std::string(1000, '\0')}}).ok());
  EXPECT_EQ(CheckAttributes({{"", "x"}}).message(), "an attribute's name is empty");
  EXPECT_EQ(CheckAttributes({{"a", std::string(kMaxNodeBytes, 'x')}}).message(),
            "a node's attributes have at most 256 KiB");
  Attributes many;
  for (size_t i = 0; i <= kMaxAttributes; ++i) many[std::to_string(i)] = "x";
  EXPECT_EQ(CheckAttributes(many).message(), "a node has at most 32 attributes");
}

}  // namespace
}  // namespace cellar::lockservice
