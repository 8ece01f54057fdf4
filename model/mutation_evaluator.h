#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/cell.h"
#include "model/cell_condition.h"
#include "model/schema.h"

namespace cellar::model {

/// What a conditional mutation of one row does.
struct EvaluatedMutation {
  std::vector<FailedCondition> failed;  ///< Empty: applied.
  std::vector<CounterValue> counters;   ///< Applied: what the counters that it adds to or sets show then, in key order.
  std::vector<Cell> written;            ///< Applied: the cells with their revisions and timestamps; for the history.

  EvaluatedMutation() = default;
};

/// The reference evaluator of conditional row mutations, in the plainest way, beside Evaluate and with its history; the
/// oracle of tests, and what answers them in memory. `cells`: at least one, all of one row, in the order of the calls;
/// counters' values are encoded updates. `base`: the revision of the first of them, above all in the history.
///
/// Errors are those of CheckConditions.
Result<EvaluatedMutation> EvaluateMutation(const Schema& schema, const std::vector<Cell>& history,
                                           const std::vector<CellCondition>& conditions, std::vector<Cell> cells,
                                           Revision base, Nanos now);

}  // namespace cellar::model
