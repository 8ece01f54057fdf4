#pragma once

#include "common/time/clock.h"

namespace cellar::common {

/// The machine's clocks; the only place that asks for them. Thread-safe, no state.
class SystemClock final : public Clock {
 public:
  Nanos WallNow() const override;
  Nanos MonotonicNow() const override;
  Nanos BootNow() const override;
};

}  // namespace cellar::common

namespace cellar {
using common::SystemClock;
}  // namespace cellar
