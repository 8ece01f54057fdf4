#pragma once

#include "bench/workload.h"

namespace cellar::bench {

/// Wall time, and CPU time of this process, since construction.
class Stopwatch {
 public:
  Stopwatch();
  /// Fills wall_seconds and cpu_seconds.
  void Read(RunCost* cost) const;

 private:
  int64_t wall_start_;
  int64_t cpu_start_;
};

}  // namespace cellar::bench
