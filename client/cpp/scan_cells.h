#pragma once

#include "model/ids.h"
#include "model/metadata_row.h"
#include "model/schema.h"
#include "protocol/gen/rangeserver_types.h"

namespace cellar::client {

inline constexpr int32_t kScanBlockBytes = 256 << 10;

/// A request to open a scanner on one range, still without scan spec and resume state.
protocol::CreateScannerRequest ScanRequestFor(model::TableId table, const model::Schema& schema,
                                              const model::RangeKey& range);

}  // namespace cellar::client
