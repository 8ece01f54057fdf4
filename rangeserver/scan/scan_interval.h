#pragma once

#include <vector>

#include "common/base/result.h"
#include "model/row_interval.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "storage/key_bounds.h"

namespace cellar::rangeserver {

/// One stretch of a scan: its rows, and the keys within them that it asks for.
struct ScanInterval {
  model::RowInterval rows;
  storage::KeyBounds keys;

  /// The part of it within `clip`; empty() when there is none.
  ScanInterval Within(const model::RowInterval& clip) const;
  bool empty() const { return rows.IsEmpty() || (keys.end.has_value() && *keys.end <= keys.start); }
};

/// What a spec's intervals mean. kUnion (and scan_and_filter_rows): disjoint and ascending. kEachInOrder: as given,
/// none left out, so that their places stay those of the spec. Public code 0x5000A for an unknown family.
Result<std::vector<ScanInterval>> IntervalsOf(const model::ScanSpec& spec, const model::Schema& schema);

}  // namespace cellar::rangeserver
