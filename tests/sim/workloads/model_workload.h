#pragma once

#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"
#include "tests/support/random_cells.h"

namespace cellar::sim {

/// One actor with a random table of its own, who knows every cell that it ever wrote, with its revision: any scan of it
/// must be what the reference evaluator says (model/evaluator.h). All delete markers, versions, TTL, counters, time
/// orders, regexes, predicates, limits.
class ModelWorkload final : public Workload {
 public:
  ModelWorkload(SimCluster& cluster, std::vector<SimClient*> clients, uint64_t seed)
      : Workload(cluster, std::move(clients), seed), cells_(seed) {}
  const char* name() const override { return "model"; }

 private:
  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Act(SimClient* client);
  Task<bool> Write(SimClient* client);
  void CheckCounters(const std::vector<model::Cell>& cells, const client::RowMutationOutcome& outcome, Nanos asked_at,
                     Nanos answered_at);
  Task<void> Compare(SimClient* client, Nanos patience, bool must_succeed);
  Nanos Now(SimClient* client) const { return client->node().clock().WallNow(); }

  static constexpr int kSteps = 120;

  tests::RandomCells cells_;
  SimTable table_;
  std::vector<model::Cell> history_;
};

}  // namespace cellar::sim
