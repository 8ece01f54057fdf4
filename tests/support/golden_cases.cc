#include "tests/support/golden_cases.h"

#include <algorithm>
#include <fstream>

#include "tests/support/golden.h"

namespace cellar::tests {

testing::AssertionResult MatchesGoldenCases(const std::string& path,
                                            const std::function<std::string(const std::string& input)>& answer) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return testing::AssertionFailure() << path << ": cannot be read";
  std::string made;
  std::string input;
  bool has_input = false;
  const auto finish = [&] {
    if (!has_input) return;
    std::string text = answer(input);
    if (!text.empty() && text.back() != '\n') text += '\n';
    made += text + "\n";
    input.clear();
    has_input = false;
  };
  std::string line;
  bool in_answer = false;  // Up to the empty line: a line of an answer may look like a comment.
  while (std::getline(in, line)) {
    const bool continues = has_input && (line.starts_with("| ") || line == "|");
    if (!continues) finish();
    if (continues || line.starts_with("> ") || line == ">") {
      input += (continues ? "\n" : "") + line.substr(std::min<size_t>(2, line.size()));
      has_input = true;
      in_answer = true;
      made += line + "\n";
      continue;
    }
    if (line.empty()) in_answer = false;
    if (line.starts_with("#") && !in_answer) made += line + "\n";
  }
  finish();
  return MatchesGolden(made, path);
}

}  // namespace cellar::tests
