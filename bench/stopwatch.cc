#include "bench/stopwatch.h"

#include <sys/resource.h>

#include "common/time/system_clock.h"

namespace cellar::bench {
namespace {

int64_t Nanoseconds(const timeval& time) {
  return time.tv_sec * kSecond + time.tv_usec * kMicrosecond;
}

int64_t CpuNow() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Nanoseconds(usage.ru_utime) + Nanoseconds(usage.ru_stime);
}

int64_t WallNow() {
  return common::SystemClock().MonotonicNow();
}

}  // namespace

Stopwatch::Stopwatch() : wall_start_(WallNow()), cpu_start_(CpuNow()) {}

void Stopwatch::Read(RunCost* cost) const {
  cost->wall_seconds = static_cast<double>(WallNow() - wall_start_) / kSecond;
  cost->cpu_seconds = static_cast<double>(CpuNow() - cpu_start_) / kSecond;
}

}  // namespace cellar::bench
