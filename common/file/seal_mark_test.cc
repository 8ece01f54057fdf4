#include "common/file/seal_mark.h"

#include <gtest/gtest.h>

#include <string>

#include "common/bytes/hash.h"

namespace cellar::common {
namespace {

Incarnation Life(uint32_t term, uint64_t counter) {
  return Incarnation(FencingNumber{.term = term, .counter = counter});
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    text.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

std::string WithWord(uint64_t word, const std::string& records) {
  return SealMark::EncodeWord(word) + SealMark::EncodeHeader().substr(8) + records;
}

std::string Complete() {
  return SealMark::EncodeBegun(Life(3, 17)) + SealMark::EncodeLengths(Life(3, 17), {{"log/1", 4096}, {"log/2", 70}});
}

TEST(SealMarkTest, BytesAreThoseOfTheFormatPage) {
  EXPECT_EQ(Hex(SealMark::EncodeHeader()), "00000000000000005345414c01000000");
  EXPECT_EQ(Hex(SealMark::EncodeBegun(Life(3, 17))), "874782a50d00000001030000001100000000000000");
  EXPECT_EQ(Hex(SealMark::EncodeLengths(Life(3, 17), {{"log/1", 4096}, {"log/2", 70}})),
            "2cff21331d0000000203000000110000000000000002056c6f672f318020056c6f672f3246");
}

TEST(SealMarkTest, Decode_OfEachState) {
  const auto open = SealMark::Decode(SealMark::EncodeHeader());
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->word, SealMark::kOpen);
  EXPECT_FALSE(open->is_complete());

  const auto begun = SealMark::Decode(WithWord(SealMark::kBegun, SealMark::EncodeBegun(Life(3, 17))));
  ASSERT_TRUE(begun.ok());
  EXPECT_EQ(begun->incarnation, Life(3, 17));
  EXPECT_FALSE(begun->is_complete());

  const std::string bytes = WithWord(SealMark::kComplete, Complete());
  const auto complete = SealMark::Decode(bytes);
  ASSERT_TRUE(complete.ok());
  EXPECT_EQ(complete->complete_incarnation, Life(3, 17));
  EXPECT_EQ(complete->lengths, (SealMark::Lengths{{"log/1", 4096}, {"log/2", 70}}));
  EXPECT_EQ(complete->valid_bytes, bytes.size());
}

TEST(SealMarkTest, FirstStoredLengthStays) {
  const std::string records = Complete() + SealMark::EncodeBegun(Life(4, 0)) +
                              SealMark::EncodeLengths(Life(4, 0), {{"log/1", 9999}, {"log/3", 1}});
  const auto mark = SealMark::Decode(WithWord(SealMark::kComplete, records));
  ASSERT_TRUE(mark.ok());
  EXPECT_EQ(mark->lengths, (SealMark::Lengths{{"log/1", 4096}, {"log/2", 70}, {"log/3", 1}}));
  EXPECT_EQ(mark->incarnation, Life(4, 0));
}

TEST(SealMarkTest, CutOffAnywhere_KeepsTheWholeRecords) {
  const std::string bytes = WithWord(SealMark::kBegun, Complete());
  const size_t begun_end = SealMark::kHeaderBytes + SealMark::EncodeBegun(Life(3, 17)).size();
  for (size_t size = SealMark::kHeaderBytes; size < bytes.size(); ++size) {
    const auto mark = SealMark::Decode(std::string_view(bytes).substr(0, size));
    ASSERT_TRUE(mark.ok()) << size << ": " << mark.status().ToString();
    EXPECT_FALSE(mark->is_complete());
    EXPECT_EQ(mark->valid_bytes, size < begun_end ? SealMark::kHeaderBytes : begun_end);
  }
  for (size_t size = 0; size < SealMark::kHeaderBytes; ++size) {
    EXPECT_EQ(SealMark::Decode(std::string_view(bytes).substr(0, size)).status().code(), StatusCode::kCorruption);
  }
}

TEST(SealMarkTest, EveryFlippedBit_IsFoundOnceComplete) {
  const std::string bytes = WithWord(SealMark::kComplete, Complete());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto mark = SealMark::Decode(damaged);
    if (bit < 64) continue;  // The word: kOpen and kBegun promise less, so they are valid.
    EXPECT_FALSE(mark.ok()) << "bit " << bit;
  }
}

TEST(SealMarkTest, DamagedRecordBeforeAValidOne_IsCorruption) {
  std::string bytes = WithWord(SealMark::kBegun, Complete());
  bytes[SealMark::kHeaderBytes + 9] ^= 1;
  EXPECT_EQ(SealMark::Decode(bytes).status().code(), StatusCode::kCorruption);
}

TEST(SealMarkTest, ForeignHeader_IsRefused) {
  std::string bytes = SealMark::EncodeHeader();
  bytes[8] = 'X';
  EXPECT_EQ(SealMark::Decode(bytes).status().code(), StatusCode::kCorruption);
  bytes = SealMark::EncodeHeader();
  bytes[12] = 2;
  EXPECT_EQ(SealMark::Decode(bytes).status().code(), StatusCode::kUnsupported);
  EXPECT_EQ(SealMark::Decode(WithWord(3, "")).status().code(), StatusCode::kCorruption);
}

}  // namespace
}  // namespace cellar::common
