// The statements that the examples send are HQL. What they answer is checked by the examples themselves.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "hql/parser.h"

namespace cellar::hql {
namespace {

std::vector<std::string> StatementsOf(const std::string& text) {
  std::vector<std::string> statements;
  std::istringstream lines(text);
  std::string line;
  std::string statement;
  while (std::getline(lines, line)) {
    statement += line + "\n";
    if (line.ends_with(";")) {
      statement.erase(statement.rfind(';'));
      statements.push_back(std::move(statement));
      statement.clear();
    }
  }
  return statements;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Only the statements of a file of questions, which stand between "== name" and "--".
std::string Questions(const std::string& path) {
  std::istringstream lines(Contents(path));
  std::string line;
  std::string text;
  bool in_statement = false;
  while (std::getline(lines, line)) {
    if (line.starts_with("== ") || line == "--") {
      in_statement = line != "--";
    } else if (in_statement && !line.empty()) {
      text += line + "\n";
    }
  }
  return text;
}

void ExpectAllParse(const std::string& text, size_t at_least) {
  const std::vector<std::string> statements = StatementsOf(text);
  EXPECT_GE(statements.size(), at_least);
  for (const std::string& statement : statements) {
    const auto parsed = ParseStatement(statement);
    EXPECT_TRUE(parsed.ok()) << statement << parsed.status().message();
  }
}

TEST(ExamplesTest, DebianPackages_SchemaParses) {
  ExpectAllParse(Contents("debian-packages/schema.hql"), 3);
}

TEST(ExamplesTest, DebianPackages_QuestionsParse) {
  ExpectAllParse(Questions("debian-packages/queries.txt"), 15);
}

}  // namespace
}  // namespace cellar::hql
