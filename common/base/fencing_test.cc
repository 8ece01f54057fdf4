#include "common/base/fencing.h"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>
#include <unordered_set>

namespace cellar::common {
namespace {

TEST(FencingNumberTest, TheTermDecides_ThenTheCounter) {
  const FencingNumber ascending[] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, UINT64_MAX}, {2, 0}, {UINT32_MAX, 0}};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(ascending[i] < ascending[j], i < j) << ascending[i] << " and " << ascending[j];
      EXPECT_EQ(ascending[i] == ascending[j], i == j) << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(FencingNumberTest, OnlyZeroIsNone) {
  EXPECT_TRUE(FencingNumber().is_none());
  EXPECT_FALSE((FencingNumber{1, 0}).is_none());
  EXPECT_FALSE((FencingNumber{0, 1}).is_none());
}

TEST(FencingNumberTest, Text_IsTermAndCounter) {
  EXPECT_EQ((FencingNumber{3, 17}).ToString(), "3.17");
  std::ostringstream out;
  out << Incarnation(FencingNumber{4, 5});
  EXPECT_EQ(out.str(), "4.5");
}

TEST(NamedTypeTest, NamesOfOneTypeDoNotMix) {
  static_assert(!std::is_convertible_v<FencingNumber, Epoch>, "a number is given its name on purpose");
  static_assert(!std::is_constructible_v<Epoch, Incarnation>, "an incarnation is no epoch");
  EXPECT_LT(Epoch(FencingNumber{1, 9}), Epoch(FencingNumber{2, 0}));
}

TEST(NamedTypeTest, HashesAsItsValue) {
  using Number = NamedType<int64_t, struct NumberTag>;
  std::unordered_set<Number> numbers;
  numbers.insert(Number(7));
  numbers.insert(Number(7));
  numbers.insert(Number(-7));
  EXPECT_EQ(numbers.size(), 2u);
  EXPECT_TRUE(numbers.contains(Number(-7)));
  EXPECT_EQ(Number().get(), 0);
}

}  // namespace
}  // namespace cellar::common
