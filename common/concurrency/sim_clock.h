#pragma once

#include "common/time/clock.h"

namespace cellar::common {

/// One node's reading of a simulated world's virtual time, set off from it and running at its own rate, as machines'
/// clocks do. Moves only when the world's time does. Used under the world's baton only.
class SimClock final : public Clock {
 public:
  /// 2001-09-09 01:46:40 UTC.
  static constexpr Nanos kWallAtStart = 1'000'000'000 * kSecond;

  /// `virtual_now` belongs to the scheduler.
  explicit SimClock(const Nanos& virtual_now) : virtual_now_(virtual_now), anchor_virtual_(virtual_now) {}

  Nanos WallNow() const override { return kWallAtStart + wall_offset_ + BootNow(); }
  Nanos MonotonicNow() const override { return MonotonicAt(virtual_now_); }
  Nanos BootNow() const override { return MonotonicNow() + suspended_; }

  /// The wall clock is off by `offset` from now on.
  void SetWallOffset(Nanos offset) { wall_offset_ = offset; }

  /// From now on this clock gains `parts_per_million` on virtual time (or loses them). Above -1,000,000.
  void SetRate(int64_t parts_per_million);

  /// The machine slept: boot and wall time went on, monotonic time did not.
  void AddSuspended(Nanos duration) { suspended_ += duration; }

  /// The first virtual time at which the monotonic reading is at least `monotonic`.
  Nanos VirtualTimeOf(Nanos monotonic) const;

 private:
  Nanos MonotonicAt(Nanos virtual_time) const;

  const Nanos& virtual_now_;
  Nanos anchor_virtual_;
  Nanos anchor_monotonic_ = kSecond;
  int64_t rate_ppm_ = 0;
  Nanos wall_offset_ = 0;
  Nanos suspended_ = 0;
};

}  // namespace cellar::common

namespace cellar {
using common::SimClock;
}  // namespace cellar
