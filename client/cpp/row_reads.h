#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/cpp/scan_stream.h"

namespace cellar::client {

/// The cells of many rows, as `spec` (without intervals) selects them from each, in the order of `rows`: one call to
/// each server that holds some, and again for those that had moved.
Task<Result<std::vector<model::Cell>>> GetRows(ScanSeams seams, model::TableId table,
                                               std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                               std::vector<std::string> rows, Deadline deadline);

/// Cells as GetRows gives them, from behind every write that was taken before.
struct SettledRows {
  std::vector<model::Cell> cells;
  Nanos settled_at = 0;  ///< By the clocks of the rows' servers: writes that expire by then do not come any more.

  SettledRows() = default;
};
Task<Result<SettledRows>> GetSettledRows(ScanSeams seams, model::TableId table,
                                         std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                         std::vector<std::string> rows, Deadline deadline);

}  // namespace cellar::client
