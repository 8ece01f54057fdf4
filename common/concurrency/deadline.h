#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "common/time/clock.h"

namespace cellar::common {

/// The moment, in one clock's monotonic time, after which an answer is of no use. Travels between processes as what
/// remains of it, never as itself.
class Deadline {
 public:
  constexpr Deadline() = default;  ///< Never.
  constexpr explicit Deadline(Nanos at) : at_(at) {}

  static constexpr Deadline Infinite() { return Deadline(); }
  static Deadline After(const Clock& clock, Nanos delay) {
    const Nanos now = clock.MonotonicNow();
    return delay >= kNever - now ? Deadline() : Deadline(now + delay);
  }

  constexpr Nanos at() const { return at_; }
  constexpr bool is_infinite() const { return at_ == kNever; }

  bool Expired(const Clock& clock) const { return !is_infinite() && clock.MonotonicNow() >= at_; }

  /// 0 when expired; the largest Nanos when infinite.
  Nanos Remaining(const Clock& clock) const {
    if (is_infinite()) return kNever;
    const Nanos now = clock.MonotonicNow();
    return now >= at_ ? 0 : at_ - now;
  }

  /// The earlier of the two.
  friend constexpr Deadline Earliest(Deadline a, Deadline b) { return a.at_ < b.at_ ? a : b; }
  friend constexpr auto operator<=>(Deadline, Deadline) = default;

 private:
  static constexpr Nanos kNever = std::numeric_limits<Nanos>::max();
  Nanos at_ = kNever;
};

}  // namespace cellar::common

namespace cellar {
using common::Deadline;
}  // namespace cellar
