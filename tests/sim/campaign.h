#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/sim_run.h"

namespace cellar::sim {

/// One seed's run in a process of its own, so that a broken invariant, a stuck world or a sanitizer's report ends that
/// run only.
struct ChildReport {
  RunReport report;
  std::string crash;  ///< How the child ended, with what it said last; empty: it ended well.

  ChildReport() = default;
  /// Empty: every promise held.
  std::string problem() const { return crash.empty() ? report.violation : crash; }
};

/// Runs each in a child, `jobs` at a time, at most `limit_seconds` of real time each; calls `take` in the order of
/// `runs`. A false answer ends the campaign. Needs a process without threads.
void RunInChildren(const std::vector<RunOptions>& runs, int jobs, int limit_seconds,
                   const std::function<bool(const RunOptions&, const ChildReport&)>& take);

}  // namespace cellar::sim
