#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "client/cpp/frame_update.h"
#include "client/cpp/include/row_condition.h"
#include "model/cell.h"
#include "model/schema_options.h"

namespace cellar::client {

/// What a row mutation asks for beside its cells.
struct MutateRowOptions {
  bool wants_counters = false;                  ///< The outcome tells the values of the counters.
  std::optional<model::Durability> durability;  ///< In place of the table's.

  MutateRowOptions() = default;
};

/// Changes one row if all conditions hold, and sends it again under the same number until the outcome is known or the
/// deadline has passed: then kTimedOut, and the row may have been changed. `cells` are of one row, at least one. "Not
/// applied" is final: no try of it is applied later. Index entries of the cells are there before any try; those of a
/// mutation that is not applied stay, stale.
Task<Result<RowMutationOutcome>> MutateRow(UpdateSeams seams, model::TableId table,
                                           std::shared_ptr<const model::Schema> schema,
                                           std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                           Deadline deadline, MutateRowOptions options = MutateRowOptions());

}  // namespace cellar::client
