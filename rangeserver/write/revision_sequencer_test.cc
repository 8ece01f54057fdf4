#include "rangeserver/write/revision_sequencer.h"

#include <gtest/gtest.h>

#include "common/time/manual_clock.h"

namespace cellar::rangeserver {
namespace {

TEST(RevisionSequencerTest, FollowsTheClock_AndRisesWithoutIt) {
  ManualClock clock;
  RevisionSequencer sequencer(clock, kSecond);
  const Nanos now = clock.WallNow();
  EXPECT_EQ(sequencer.Take(10)->get(), now);
  EXPECT_EQ(sequencer.Take(1)->get(), now + 10) << "ten were used up";
  EXPECT_EQ(sequencer.last().get(), now + 10);
}

TEST(RevisionSequencerTest, Floor_IsNeverUndercut) {
  ManualClock clock;
  RevisionSequencer sequencer(clock, kSecond);
  sequencer.RaiseFloor(model::Revision(clock.WallNow() + 5000));
  EXPECT_EQ(sequencer.Take(1)->get(), clock.WallNow() + 5001);
  sequencer.RaiseFloor(model::Revision(1));
  EXPECT_EQ(sequencer.Take(1)->get(), clock.WallNow() + 5002);
}

}  // namespace
}  // namespace cellar::rangeserver
