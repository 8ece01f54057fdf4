#pragma once

#include <string>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// Many add to a few counters: what a counter shows is at least what was acknowledged before one looked, and at most
/// what had been asked for by then.
class CounterWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "counters"; }

 private:
  struct Tally {
    int64_t acknowledged = 0;
    int64_t asked = 0;  ///< Without those that were refused.
  };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Add(SimClient* client);
  Task<void> Read(SimClient* client, size_t which, Nanos patience, bool must_succeed);
  static std::string RowOf(size_t which) { return "counter" + std::to_string(which); }

  static constexpr size_t kCounters = 3;
  static constexpr int kStepsPerActor = 40;

  SimTable table_;
  Tally tallies_[kCounters];
};

}  // namespace cellar::sim
