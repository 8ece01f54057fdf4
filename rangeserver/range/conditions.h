#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/cell_condition.h"
#include "model/ids.h"
#include "model/schema.h"
#include "rangeserver/range/range_snapshot.h"

namespace cellar::rangeserver {

using model::CellCondition;
using model::CounterValue;
using model::FailedCondition;

/// One column of a row.
using Column = std::pair<model::FamilyId, std::string>;

/// The counters to which the encoded cells of one row add or which they set, each once, in the order of the cells.
std::vector<Column> CountersIn(std::string_view cells, const model::Schema& schema);

/// What a conditional mutation of one row asks the state of the row.
struct MutationQuestion {
  std::string row;
  std::vector<CellCondition> conditions;  ///< Checked (model::CheckConditions).
  std::string_view cells;                 ///< Those it would write, as encoded, of the row only.
  model::Revision base;                   ///< Above the snapshot's; the cells get it or a higher one.
  bool wants_counters = false;            ///< The values of CountersIn(cells) once they are written.

  MutationQuestion() = default;
};

/// The state's answer.
struct MutationVerdict {
  std::vector<FailedCondition> failed;  ///< Empty: apply.
  std::vector<CounterValue> counters;   ///< When nothing failed, and wanted: as after the write.

  MutationVerdict() = default;
};

/// Reads files, so it runs in a worker job. The caller holds the row's latch and took the snapshot afterwards, and
/// nobody else writes the row until the cells are visible: so the counters' values are those that a read right after
/// the write gives. kInvalidArgument for more than model::kMaxReturnedCounters counters, or for their delete at a time
/// that has not come: what it hides would hang on the moment of the write.
Result<MutationVerdict> DecideMutation(const RangeSnapshot& snapshot, const MutationQuestion& question, Nanos now);

/// First visible values of columns of one row, in their order, under the same rules. A counter's is decimal text.
Result<std::vector<std::optional<std::string>>> ReadColumns(const RangeSnapshot& snapshot, std::string_view row,
                                                            const std::vector<Column>& columns, Nanos now);

}  // namespace cellar::rangeserver
