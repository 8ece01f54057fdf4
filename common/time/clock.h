#pragma once

#include <cstdint>

namespace cellar::common {

/// Nanoseconds. Plain integers on purpose: they go into keys, logs and messages as they are.
using Nanos = int64_t;

inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;

/// The only source of time. Implementations are thread-safe. Waiting is the Executor's business, not the clock's.
///
/// Which reading to use: wall time for timestamps and what people read, and nothing else; monotonic time for
/// deadlines and intervals; boot time (goes on through suspend) for leases.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual Nanos WallNow() const = 0;       ///< Since 1970-01-01 UTC. May jump either way.
  virtual Nanos MonotonicNow() const = 0;  ///< Never falls. Origin unspecified.
  virtual Nanos BootNow() const = 0;       ///< Never falls, counts suspended time. Origin unspecified.
};

}  // namespace cellar::common

namespace cellar {
using common::Clock;
using common::kMicrosecond;
using common::kMillisecond;
using common::kSecond;
using common::Nanos;
}  // namespace cellar
