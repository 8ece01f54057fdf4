#include "bench/stopwatch.h"

#include <ctime>

namespace cellar::bench {
namespace {

int64_t Read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

Stopwatch::Stopwatch() : wall_start_(bench::Read(CLOCK_MONOTONIC)), cpu_start_(bench::Read(CLOCK_PROCESS_CPUTIME_ID)) {}

void Stopwatch::Read(RunCost* cost) const {
  cost->wall_seconds = static_cast<double>(bench::Read(CLOCK_MONOTONIC) - wall_start_) / 1e9;
  cost->cpu_seconds = static_cast<double>(bench::Read(CLOCK_PROCESS_CPUTIME_ID) - cpu_start_) / 1e9;
}

}  // namespace cellar::bench
