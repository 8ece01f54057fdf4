#include "common/base/unique_function.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace cellar::common {
namespace {

TEST(UniqueFunctionTest, Empty_IsFalse_AndSoIsOneThatWasMovedFrom) {
  UniqueFunction<int()> empty;
  EXPECT_FALSE(empty);
  UniqueFunction<int()> seven = [] { return 7; };
  ASSERT_TRUE(seven);
  UniqueFunction<int()> taken = std::move(seven);
  EXPECT_FALSE(seven);  // NOLINT(bugprone-use-after-move): that is what is tested
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken(), 7);
}

TEST(UniqueFunctionTest, OwnsWhatItCaptures_AndLetsGoOfItOnce) {
  const auto watched = std::make_shared<int>(1);
  {
    UniqueFunction<int()> function = [owned = std::make_unique<std::shared_ptr<int>>(watched)] { return **owned; };
    EXPECT_EQ(watched.use_count(), 2);
    UniqueFunction<int()> moved = std::move(function);
    EXPECT_EQ(watched.use_count(), 2);
    EXPECT_EQ(moved(), 1);
    moved = UniqueFunction<int()>();
    EXPECT_EQ(watched.use_count(), 1);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(UniqueFunctionTest, KeepsItsStateBetweenCalls_AndMovesArgumentsThrough) {
  UniqueFunction<size_t(std::unique_ptr<std::string>)> total =
      [sum = size_t{0}](std::unique_ptr<std::string> text) mutable { return sum += text->size(); };
  EXPECT_EQ(total(std::make_unique<std::string>("abc")), 3u);
  EXPECT_EQ(total(std::make_unique<std::string>("de")), 5u);
}

}  // namespace
}  // namespace cellar::common
