#pragma once

#include "model/metadata_row.h"
#include "protocol/gen/common_types.h"

namespace cellar::protocol {

// Values of the model as they travel, and back.

TableId ToMessage(const model::TableId& table);
RangeBounds ToMessage(const model::RangeKey& range);
FencingNumber ToMessage(const cellar::FencingNumber& number);

model::TableId FromMessage(const TableId& table);
model::RangeKey FromMessage(const model::TableId& table, const RangeBounds& bounds);
model::RangeKey FromMessage(const RangeId& range);
cellar::FencingNumber FromMessage(const FencingNumber& number);

/// A range's table and bounds.
RangeId ToRangeId(const model::RangeKey& range);

}  // namespace cellar::protocol
