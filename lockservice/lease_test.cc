#include "lockservice/lease.h"

#include <gtest/gtest.h>

#include "common/time/manual_clock.h"

namespace cellar::lockservice {
namespace {

TEST(LeaseTest, Holds_TwoThirdsFromTheSending) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  EXPECT_FALSE(lease.Holds());
  const Nanos sent_at = clock.BootNow();
  clock.Advance(500 * kMillisecond);  // The answer takes its time.
  lease.Extend(sent_at);
  EXPECT_TRUE(lease.Holds());
  clock.Advance(1500 * kMillisecond - 1);
  EXPECT_TRUE(lease.Holds());
  clock.Advance(1);
  EXPECT_FALSE(lease.Holds());
}

TEST(LeaseTest, Suspend_CountsAgainstIt) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  lease.Extend(clock.BootNow());
  clock.Suspend(2 * kSecond);
  EXPECT_FALSE(lease.Holds());
}

TEST(LeaseTest, LateConfirmation_DoesNotShortenIt) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  const Nanos first = clock.BootNow();
  clock.Advance(kSecond);
  lease.Extend(clock.BootNow());
  const Nanos until = lease.until();
  lease.Extend(first);
  EXPECT_EQ(lease.until(), until);
}

TEST(LeaseTest, Ended_IsNeverHeldAgain) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  lease.Extend(clock.BootNow());
  lease.End();
  EXPECT_FALSE(lease.Holds());
  lease.Extend(clock.BootNow());
  EXPECT_FALSE(lease.Holds());
}

TEST(LeaseTest, Lapse_HoldsAgainOnlyWhenConfirmed) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  lease.Extend(clock.BootNow());
  lease.RequireConfirmation();
  clock.Advance(kSecond);
  lease.Extend(clock.BootNow());
  EXPECT_TRUE(lease.Holds());
  clock.Advance(2 * kSecond);
  lease.Extend(clock.BootNow());
  EXPECT_FALSE(lease.Holds());
  lease.Extend(clock.BootNow());
  EXPECT_FALSE(lease.Holds());
  lease.Confirm(lease.lapse_count());
  EXPECT_TRUE(lease.Holds());
}

TEST(LeaseTest, Lapse_MattersOnlyToThoseWhoAsk) {
  ManualClock clock;
  Lease lease(clock, 3 * kSecond);
  lease.Extend(clock.BootNow());
  clock.Advance(3 * kSecond);
  lease.Extend(clock.BootNow());
  EXPECT_TRUE(lease.Holds());
}

TEST(LeaseTest, Length_MustCoverTickAndDrift) {
  EXPECT_TRUE(CheckLeaseLength(10 * kSecond, 500 * kMillisecond, 100 * kMillisecond).ok());
  EXPECT_EQ(CheckLeaseLength(3 * kSecond, 500 * kMillisecond, 100 * kMillisecond).message(),
            "lease of 3000 ms: a sixth of it must cover tick (500 ms) and clock drift (100 ms)");
  EXPECT_EQ(CheckLeaseLength(100 * kMillisecond, 0, 0).message(), "lease of 100 ms: must be from 500 ms to 600000 ms");
  EXPECT_FALSE(CheckLeaseLength(kMaxLease + 1, 0, 0).ok());
}

}  // namespace
}  // namespace cellar::lockservice
