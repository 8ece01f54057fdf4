#include "common/time/system_clock.h"

#include <time.h>

#include "common/base/check.h"

namespace cellar::common {
namespace {

Nanos ReadClock(clockid_t id) {
  timespec now{};
  CHECK(::clock_gettime(id, &now) == 0);
  return Nanos{now.tv_sec} * kSecond + now.tv_nsec;
}

}  // namespace

Nanos SystemClock::WallNow() const {
  return ReadClock(CLOCK_REALTIME);
}

Nanos SystemClock::MonotonicNow() const {
  return ReadClock(CLOCK_MONOTONIC);
}

Nanos SystemClock::BootNow() const {
  return ReadClock(CLOCK_BOOTTIME);
}

}  // namespace cellar::common
