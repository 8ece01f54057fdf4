#include "hql/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "hql/error_codes.h"
#include "hql/statement_text.h"
#include "tests/support/golden_cases.h"

namespace cellar::hql {
namespace {

std::string ShowError(const Status& status) {
  return "error " + std::to_string(status.detail()) + ": " + std::string(status.message());
}

/// Canonical text, which must parse to a statement with the same text.
std::string Canonical(const std::string& input) {
  const Result<Statement> statement = ParseStatement(input);
  if (!statement.ok()) return ShowError(statement.status());
  const std::string text = StatementText(*statement);
  const Result<Statement> again = ParseStatement(text);
  EXPECT_TRUE(again.ok()) << text << ": " << again.status().ToString();
  if (again.ok()) EXPECT_EQ(StatementText(*again), text);
  return text;
}

TEST(ParserTest, Statements_AsGolden) {
  EXPECT_TRUE(tests::MatchesGoldenCases("testdata/statements.golden", Canonical));
}

TEST(ParserTest, WrongStatements_AsGolden) {
  const auto answer = [](const std::string& input) {
    const Result<Statement> statement = ParseStatement(input);
    if (statement.ok()) return "parses to " + StatementText(*statement);
    const int32_t code = statement.status().detail();
    EXPECT_TRUE(code == kParseError || code == kNotImplemented || code == kBadTableName) << input;
    return ShowError(statement.status());
  };
  for (const std::string part : {"", "_definitions", "_cells", "_reads", "_operating"}) {
    EXPECT_TRUE(tests::MatchesGoldenCases("testdata/errors" + part + ".golden", answer));
  }
}

TEST(ParserTest, Error_NamesPlaceInLongerText) {
  Position start;
  start.line = 7;
  start.column = 5;
  ParseError error;
  const Result<Statement> statement = ParseStatement("SELECT *\n FORM t", start, &error);
  ASSERT_FALSE(statement.ok());
  EXPECT_EQ(statement.status().message(), "line 8, column 2: expected FROM, found 'FORM'");
  EXPECT_EQ(error.position.line, 8u);
  EXPECT_EQ(error.offset, 10u);
  EXPECT_EQ(error.length, 4u);
  ASSERT_EQ(error.expected.size(), 1u);
  EXPECT_EQ(error.expected[0].text, "FROM");
}

TEST(ParserTest, Nesting_IsBounded) {
  std::string text = "SELECT * FROM t WHERE ";
  text += std::string(100'000, '(');
  EXPECT_FALSE(ParseStatement(text).ok());
}

TEST(ParserTest, ExpectedAfter_CompleteStatement_GivesOptions) {
  const std::vector<Expectation> expected = ExpectedAfter("SELECT * FROM t ");
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(expected.front().text, "WHERE");
}

TEST(ParserTest, ExpectedAfter_NamePosition_GivesItsKind) {
  for (const auto& [text, kind] :
       {std::pair("SELECT * FROM ", Expectation::Kind::kTable), std::pair("USE ", Expectation::Kind::kNamespace),
        std::pair("SELECT ", Expectation::Kind::kFamily), std::pair("LOAD DATA INFILE ", Expectation::Kind::kFile),
        std::pair("HELP ", Expectation::Kind::kTopic)}) {
    bool found = false;
    for (const Expectation& expectation : ExpectedAfter(text)) found = found || expectation.kind == kind;
    EXPECT_TRUE(found) << text;
  }
}

TEST(ParserTest, ExpectedAfter_WrongBeginning_GivesNothing) {
  EXPECT_TRUE(ExpectedAfter("SELECT * FORM t ").empty());
  EXPECT_TRUE(ExpectedAfter("SELECT * FROM t LIMIT 5 LIMIT 6 ").empty());
}

}  // namespace
}  // namespace cellar::hql
