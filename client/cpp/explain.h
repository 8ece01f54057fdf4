#pragma once

#include <memory>
#include <vector>

#include "client/cpp/include/explanation.h"
#include "client/cpp/scan_stream.h"

namespace cellar::client {

/// What a scan would read of indexes and of its table, range by range: all by one schema, the newest when `schema` is
/// older, since it has not begun. Errors are those of opening a scanner. `seams` have schemas.
Task<Result<Explanation>> ExplainScan(ScanSeams seams, model::TableId table,
                                      std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                      Deadline deadline);

}  // namespace cellar::client
