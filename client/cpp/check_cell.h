#pragma once

#include "common/base/status.h"
#include "model/cell.h"
#include "model/key.h"
#include "model/schema.h"

namespace cellar::client {

/// What a cell or delete marker must be before it is sent. kInvalidArgument (public code 9) names the field.
Status CheckCell(const model::CellView& cell, const model::Schema& schema, const model::CellLimits& limits);

}  // namespace cellar::client
