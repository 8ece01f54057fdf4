#pragma once

#include "common/base/result.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::model {

/// `spec`, whose families are named as in `before`, with the names that they have in `now`, a later generation of that
/// schema: the same request. kInvalidArgument (0x5000A) when one of them was dropped. What `before` has not stays.
Result<ScanSpec> RenamedFamilies(ScanSpec spec, const Schema& before, const Schema& now);

/// kInvalidArgument: a family that `schema` has not (0x5000A), a predicate on a counter (30).
Status CheckFamilies(const ScanSpec& spec, const Schema& schema);

}  // namespace cellar::model
