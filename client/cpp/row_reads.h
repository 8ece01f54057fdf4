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

}  // namespace cellar::client
