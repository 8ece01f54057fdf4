#include "common/file/path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cellar::common {
namespace {

TEST(PathTest, Parts) {
  EXPECT_EQ(ParentPath("a/b/c"), "a/b");
  EXPECT_EQ(ParentPath("a"), "");
  EXPECT_EQ(LastComponent("a/b/c"), "c");
  EXPECT_EQ(LastComponent("a"), "a");
  EXPECT_EQ(JoinPath("a/b", "c"), "a/b/c");
  EXPECT_EQ(JoinPath("", "c"), "c");
}

TEST(PathTest, IsBelow_NeedsAWholeComponent) {
  EXPECT_TRUE(IsBelow("a/b", "a"));
  EXPECT_TRUE(IsBelow("a", ""));
  EXPECT_FALSE(IsBelow("a", "a"));
  EXPECT_FALSE(IsBelow("", ""));
  EXPECT_FALSE(IsBelow("ab/c", "a"));
  EXPECT_EQ(PathBelow("a/b/c", "a"), "b/c");
  EXPECT_EQ(PathBelow("a/b", ""), "a/b");
}

TEST(PathTest, DirectoriesAbove_FromTheRootDown) {
  EXPECT_EQ(DirectoriesAbove("a/b/c"), (std::vector<std::string_view>{"", "a", "a/b"}));
  EXPECT_EQ(DirectoriesAbove("a"), (std::vector<std::string_view>{""}));
}

TEST(PathTest, Validate_HasBounds) {
  EXPECT_TRUE(ValidatePath(std::string(kMaxPathComponentBytes, 'a')).ok());
  EXPECT_FALSE(ValidatePath(std::string(kMaxPathComponentBytes + 1, 'a')).ok());
  std::string deep = "a";
  for (size_t i = 1; i < kMaxPathComponents; ++i) deep += "/a";
  EXPECT_TRUE(ValidatePath(deep).ok());
  EXPECT_FALSE(ValidatePath(deep + "/a").ok());
  std::string long_path(kMaxPathComponentBytes, 'a');
  while (long_path.size() <= kMaxPathBytes) long_path += "/" + std::string(kMaxPathComponentBytes, 'a');
  EXPECT_FALSE(ValidatePath(long_path).ok());
  EXPECT_FALSE(ValidatePath("").ok());
  EXPECT_TRUE(ValidateDirectoryPath("").ok());
}

}  // namespace
}  // namespace cellar::common
