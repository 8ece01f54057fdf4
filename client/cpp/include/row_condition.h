#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/cell_condition.h"
#include "model/ids.h"

namespace cellar::client {

/// What a conditional row mutation expects of one column. The family is named by its id in the table's schema.
using RowCondition = model::CellCondition;

/// Outcome of a conditional row mutation.
struct RowMutationOutcome {
  bool applied = false;

  /// Not applied: the conditions that did not hold, by their place in the mutation, and what is there instead.
  std::vector<model::FailedCondition> failed;

  model::Revision revision;  ///< Applied: of the first cell in the order of the calls.

  /// Applied: what the counters that it added to or set show right after it, each once; when asked for.
  std::vector<model::CounterValue> counters;

  /// Nanoseconds since 1970 that the first cell has, unless it was given one: the revision.
  int64_t timestamp() const { return revision.get(); }

  RowMutationOutcome() = default;
};

}  // namespace cellar::client
