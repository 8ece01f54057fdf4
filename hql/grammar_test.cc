#include "hql/grammar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hql/help.h"
#include "hql/parser.h"
#include "tests/support/golden.h"

namespace cellar::hql {
namespace {

TEST(GrammarTest, Examples_Parse) {
  for (const StatementEntry& entry : Statements()) {
    EXPECT_FALSE(entry.examples.empty()) << entry.topic;
    for (const std::string_view example : entry.examples) {
      const Result<Statement> statement = ParseStatement(example);
      EXPECT_TRUE(statement.ok()) << example << ": " << statement.status().ToString();
    }
  }
}

/// The keywords that the parser would take after `text`.
std::vector<std::string> KeywordsAfter(const std::string& text) {
  std::vector<std::string> keywords;
  for (const Expectation& expectation : ExpectedAfter(text)) {
    if (expectation.kind == Expectation::Kind::kKeyword) keywords.push_back(expectation.text);
  }
  return keywords;
}

TEST(GrammarTest, Options_AreThoseOfTheParser) {
  const std::pair<std::string_view, std::string> places[] = {
      {"SELECT", "SELECT * FROM t "},
      {"DUMP TABLE", "DUMP TABLE t "},
      {"LOAD DATA INFILE", "LOAD DATA INFILE "},
      {"CREATE TABLE", "CREATE TABLE t (a) "},
      {"COMPACT", "COMPACT "},
      {"BALANCE", "BALANCE "},
      {"SET", "SET "},
      {"OPTIONS", "CREATE TABLE t (a "},
  };
  // Second names of an option, which its entry tells of, and what is no option.
  const std::vector<std::string> others = {
      "REVS", "NOESCAPE", "DUPLICATE_KEY_COLUMNS", "IGNORE_UNKNOWN_COLUMNS", "WHERE", "COLUMNS", "TABLE", "RANGES"};
  for (const auto& [topic, text] : places) {
    const std::vector<std::string> taken = KeywordsAfter(text);
    std::vector<std::string> told = others;
    for (const auto entries : {Statements(), Subjects()}) {
      for (const StatementEntry& entry : entries) {
        if (entry.topic != topic) continue;
        for (const OptionEntry& option : entry.options) {
          told.emplace_back(option.keyword());
          EXPECT_NE(std::find(taken.begin(), taken.end(), option.keyword()), taken.end())
              << topic << " " << option.syntax;
        }
      }
    }
    for (const std::string& keyword : taken) {
      EXPECT_NE(std::find(told.begin(), told.end(), keyword), told.end()) << topic << ": no help on " << keyword;
    }
  }
}

TEST(GrammarTest, EveryStatementOfTheParser_HasHelp) {
  for (const std::string& keyword : KeywordsAfter("")) {
    const bool found = std::any_of(Statements().begin(), Statements().end(), [&](const StatementEntry& entry) {
      return entry.topic.substr(0, entry.topic.find(' ')) == keyword;
    });
    EXPECT_TRUE(found) << keyword;
  }
}

TEST(HelpTest, Reference_IsUpToDate) {
  EXPECT_TRUE(tests::MatchesGolden(ReferencePage(), "../docs/reference/hql.md"));
}

TEST(HelpTest, EveryTopic_Answers) {
  for (const auto entries : {Statements(), Subjects()}) {
    for (const StatementEntry& entry : entries) {
      EXPECT_TRUE(HelpText(entry.topic).starts_with(entry.topic)) << entry.topic;
    }
  }
}

TEST(HelpTest, Topics_AsGolden) {
  std::string text;
  for (const std::string_view topic : {"", "SELECT", "create", "TABLE", "nonsense"}) {
    text += "==== HELP " + std::string(topic) + "\n" + HelpText(topic);
  }
  EXPECT_TRUE(tests::MatchesGolden(text, "testdata/help.txt"));
}

}  // namespace
}  // namespace cellar::hql
