#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::common {
namespace {

std::string SmallOrLarge() {
  return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

TEST(CodingPropertyTest, WhatIsPut_IsGot) {
  EXPECT_TRUE(rc::check("numbers and strings in any order", [] {
    const auto numbers = *rc::gen::arbitrary<std::vector<uint64_t>>();
    const std::string text = SmallOrLarge();
    std::string out;
    for (const uint64_t n : numbers) {
      PutVarint64(&out, n);
      PutZigZag64(&out, static_cast<int64_t>(n));
      PutBigEndian64(&out, n);
      PutLengthPrefixed(&out, text);
    }
    Reader reader(out);
    for (const uint64_t n : numbers) {
      uint64_t number = 0;
      int64_t number_with_sign = 0;
      std::string_view bytes;
      RC_ASSERT(reader.GetVarint64(&number) && number == n);
      RC_ASSERT(reader.GetZigZag64(&number_with_sign) && number_with_sign == static_cast<int64_t>(n));
      RC_ASSERT(reader.GetBigEndian64(&number) && number == n);
      RC_ASSERT(reader.GetLengthPrefixed(&bytes) && bytes == text);
    }
    RC_ASSERT(reader.empty());
  }));
}

TEST(CodingPropertyTest, BigEndian_KeepsOrder) {
  EXPECT_TRUE(rc::check("memcmp order is numeric order", [](uint64_t a, uint64_t b) {
    std::string a_bytes, b_bytes;
    PutBigEndian64(&a_bytes, a);
    PutBigEndian64(&b_bytes, b);
    RC_ASSERT((a < b) == (a_bytes < b_bytes));
  }));
}

TEST(CodingPropertyTest, AnyBytes_AreReadWithinBoundsAndHaveOneEncoding) {
  EXPECT_TRUE(rc::check("a varint that reads is the one that is written", [] {
    const std::string bytes = SmallOrLarge();
    Reader reader(bytes);
    uint64_t number = 0;
    std::string_view piece;
    while (!reader.empty()) {
      const size_t before = reader.offset();
      if (!reader.GetVarint64(&number)) {
        RC_ASSERT(reader.offset() == before);
        break;
      }
      std::string again;
      PutVarint64(&again, number);
      RC_ASSERT(again == bytes.substr(before, reader.offset() - before));
      if (!reader.GetLengthPrefixed(&piece)) break;
      RC_ASSERT(piece.empty() ||
                (piece.data() >= bytes.data() && piece.data() + piece.size() <= bytes.data() + bytes.size()));
    }
  }));
}

TEST(CodingPropertyTest, Crc32c_OfPartsIsThatOfTheWhole) {
  EXPECT_TRUE(rc::check("extend", [] {
    const std::string a = SmallOrLarge();
    const std::string b = SmallOrLarge();
    RC_ASSERT(ExtendCrc32c(Crc32c(a), b) == Crc32c(a + b));
  }));
}

}  // namespace
}  // namespace cellar::common
