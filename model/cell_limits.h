#pragma once

#include "model/cell.h"
#include "model/key.h"

namespace cellar::model {

/// Whether CheckRow, CheckQualifier, CheckValue and, of an explicit timestamp, CheckTimestamp have nothing to say
/// against a cell. In line: who takes many cells asks this first, and them only for what is wrong.
inline bool IsWithinLimits(const CellView& cell, const CellLimits& limits) {
  const KeyView& key = cell.key;
  const bool has_good_time = key.timestamp >= kMinTimestamp || key.timestamp == kAutomaticTimestamp;
  return !key.row.empty() && key.row.size() <= limits.max_row_bytes && key.qualifier.size() <= kMaxQualifierBytes &&
         cell.value.size() <= limits.max_value_bytes && has_good_time;
}

}  // namespace cellar::model
