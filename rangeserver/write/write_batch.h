#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/time/clock.h"
#include "model/ids.h"
#include "model/schema_definition.h"
#include "rangeserver/range/conditions.h"

namespace cellar::rangeserver {

/// One table's cells of one client's call, as they came.
struct WriteBatch {
  model::TableId table;
  model::SchemaGeneration generation;  ///< That the client checked its cells against.
  model::SessionId session;            ///< 0: not exactly-once (the server's own writes that are idempotent).
  model::SequenceNumber sequence;
  Nanos expires_at = 0;                                     ///< Wall time; refused afterwards.
  model::Durability durability = model::Durability::kSync;  ///< The stronger of this and the table's holds.
  uint32_t master_term = 0;                                 ///< Of the master whose write it is; 0: it is no master's.
  bool resumes = false;  ///< The sender has heard the answers to all it sent under this session before.
  bool settles = false;  ///< The sender waits for no earlier batch of the session any more.
  std::string frame;     ///< model/cell_codec.h

  WriteBatch() = default;
};

/// Consecutive rows of a frame that were refused, and why; nothing of them was logged.
struct RefusedRows {
  uint32_t first_row = 0;  ///< Ordinal of the row within the frame.
  uint32_t row_count = 0;
  Status status;

  RefusedRows() = default;
  RefusedRows(uint32_t first_row_in, uint32_t row_count_in, Status status_in)
      : first_row(first_row_in), row_count(row_count_in), status(std::move(status_in)) {}
};

/// What became of a batch: every row that is not refused is durable as its table asks, and visible.
struct WriteOutcome {
  std::vector<RefusedRows> refused;     ///< In ascending order.
  std::optional<model::Revision> base;  ///< Revision of a cell = base + its ordinal. Absent: no row was applied.
  std::string result;                   ///< Of the conditional mutation that this repeats (mutation_result.h).

  WriteOutcome() = default;
};

/// What a conditional row mutation asks for beside its cells.
struct MutationRequest {
  std::vector<CellCondition> conditions;
  bool wants_counters = false;  ///< The values of the counters that it adds to or sets.
  bool is_retry = false;        ///< What became of an earlier try under this number is not known.

  MutationRequest() = default;
  explicit MutationRequest(std::vector<CellCondition> conditions_in) : conditions(std::move(conditions_in)) {}
};

/// What became of a conditional row mutation.
struct MutationOutcome {
  bool applied = false;
  std::vector<FailedCondition> failed;      ///< With the current values; empty when applied.
  std::vector<CounterValue> counters;       ///< When applied, and wanted: as right after the write.
  std::optional<model::Revision> revision;  ///< When applied.

  MutationOutcome() = default;
};

}  // namespace cellar::rangeserver
