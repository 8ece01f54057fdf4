#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::model {

/// One update of a counter cell. Stored as 8 bytes little-endian; a reset carries one more byte '='.
struct CounterUpdate {
  int64_t amount = 0;
  bool reset = false;  ///< Sets the counter to `amount`.

  /// "5", "+5", "-3", "=0"; C's bases (0x…, 0…); empty is 0. kInvalidArgument with public code 9 for all else.
  static Result<CounterUpdate> ParseText(std::string_view text);
  /// kCorruption unless 8 bytes, or 9 with the '='.
  static Result<CounterUpdate> Decode(std::string_view value);
  std::string Encode() const;
  /// As ParseText takes it: "+5", "-3", "=2".
  std::string ToText() const;

  friend bool operator==(const CounterUpdate&, const CounterUpdate&) = default;
};

/// Sum that wraps around instead of overflowing.
int64_t AddCounters(int64_t a, int64_t b);

}  // namespace cellar::model
