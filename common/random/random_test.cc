#include "common/random/random.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace cellar::common {
namespace {

TEST(SeededRandomTest, SequenceIsFixedForEver) {
  // splitmix64 from 0 fills the state; the first outputs of xoshiro256** from it.
  SeededRandom random(0);
  EXPECT_EQ(random.Next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.Next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.Next(), 0x1a5f849d4933e6e0u);
}

TEST(SeededRandomTest, SameSeedSameSequence_OtherSeedOther) {
  SeededRandom a(7);
  SeededRandom b(7);
  SeededRandom c(8);
  int equal_to_c = 0;
  for (int i = 0; i < 1'000; ++i) {
    const uint64_t n = a.Next();
    ASSERT_EQ(n, b.Next());
    equal_to_c += n == c.Next();
  }
  EXPECT_EQ(equal_to_c, 0);
}

TEST(SeededRandomTest, Uniform_StaysBelowItsBoundAndFillsIt) {
  SeededRandom random(1);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[random.Uniform(10)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(random.Uniform(1), 0u);
    EXPECT_LT(random.Uniform((uint64_t{1} << 63) + 1), (uint64_t{1} << 63) + 1);
    EXPECT_LT(random.Uniform(std::numeric_limits<uint64_t>::max()), std::numeric_limits<uint64_t>::max());
  }
}

TEST(SeededRandomTest, OneIn_HitsAboutThatOften) {
  SeededRandom random(1);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += random.OneIn(100);
  EXPECT_NEAR(hits, 1'000, 150);
  EXPECT_TRUE(random.OneIn(1));
}

TEST(SeededRandomTest, Fork_IsIndependentOfFurtherUse) {
  SeededRandom a(5);
  SeededRandom b(5);
  SeededRandom fork_of_a = a.Fork();
  SeededRandom fork_of_b = b.Fork();
  for (int i = 0; i < 10; ++i) b.Next();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(fork_of_a.Next(), fork_of_b.Next());
}

TEST(SystemSeedTest, TwoDiffer) {
  EXPECT_NE(SystemSeed(), SystemSeed());
}

}  // namespace
}  // namespace cellar::common
