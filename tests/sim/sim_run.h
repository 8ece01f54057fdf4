#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "common/concurrency/sim_trace.h"
#include "common/fault/defect.h"
#include "common/time/clock.h"

namespace cellar::sim {

struct RunOptions {
  uint64_t seed = 1;
  std::optional<Defect> defect;
  bool prints_log = false;    ///< What the roles log, on standard error.
  bool prints_trace = false;  ///< Every step of the world on standard error, for finding where two runs part.

  RunOptions() = default;
};

/// What one seed came to.
struct RunReport {
  std::string violation;  ///< Empty: every promise held.
  uint64_t trace_hash = 0;
  uint64_t step_count = 0;
  uint64_t operation_count = 0;
  uint64_t death_count = 0;
  Nanos virtual_time = 0;
  std::set<std::string> passed_fault_points;

  RunReport() = default;
};

/// One world from an empty disk to the last check: a cluster, clients with all workloads, faults for a while, then
/// peace; everybody must come to an end, and everything that was promised must hold. Same options, same report.
///
/// A broken invariant (CHECK) or a world that is stuck ends the process: run it in a child.
RunReport RunSeed(const RunOptions& options);

}  // namespace cellar::sim
