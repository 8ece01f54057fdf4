#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "hql/grammar.h"
#include "tests/hql/golden_session.h"

namespace cellar::tests {
namespace {

/// An input of a golden file in capitals, and whether its answer is an error.
struct GoldenInput {
  std::string text;
  bool fails = false;
};

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return capitals;
}

std::vector<GoldenInput> AllInputs() {
  std::vector<GoldenInput> inputs;
  for (const std::string& file : GoldenFiles()) {
    std::istringstream lines(Contents(file));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("> ")) {
        inputs.push_back(GoldenInput{Capitals(line.substr(2)), false});
      } else if (!inputs.empty() && line.starts_with("| ")) {
        inputs.back().text += " " + Capitals(line.substr(2));
      } else if (!inputs.empty() && line.starts_with("error ")) {
        inputs.back().fails = true;
      }
    }
  }
  return inputs;
}

/// "TYPE=MINOR|GC" → "TYPE", "MINOR", "GC"; "LIMIT n" → "LIMIT".
std::vector<std::string> WordsOf(const hql::OptionEntry& option) {
  std::vector<std::string> words(1, std::string(option.keyword()));
  std::string_view rest = option.syntax.substr(option.keyword().size());
  if (rest.find('|') == std::string_view::npos) return words;
  std::string word;
  for (const char c : std::string(rest) + " ") {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
      word.push_back(c);
    } else if (!word.empty()) {
      if (word.size() > 1) words.push_back(Capitals(word));
      word.clear();
    }
  }
  return words;
}

bool HasWord(std::string_view text, std::string_view word) {
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

TEST(GoldenCoverageTest, EveryStatementAndOptionOfTheReference_IsInSomeFile) {
  const std::vector<GoldenInput> inputs = AllInputs();
  for (const hql::StatementEntry& statement : hql::Statements()) {
    const auto is_one = [&statement](const GoldenInput& input) { return input.text.starts_with(statement.topic); };
    EXPECT_TRUE(std::any_of(inputs.begin(), inputs.end(), is_one)) << statement.topic;
    for (const hql::OptionEntry& option : statement.options) {
      const std::vector<std::string> words = WordsOf(option);
      for (const std::string& word : words) {
        const auto has_it = [&](const GoldenInput& input) {
          const bool may_fail = word != words.front();  // a choice may be there and refused for other reasons
          return is_one(input) && (may_fail || !input.fails) && HasWord(input.text, words.front()) &&
                 HasWord(input.text, word);
        };
        EXPECT_TRUE(std::any_of(inputs.begin(), inputs.end(), has_it))
            << statement.topic << ": " << option.syntax << ": no statement with " << word;
      }
    }
  }
}

TEST(GoldenCoverageTest, TheTableInTheReadme_NamesEveryFile) {
  const std::string readme = Contents("README.md");
  for (const std::string& file : GoldenFiles()) {
    EXPECT_NE(readme.find("`" + NamespaceOf(file) + ".golden`"), std::string::npos) << file;
  }
}

}  // namespace
}  // namespace cellar::tests
