#include "common/bytes/short_bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/random/random.h"

namespace cellar::common {
namespace {

/// Exactly `size` bytes in memory of their own, so that the address sanitizer sees a byte too many.
std::vector<char> RandomBytes(SeededRandom& random, size_t size) {
  std::vector<char> bytes(size);
  for (char& byte : bytes) byte = static_cast<char>(random.OneIn(3) ? 0 : random.Uniform(256));
  bytes.shrink_to_fit();
  return bytes;
}

TEST(ShortBytesTest, EqualBytes_IsMemcmp_AtEveryLengthAndPlace) {
  SeededRandom random(1);
  for (size_t size = 0; size < 150; ++size) {
    const std::vector<char> a = RandomBytes(random, size);
    std::vector<char> b = a;
    EXPECT_TRUE(EqualBytes(a.data(), b.data(), size)) << size;
    for (size_t place = 0; place < size; ++place) {
      b[place] = static_cast<char>(b[place] ^ 0x40);
      EXPECT_FALSE(EqualBytes(a.data(), b.data(), size)) << size << " " << place;
      b[place] = a[place];
    }
  }
  EXPECT_FALSE(EqualBytes("ab", "abc"));
  EXPECT_TRUE(EqualBytes("", std::string_view()));
}

TEST(ShortBytesTest, CopyBytes_CopiesAll_AndNothingElse) {
  SeededRandom random(2);
  for (size_t size = 0; size < 150; ++size) {
    const std::vector<char> source = RandomBytes(random, size);
    std::vector<char> target(size + 2, 'x');
    CopyBytes(target.data() + 1, source.data(), size);
    EXPECT_EQ(std::string(target.data() + 1, size), std::string(source.data(), size));
    EXPECT_EQ(target.front(), 'x');
    EXPECT_EQ(target.back(), 'x');
  }
}

TEST(ShortBytesTest, FindNul_FindsTheFirst) {
  SeededRandom random(3);
  for (size_t size = 0; size < 150; ++size) {
    std::vector<char> bytes(size);
    for (char& byte : bytes) byte = static_cast<char>(1 + random.Uniform(255));
    EXPECT_EQ(FindNul(bytes.data(), size), size);
    for (size_t place = size; place-- > 0;) {
      bytes[place] = 0;  // all behind it, too
      EXPECT_EQ(FindNul(bytes.data(), size), place) << size;
    }
  }
  const std::string borrows("\x01\x00\x01\x01\x01\x01\x01\x01", 8);  // 0x01 above a NUL looks like one to the trick
  EXPECT_EQ(FindNul(borrows.data(), borrows.size()), 1u);
}

TEST(ShortBytesTest, CopyUnlessNul_CopiesAll_OrSeesTheNul) {
  SeededRandom random(5);
  for (size_t size = 0; size < 150; ++size) {
    std::vector<char> source(size);
    for (char& byte : source) byte = static_cast<char>(1 + random.Uniform(255));
    std::vector<char> target(size + 2, 'x');
    EXPECT_TRUE(CopyUnlessNul(target.data() + 1, source.data(), size)) << size;
    EXPECT_EQ(std::string(target.data() + 1, size), std::string(source.data(), size));
    for (size_t place = 0; place < size; ++place) {
      const char kept = std::exchange(source[place], '\0');
      EXPECT_FALSE(CopyUnlessNul(target.data() + 1, source.data(), size)) << size << " " << place;
      source[place] = kept;
    }
    EXPECT_EQ(target.front(), 'x');
    EXPECT_EQ(target.back(), 'x');
  }
}

TEST(ShortBytesTest, ReplaceBehind_KeepsTheFront) {
  SeededRandom random(4);
  ShortBytes bytes;
  std::string model;
  for (int i = 0; i < 2000; ++i) {
    const size_t kept = random.Uniform(model.size() + 1);
    const std::vector<char> rest = RandomBytes(random, random.Uniform(random.OneIn(10) ? 300 : 20));
    bytes.replace_behind(kept, std::string_view(rest.data(), rest.size()));
    model.resize(kept);
    model.append(rest.data(), rest.size());
    ASSERT_EQ(bytes.view(), model);
  }
  bytes.clear();
  EXPECT_TRUE(bytes.empty());
  bytes.assign("");
  EXPECT_EQ(bytes.view(), "");
}

}  // namespace
}  // namespace cellar::common
