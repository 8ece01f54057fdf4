#include "common/bytes/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace cellar::common {
namespace {

TEST(Utf8Test, EachLength_IsDecodedAtItsBounds) {
  const std::pair<std::string, char32_t> characters[] = {
      {std::string(1, '\0'), 0},     {"\x7F", 0x7F},           {"\xC2\x80", 0x80},
      {"\xDF\xBF", 0x7FF},           {"\xE0\xA0\x80", 0x800},  {"\xED\x9F\xBF", 0xD7FF},
      {"\xEE\x80\x80", 0xE000},      {"\xEF\xBF\xBF", 0xFFFF}, {"\xF0\x90\x80\x80", 0x10000},
      {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
  for (const auto& [bytes, expected] : characters) {
    char32_t character = 0xFFFFFFFF;
    EXPECT_EQ(DecodeUtf8(bytes + "rest", &character), bytes.size());
    EXPECT_EQ(character, expected);
    EXPECT_TRUE(IsUtf8(bytes + bytes));
  }
}

TEST(Utf8Test, WhatIsNone_HasLengthZero) {
  for (const std::string bytes :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    char32_t character = 0;
    EXPECT_EQ(DecodeUtf8(bytes, &character), 0u);
    if (!bytes.empty()) EXPECT_FALSE(IsUtf8("a" + bytes));
  }
}

}  // namespace
}  // namespace cellar::common
