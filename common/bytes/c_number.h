#pragma once

#include <string_view>

namespace cellar::common {

/// The base that an unsigned number is written in by C's rules, 8, 10 or 16; its prefix ("0x", "0") is taken off.
int TakeCBase(std::string_view* digits);

}  // namespace cellar::common
