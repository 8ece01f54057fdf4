#include "common/concurrency/sim_clock.h"

#include <limits>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr int64_t kMillion = 1'000'000;

Nanos Scale(Nanos value, int64_t numerator, int64_t denominator) {
  const __int128 scaled = static_cast<__int128>(value) * numerator / denominator;
  const __int128 most = std::numeric_limits<Nanos>::max() / 4;
  return static_cast<Nanos>(scaled > most ? most : scaled);
}

}  // namespace

void SimClock::SetRate(int64_t parts_per_million) {
  CHECK(parts_per_million > -kMillion);
  anchor_monotonic_ = MonotonicNow();
  anchor_virtual_ = virtual_now_;
  rate_ppm_ = parts_per_million;
}

Nanos SimClock::MonotonicAt(Nanos virtual_time) const {
  return anchor_monotonic_ + Scale(virtual_time - anchor_virtual_, kMillion + rate_ppm_, kMillion);
}

Nanos SimClock::VirtualTimeOf(Nanos monotonic) const {
  if (monotonic <= anchor_monotonic_) return anchor_virtual_;
  Nanos time = anchor_virtual_ + Scale(monotonic - anchor_monotonic_, kMillion, kMillion + rate_ppm_);
  while (MonotonicAt(time) < monotonic) ++time;  // at most a few, from rounding down
  return time;
}

}  // namespace cellar::common
