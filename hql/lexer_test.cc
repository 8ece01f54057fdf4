#include "hql/lexer.h"

#include <gtest/gtest.h>

#include "common/random/random.h"

namespace cellar::hql {
namespace {

std::string Tokens(std::string_view text) {
  Lexer lexer(text);
  std::string shown;
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    constexpr char kLetters[] = {'e', 'w', 's', 'n', 'y', 'r', '?'};
    shown += std::string(1, kLetters[static_cast<int>(token.kind)]) + "<" + std::string(token.text) + ">";
  }
  return shown;
}

TEST(LexerTest, EachKind) {
  EXPECT_EQ(Tokens("a_1 12 1.5 'x' \"y\" <= =^ =~ .. (,)"),
            "w<a_1>n<12>n<1.5>s<'x'>s<\"y\">y<<=>y<=^>y<=~>y<..>y<(>y<,>y<)>");
}

TEST(LexerTest, Neighbours_NeedNoBlanks) {
  EXPECT_EQ(Tokens("3DAYS a:b'c'd"), "n<3>w<DAYS>w<a>y<:>w<b>s<'c'>w<d>");
}

TEST(LexerTest, EscapedQuote_DoesNotEndString) {
  EXPECT_EQ(Tokens(R"('a\'b' "c\\" d)"), R"(s<'a\'b'>s<"c\\">w<d>)");
}

TEST(LexerTest, WhatIsNoToken_IsBad) {
  EXPECT_EQ(Tokens("a 'b"), "w<a>?<'b>");
  EXPECT_EQ(Tokens("é$"), "?<é>?<$>");
  EXPECT_EQ(Tokens(std::string_view("\0", 1)), std::string("?<\0>", 4));
}

TEST(LexerTest, Columns_CountCharacters) {
  Lexer lexer("'äö' x\n\t y");
  EXPECT_EQ(lexer.Next().position.ToString(), "line 1, column 1");
  EXPECT_EQ(lexer.Next().position.ToString(), "line 1, column 6");
  EXPECT_EQ(lexer.Next().position.ToString(), "line 2, column 3");
}

TEST(LexerTest, RegexAt_TakesUpToUnescapedSlash) {
  Lexer lexer(R"( /a\/b'/ c)");
  const Token slash = lexer.Next();
  const Token regex = lexer.RegexAt(slash);
  EXPECT_EQ(regex.text, R"(/a\/b'/)");
  EXPECT_EQ(DecodeRegex(regex.text), "a/b'");
  EXPECT_EQ(lexer.Next().text, "c");
}

TEST(LexerTest, DecodeString_EscapesOfThePage) {
  EXPECT_EQ(DecodeString(R"('\\\'\"\n\r\t\0\x41\xfF')"), std::string("\\'\"\n\r\t\0A\xFF", 9));
  EXPECT_EQ(DecodeString(R"('\q\x4\xg0\d+')"), R"(\q\x4\xg0\d+)");
}

TEST(LexerTest, DecodeString_TakesOnePairOfQuotes) {
  EXPECT_EQ(DecodeString(R"('"x"')"), "\"x\"");
  EXPECT_EQ(DecodeString(R"("'x'")"), "'x'");
}

TEST(LexerTest, QuoteString_ReadsBack) {
  common::SeededRandom random(42);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random.Uniform(12), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Uniform(256));
    const std::string quoted = QuoteString(bytes);
    Lexer lexer(quoted);
    const Token token = lexer.Next();
    ASSERT_EQ(token.kind, TokenKind::kString) << quoted;
    ASSERT_EQ(token.text, quoted);
    ASSERT_EQ(DecodeString(token.text), bytes);
  }
}

TEST(LexerTest, ReservedWords_InThreeSpellings) {
  EXPECT_TRUE(IsReservedWord("table"));
  EXPECT_TRUE(IsReservedWord("TABLE"));
  EXPECT_TRUE(IsReservedWord("Table"));
  EXPECT_FALSE(IsReservedWord("tAble"));
  EXPECT_FALSE(IsReservedWord("tables"));
}

}  // namespace
}  // namespace cellar::hql
