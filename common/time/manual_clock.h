#pragma once

#include <atomic>

#include "common/time/clock.h"

namespace cellar::common {

/// A clock that stands still until a test moves it. The three readings are set apart, so that a test can let the wall
/// clock jump or the machine sleep. Thread-safe.
class ManualClock final : public Clock {
 public:
  /// 2001-09-09 01:46:40 UTC.
  static constexpr Nanos kDefaultWall = 1'000'000'000 * kSecond;

  explicit ManualClock(Nanos wall = kDefaultWall, Nanos monotonic = kSecond, Nanos boot = kSecond)
      : wall_(wall), monotonic_(monotonic), boot_(boot) {}

  Nanos WallNow() const override { return wall_; }
  Nanos MonotonicNow() const override { return monotonic_; }
  Nanos BootNow() const override { return boot_; }

  /// Time passes: all three move. Requires delta ≥ 0.
  void Advance(Nanos delta);

  /// The machine sleeps: wall and boot time move, monotonic time does not. Requires delta ≥ 0.
  void Suspend(Nanos delta);

  /// The wall clock is set, forwards or backwards.
  void SetWall(Nanos wall) { wall_ = wall; }

 private:
  std::atomic<Nanos> wall_;
  std::atomic<Nanos> monotonic_;
  std::atomic<Nanos> boot_;
};

}  // namespace cellar::common

namespace cellar {
using common::ManualClock;
}  // namespace cellar
