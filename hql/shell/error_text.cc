#include "hql/shell/error_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cellar::hql {

namespace {

constexpr size_t kShownCharacters = 100;
constexpr int32_t kFirstFamilyCode = 0x10000;

/// The characters of one line, each as its bytes; control bytes as blanks.
std::vector<std::string> Characters(std::string_view line) {
  std::vector<std::string> characters;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80 && !characters.empty()) {
      characters.back().push_back(c);
    } else {
      characters.emplace_back(1, byte < 0x20 || byte == 0x7F ? ' ' : c);
    }
  }
  return characters;
}

}  // namespace

std::string ErrorText(const Status& status) {
  const int32_t code = status.detail();
  if (code == 0) return "error: " + status.ToString();
  if (code >= kFirstFamilyCode) return fmt::format("error {:#x}: {}", code, status.message());
  return fmt::format("error {}: {}", code, status.message());
}

std::string PointAt(const SplitStatement& statement, const ParseError& error) {
  if (error.position.line < statement.position.line) return {};
  std::string_view text = statement.text;
  size_t column = error.position.column - 1;
  if (error.position.line == statement.position.line) column -= std::min<size_t>(column, statement.position.column - 1);
  for (uint32_t line = statement.position.line; line < error.position.line; ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  const std::vector<std::string> characters = Characters(text.substr(0, text.find('\n')));
  const size_t half = kShownCharacters / 2;
  const size_t begin = column > kShownCharacters - half / 2 ? column - half : 0;
  const size_t end = std::min(begin + kShownCharacters, characters.size());
  std::string shown = begin > 0 ? "  …" : "  ";
  for (size_t i = begin; i < end; ++i) shown += characters[i];
  if (end < characters.size()) shown += "…";
  return shown + "\n" + std::string(2 + (begin > 0 ? 1 : 0) + (column - begin), ' ') + "^";
}

}  // namespace cellar::hql
