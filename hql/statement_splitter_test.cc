#include "hql/statement_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cellar::hql {
namespace {

std::vector<std::string> Split(const std::string& text) {
  StatementSplitter splitter;
  std::vector<std::string> statements;
  size_t at = 0;
  while (at <= text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    EXPECT_TRUE(splitter.AddLine(text.substr(at, end - at)).ok());
    at = end + 1;
    while (const auto statement = splitter.Next()) {
      statements.push_back(statement->position.ToString() + ": " + statement->text);
    }
  }
  if (const auto rest = splitter.TakeRest()) statements.push_back("rest: " + rest->text);
  return statements;
}

using Statements = std::vector<std::string>;

TEST(StatementSplitterTest, SeveralOnALine_AndOverLines) {
  EXPECT_EQ(Split("a; b ;c\nd\n;e"),
            (Statements{"line 1, column 1: a", "line 1, column 4: b", "line 1, column 7: c\nd", "rest: e"}));
}

TEST(StatementSplitterTest, Quotes_HideSemicolons) {
  EXPECT_EQ(Split("a ';' b;\"x;\\\";\" c;"),
            (Statements{"line 1, column 1: a ';' b", "line 1, column 9: \"x;\\\";\" c"}));
}

TEST(StatementSplitterTest, StringOverLines_KeepsItsHash) {
  EXPECT_EQ(Split("a 'x\n# no comment;' b;"), (Statements{"line 1, column 1: a 'x\n# no comment;' b"}));
}

TEST(StatementSplitterTest, RegularExpressions_HideSemicolonsAndQuotes) {
  EXPECT_EQ(Split("a:/;'/ b; c =~ / ;\\/; /;"),
            (Statements{"line 1, column 1: a:/;'/ b", "line 1, column 11: c =~ / ;\\/; /"}));
}

TEST(StatementSplitterTest, SlashElsewhere_IsNoExpression) {
  EXPECT_EQ(Split("a / b; c /;"), (Statements{"line 1, column 1: a / b", "line 1, column 8: c /"}));
}

TEST(StatementSplitterTest, Comments_AreBlankedAndPlacesStay) {
  EXPECT_EQ(Split("# a; 'b\n  # c\nd\n# e;\nf;"), (Statements{"line 3, column 1: d\n    \nf"}));
}

TEST(StatementSplitterTest, EmptyStatements_AreLeftOut) {
  EXPECT_EQ(Split(";; \n ; a;;"), (Statements{"line 2, column 4: a"}));
}

TEST(StatementSplitterTest, AtStart_AndClear) {
  StatementSplitter splitter;
  EXPECT_TRUE(splitter.at_start());
  ASSERT_TRUE(splitter.AddLine("select '").ok());
  EXPECT_FALSE(splitter.Next().has_value());
  EXPECT_FALSE(splitter.at_start());
  EXPECT_TRUE(splitter.in_string());
  splitter.Clear();
  EXPECT_TRUE(splitter.at_start());
  EXPECT_FALSE(splitter.in_string());
  ASSERT_TRUE(splitter.AddLine("b;").ok());
  const auto statement = splitter.Next();
  ASSERT_TRUE(statement.has_value());
  EXPECT_EQ(statement->position.ToString(), "line 2, column 1");
}

TEST(StatementSplitterTest, EndlessStatement_IsRefused) {
  StatementSplitter splitter;
  const std::string line(64 << 20, 'x');
  Status status;
  for (int i = 0; i < 5 && status.ok(); ++i) status = splitter.AddLine(line);
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(splitter.at_start());
}

}  // namespace
}  // namespace cellar::hql
