#pragma once

#include <sys/types.h>

#include <vector>

#include "bench/contender.h"
#include "common/time/clock.h"

namespace cellar::bench {

/// CPU time that a process has used so far, all threads, user and system; of another process to a hundredth second.
Nanos CpuOf(pid_t process);

/// Wall time, CPU time of this process, of a server's processes, and of everything else on the machine, since
/// construction.
class Stopwatch {
 public:
  /// `server` empty: there is none.
  explicit Stopwatch(std::vector<pid_t> server = {});

  /// Fills in all times.
  void Read(RunCost* cost) const;

  /// Adds the CPU times only.
  void AddCpu(RunCost* cost) const;

 private:
  const std::vector<pid_t> server_;
  Nanos wall_start_;
  Nanos client_start_;
  Nanos server_start_;
  Nanos machine_start_;
};

/// Waits until these processes use no CPU to speak of any more; at most `limit`. False: they still do.
bool AwaitIdle(const std::vector<pid_t>& processes, Nanos limit);

}  // namespace cellar::bench
