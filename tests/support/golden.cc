#include "tests/support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace cellar::tests {
namespace {

/// The first line in which the two differ, for the message.
std::string FirstDifference(const std::string& want, const std::string& got) {
  std::istringstream wanted(want);
  std::istringstream gotten(got);
  std::string a;
  std::string b;
  for (int line = 1;; ++line) {
    const bool has_a = static_cast<bool>(std::getline(wanted, a));
    const bool has_b = static_cast<bool>(std::getline(gotten, b));
    if (!has_a && !has_b) return "equal lines, different ends";
    if (has_a == has_b && a == b) continue;
    return "line " + std::to_string(line) + "\n  want: " + (has_a ? a : "<end>") + "\n  got:  " + (has_b ? b : "<end>");
  }
}

}  // namespace

testing::AssertionResult MatchesGolden(std::string_view text, const std::string& path) {
  if (std::getenv("CELLAR_REWRITE_GOLDEN") != nullptr) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    if (out.flush()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << path << ": cannot be written";
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return testing::AssertionFailure() << path << ": cannot be read; CELLAR_REWRITE_GOLDEN=1 writes it";
  std::ostringstream want;
  want << in.rdbuf();
  if (want.str() == text) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << ": " << FirstDifference(want.str(), std::string(text));
}

std::string HexDump(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t line = 0; line < bytes.size(); line += 16) {
    const std::string_view part = bytes.substr(line, std::min<size_t>(16, bytes.size() - line));
    for (int shift = 12; shift >= 0; shift -= 4) text.push_back(kDigits[(line >> shift) & 15]);
    text += " ";
    std::string printable;
    for (const char c : part) {
      const auto byte = static_cast<unsigned char>(c);
      text += {' ', kDigits[byte >> 4], kDigits[byte & 15]};
      printable.push_back(byte >= 0x20 && byte < 0x7f ? c : '.');
    }
    text.append(3 * (16 - part.size()) + 2, ' ');
    text += printable + '\n';
  }
  return text;
}

}  // namespace cellar::tests
