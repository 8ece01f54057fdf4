#include "hql/shell/error_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "hql/shell/display_text.h"

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

/// '^' and a '~' for each further character of the token that is to be seen on the line.
std::string Marks(const ParseError& error, const SplitStatement& statement, size_t room) {
  const std::string_view token =
      std::string_view(statement.text).substr(std::min(error.offset, statement.text.size()), error.length);
  const size_t length = std::min(Characters(token.substr(0, token.find('\n'))).size(), room);
  return "^" + std::string(length > 1 ? length - 1 : 0, '~');
}

std::string Capitals(std::string_view word) {
  std::string capitals(word);
  for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return capitals;
}

/// How many characters must be inserted, left out, replaced, or swapped with their neighbour.
size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<std::vector<size_t>> distance(from.size() + 1, std::vector<size_t>(to.size() + 1));
  for (size_t i = 0; i <= from.size(); ++i) {
    for (size_t j = 0; j <= to.size(); ++j) {
      if (i == 0 || j == 0) {
        distance[i][j] = i + j;
        continue;
      }
      const size_t replaced = distance[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
    }
  }
  return distance[from.size()][to.size()];
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
  return shown + "\n" + std::string(2 + (begin > 0 ? 1 : 0) + (column - begin), ' ') +
         Marks(error, statement, end - std::min(column, end));
}

std::string Suggestion(const SplitStatement& statement, const ParseError& error) {
  constexpr size_t kLongestKeyword = 40;
  if (error.length < 3 || error.length > kLongestKeyword || error.offset > statement.text.size()) return {};
  const std::string found = Capitals(std::string_view(statement.text).substr(error.offset, error.length));
  size_t nearest = found.size() < 6 ? 2 : 3;  // one less than that is near
  std::string_view meant;
  for (const Expectation& expectation : error.expected) {
    if (expectation.kind != Expectation::Kind::kKeyword) continue;
    const size_t distance = EditDistance(found, expectation.text);
    if (distance >= nearest) continue;
    nearest = distance;
    meant = expectation.text;
  }
  return meant.empty() ? std::string() : fmt::format(" did you mean {}?", meant);
}

std::string WrapText(std::string_view text, size_t width) {
  std::string wrapped;
  size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const size_t word_width = DisplayWidth(word);
    if (column > 0 && column + 1 + word_width > width) {
      wrapped += "\n  ";
      column = 2;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word_width;
  }
  return wrapped;
}

}  // namespace cellar::hql
