#include "common/bytes/shared_prefix.h"

#include <gtest/gtest.h>

#include <string>

namespace cellar::common {
namespace {

TEST(SharedPrefixTest, EveryLengthAndEveryFirstDifference) {
  for (size_t size = 0; size <= 40; ++size) {
    const std::string a(size, 'x');
    EXPECT_EQ(SharedPrefix(a, a), size);
    EXPECT_EQ(SharedPrefix(a, a + "y"), size);
    EXPECT_EQ(SharedPrefix(a + "y", a), size);
    for (size_t at = 0; at < size; ++at) {
      std::string b = a;
      b[at] = '\xff';
      EXPECT_EQ(SharedPrefix(a, b), at) << size;
      EXPECT_EQ(SharedPrefix(b, a), at) << size;
      if (at + 1 < size) b[size - 1] = '\0';  // a second one changes nothing
      EXPECT_EQ(SharedPrefix(a, b), at) << size;
    }
  }
}

}  // namespace
}  // namespace cellar::common
