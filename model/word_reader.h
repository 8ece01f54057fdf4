#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace cellar::model {

/// Reads blank-separated words from an option text such as "zstd --level 3". Used by the spec parsers only.
class WordReader {
 public:
  explicit WordReader(std::string_view text) : rest_(text) {}

  /// The next word; empty at the end.
  std::string_view Next() {
    const size_t begin = rest_.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
      rest_ = {};
      return {};
    }
    rest_.remove_prefix(begin);
    const size_t end = std::min(rest_.find_first_of(" \t"), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  /// The next word as a whole number within [min, max].
  std::optional<int> NextInt(int min, int max) {
    const std::string_view word = Next();
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || value < min || value > max) return std::nullopt;
    return value;
  }

  /// The next word as a number within (0, max].
  std::optional<double> NextPositive(double max) {
    const std::string_view word = Next();
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !(value > 0) || value > max) return std::nullopt;
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace cellar::model
