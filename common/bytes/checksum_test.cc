#include <gtest/gtest.h>

#include <string>

#include "common/bytes/crc32c.h"
#include "common/bytes/hash.h"

namespace cellar::common {
namespace {

TEST(Crc32cTest, KnownValues) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);    // RFC 3720, B.4
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);  // RFC 3720, B.4
}

TEST(Crc32cTest, Extend_EqualsOneCallOverTheWhole) {
  const std::string text = "a range is a contiguous run of rows served by one server";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(text.substr(0, cut)), text.substr(cut)), Crc32c(text)) << "cut at " << cut;
  }
}

TEST(HashTest, ValuesAreFixedForEver) {
  EXPECT_EQ(Hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(HashTo128("").ToHex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(HashTo128("").ToBytes().size(), 16u);
}

TEST(HashTest, SeedChangesTheValue) {
  EXPECT_NE(Hash64("row", 1), Hash64("row", 2));
  EXPECT_NE(HashTo128("row", 1), HashTo128("row", 2));
}

}  // namespace
}  // namespace cellar::common
