#include "common/time/clock.h"

#include <gtest/gtest.h>

#include "common/time/manual_clock.h"
#include "common/time/system_clock.h"

namespace cellar::common {
namespace {

TEST(SystemClockTest, MonotonicAndBoot_NeverFall) {
  const SystemClock clock;
  Nanos last_monotonic = clock.MonotonicNow();
  Nanos last_boot = clock.BootNow();
  for (int i = 0; i < 1'000; ++i) {
    const Nanos monotonic = clock.MonotonicNow();
    const Nanos boot = clock.BootNow();
    ASSERT_GE(monotonic, last_monotonic);
    ASSERT_GE(boot, last_boot);
    last_monotonic = monotonic;
    last_boot = boot;
  }
}

TEST(SystemClockTest, Wall_IsInNanosecondsSinceTheEpoch) {
  const SystemClock clock;
  EXPECT_GT(clock.WallNow(), 1'600'000'000 * kSecond);
}

TEST(ManualClockTest, Advance_MovesAllThree) {
  ManualClock clock(100, 200, 300);
  clock.Advance(7);
  EXPECT_EQ(clock.WallNow(), 107);
  EXPECT_EQ(clock.MonotonicNow(), 207);
  EXPECT_EQ(clock.BootNow(), 307);
}

TEST(ManualClockTest, Suspend_DoesNotMoveMonotonic) {
  ManualClock clock(100, 200, 300);
  clock.Suspend(7);
  EXPECT_EQ(clock.WallNow(), 107);
  EXPECT_EQ(clock.MonotonicNow(), 200);
  EXPECT_EQ(clock.BootNow(), 307);
}

TEST(ManualClockTest, SetWall_MayGoBack) {
  ManualClock clock(100, 200, 300);
  clock.SetWall(-5);
  EXPECT_EQ(clock.WallNow(), -5);
  EXPECT_EQ(clock.MonotonicNow(), 200);
}

}  // namespace
}  // namespace cellar::common
