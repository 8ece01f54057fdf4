#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>

#include "common/base/named_type.h"

namespace cellar::common {

/// A number that only rises: the term of the master that granted it, then a counter within that term. It rises even
/// when the lock service was wiped, because terms are claimed in the filesystem. The zero value means "none".
struct FencingNumber {
  uint32_t term = 0;
  uint64_t counter = 0;

  friend constexpr auto operator<=>(const FencingNumber&, const FencingNumber&) = default;
  friend constexpr bool operator==(const FencingNumber&, const FencingNumber&) = default;

  friend std::ostream& operator<<(std::ostream& out, const FencingNumber& number) { return out << number.ToString(); }

  bool is_none() const { return term == 0 && counter == 0; }

  /// "3.17"; used in messages and, with both parts zero-padded, in directory names.
  std::string ToString() const { return std::to_string(term) + "." + std::to_string(counter); }
};

/// One life of one server process. Names its directory; the only number that `FileSystem::Seal` knows.
using Incarnation = NamedType<FencingNumber, struct IncarnationTag>;

/// One ownership of one range; kept in the range's METADATA row.
using Epoch = NamedType<FencingNumber, struct EpochTag>;

}  // namespace cellar::common

namespace cellar {
using common::Epoch;
using common::FencingNumber;
using common::Incarnation;
}  // namespace cellar
