#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cellar::common {

enum class EscapeStyle : uint8_t {
  kText,  ///< C escapes: a byte that cannot stand for itself is \xNN.
  kJson   ///< JSON's: it is \u00NN, that is, the code point of its value.
};

/// Appends `text` so that it has neither control bytes, quotes nor broken UTF-8.
void AppendEscaped(std::string* out, std::string_view text, EscapeStyle style);

/// `text` as a JSON string, quotes included.
std::string JsonQuote(std::string_view text);

}  // namespace cellar::common
