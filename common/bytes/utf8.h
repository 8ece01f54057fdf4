#pragma once

#include <cstddef>
#include <string_view>

namespace cellar::common {

/// The length in bytes of the UTF-8 character that `bytes` begin with, and which it is; 0 when they begin with none
/// (or are empty). Overlong forms, surrogates and what is above U+10FFFF are none.
size_t DecodeUtf8(std::string_view bytes, char32_t* character);

bool IsUtf8(std::string_view bytes);

}  // namespace cellar::common
