#pragma once

#include <sys/types.h>

#include "bench/contender.h"
#include "common/time/clock.h"

namespace cellar::bench {

/// CPU time that a process has used so far, all threads, user and system; of another process to a hundredth second.
Nanos CpuOf(pid_t process);

/// Wall time, CPU time of this process, of a server's, and of everything else on the machine, since construction.
class Stopwatch {
 public:
  /// `server` 0: there is none.
  explicit Stopwatch(pid_t server = 0);

  /// Fills in all times.
  void Read(RunCost* cost) const;

  /// Adds the CPU times only.
  void AddCpu(RunCost* cost) const;

 private:
  const pid_t server_;
  Nanos wall_start_;
  Nanos client_start_;
  Nanos server_start_;
  Nanos machine_start_;
};

/// Waits until a process uses no CPU to speak of any more; at most `limit`. False: it still does.
bool AwaitIdle(pid_t process, Nanos limit);

}  // namespace cellar::bench
