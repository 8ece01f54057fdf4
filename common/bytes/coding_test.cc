#include "common/bytes/coding.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace cellar::common {
namespace {

using std::string_literals::operator""s;

const std::vector<uint64_t>& InterestingNumbers() {
  static const std::vector<uint64_t> numbers = [] {
    std::vector<uint64_t> result = {0};
    for (int bit = 0; bit < 64; ++bit) {
      const uint64_t power = uint64_t{1} << bit;
      result.insert(result.end(), {power - 1, power, power + 1, ~power});
    }
    return result;
  }();
  return numbers;
}

TEST(CodingTest, Fixed_IsLittleEndian) {
  std::string out;
  PutFixed8(&out, 0x01);
  PutFixed16(&out, 0x0203);
  PutFixed32(&out, 0x04050607);
  PutFixed64(&out, 0x08090a0b0c0d0e0f);
  EXPECT_EQ(out, "\x01\x03\x02\x07\x06\x05\x04\x0f\x0e\x0d\x0c\x0b\x0a\x09\x08"s);
}

TEST(CodingTest, BigEndian_KeepsNumericOrder) {
  std::string out;
  PutBigEndian16(&out, 0x0102);
  PutBigEndian32(&out, 0x03040506);
  PutBigEndian64(&out, 0x0708090a0b0c0d0e);
  EXPECT_EQ(out, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e"s);
}

TEST(CodingTest, Varint_KnownBytes) {
  std::string out;
  PutVarint64(&out, 0);
  PutVarint64(&out, 127);
  PutVarint64(&out, 128);
  PutVarint32(&out, 300);
  PutZigZag64(&out, -1);
  EXPECT_EQ(out, "\x00\x7f\x80\x01\xac\x02\x01"s);
}

TEST(CodingTest, EveryNumber_ReadsBackAsWritten) {
  for (const uint64_t n : InterestingNumbers()) {
    std::string out;
    PutFixed16(&out, static_cast<uint16_t>(n));
    PutFixed32(&out, static_cast<uint32_t>(n));
    PutFixed64(&out, n);
    PutBigEndian16(&out, static_cast<uint16_t>(n));
    PutBigEndian32(&out, static_cast<uint32_t>(n));
    PutBigEndian64(&out, n);
    PutVarint32(&out, static_cast<uint32_t>(n));
    PutVarint64(&out, n);
    PutZigZag64(&out, static_cast<int64_t>(n));

    Reader reader(out);
    uint16_t n16 = 0;
    uint32_t n32 = 0;
    uint64_t n64 = 0;
    int64_t s64 = 0;
    ASSERT_TRUE(reader.GetFixed16(&n16) && n16 == static_cast<uint16_t>(n));
    ASSERT_TRUE(reader.GetFixed32(&n32) && n32 == static_cast<uint32_t>(n));
    ASSERT_TRUE(reader.GetFixed64(&n64) && n64 == n);
    ASSERT_TRUE(reader.GetBigEndian16(&n16) && n16 == static_cast<uint16_t>(n));
    ASSERT_TRUE(reader.GetBigEndian32(&n32) && n32 == static_cast<uint32_t>(n));
    ASSERT_TRUE(reader.GetBigEndian64(&n64) && n64 == n);
    ASSERT_TRUE(reader.GetVarint32(&n32) && n32 == static_cast<uint32_t>(n));
    const size_t before = reader.offset();
    ASSERT_TRUE(reader.GetVarint64(&n64) && n64 == n);
    ASSERT_EQ(reader.offset() - before, VarintLength(n));
    ASSERT_TRUE(reader.GetZigZag64(&s64) && s64 == static_cast<int64_t>(n));
    ASSERT_TRUE(reader.empty());
  }
}

TEST(CodingTest, ZigZag_KeepsExtremes) {
  for (const int64_t n : {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), int64_t{-2}}) {
    EXPECT_EQ(DecodeZigZag(EncodeZigZag(n)), n);
  }
}

TEST(ReaderTest, CutOffAnywhere_ReturnsFalseAndStays) {
  std::string full;
  PutVarint64(&full, std::numeric_limits<uint64_t>::max());
  for (size_t size = 0; size < full.size(); ++size) {
    Reader reader(std::string_view(full).substr(0, size));
    uint64_t value = 42;
    EXPECT_FALSE(reader.GetVarint64(&value));
    EXPECT_EQ(reader.offset(), 0u);
    EXPECT_EQ(value, 42u);
  }
  Reader reader("abc");
  uint32_t value = 42;
  EXPECT_FALSE(reader.GetFixed32(&value));
  EXPECT_FALSE(reader.GetBigEndian32(&value));
  EXPECT_EQ(value, 42u);
  EXPECT_EQ(reader.remaining_bytes(), 3u);
}

TEST(ReaderTest, VarintNotShortestOrTooLarge_IsRefused) {
  uint64_t wide = 0;
  EXPECT_FALSE(Reader("\x80\x00"s).GetVarint64(&wide));
  EXPECT_FALSE(Reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s).GetVarint64(&wide));
  EXPECT_FALSE(Reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s).GetVarint64(&wide));
  uint32_t narrow = 0;
  EXPECT_FALSE(Reader("\x80\x80\x80\x80\x10"s).GetVarint32(&narrow));
  EXPECT_TRUE(Reader("\xff\xff\xff\xff\x0f"s).GetVarint32(&narrow));
  EXPECT_EQ(narrow, std::numeric_limits<uint32_t>::max());
}

TEST(ReaderTest, LengthPrefixed_HugeLengthIsRefusedWithoutMoving) {
  std::string out;
  PutLengthPrefixed(&out, "row");
  PutLengthPrefixed(&out, "");
  PutVarint64(&out, std::numeric_limits<uint64_t>::max());
  Reader reader(out);
  std::string_view bytes;
  ASSERT_TRUE(reader.GetLengthPrefixed(&bytes));
  EXPECT_EQ(bytes, "row");
  ASSERT_TRUE(reader.GetLengthPrefixed(&bytes));
  EXPECT_EQ(bytes, "");
  const size_t before = reader.offset();
  EXPECT_FALSE(reader.GetLengthPrefixed(&bytes));
  EXPECT_EQ(reader.offset(), before);
}

TEST(ReaderTest, GetBytesAndSkip_AreBounded) {
  Reader reader("abcdef");
  std::string_view bytes;
  ASSERT_TRUE(reader.GetBytes(2, &bytes));
  EXPECT_EQ(bytes, "ab");
  EXPECT_TRUE(reader.Skip(1));
  EXPECT_EQ(reader.rest(), "def");
  EXPECT_FALSE(reader.Skip(4));
  EXPECT_FALSE(reader.GetBytes(std::numeric_limits<size_t>::max(), &bytes));
  EXPECT_TRUE(reader.Skip(3));
  EXPECT_TRUE(reader.empty());
}

TEST(ReaderTest, EmptyInput_AnswersFalse) {
  Reader reader;
  uint8_t value = 0;
  std::string_view bytes;
  EXPECT_FALSE(reader.GetFixed8(&value));
  EXPECT_FALSE(reader.GetLengthPrefixed(&bytes));
  EXPECT_TRUE(reader.GetBytes(0, &bytes));
}

}  // namespace
}  // namespace cellar::common
