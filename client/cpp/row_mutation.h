#pragma once

#include <memory>
#include <vector>

#include "client/cpp/frame_update.h"
#include "client/cpp/include/row_condition.h"
#include "model/cell.h"

namespace cellar::client {

/// Changes one row if all conditions hold, and sends it again under the same number until the outcome is known or the
/// deadline has passed: then kTimedOut, and the row may have been changed. `cells` are of one row, at least one.
Task<Result<RowMutationOutcome>> MutateRow(UpdateSeams seams, model::TableId table,
                                           std::shared_ptr<const model::Schema> schema,
                                           std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                           Deadline deadline);

}  // namespace cellar::client
