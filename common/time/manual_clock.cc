#include "common/time/manual_clock.h"

#include "common/base/check.h"

namespace cellar::common {

void ManualClock::Advance(Nanos delta) {
  CHECK(delta >= 0);
  wall_ += delta;
  monotonic_ += delta;
  boot_ += delta;
}

void ManualClock::Suspend(Nanos delta) {
  CHECK(delta >= 0);
  wall_ += delta;
  boot_ += delta;
}

}  // namespace cellar::common
