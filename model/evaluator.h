#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::model {

/// The reference evaluator: what a scan must answer, in the plainest way, from every cell ever written. The oracle of
/// every test of the engine; shares no code with it. Readable over fast.
///
/// `history`: all cells of the table, in any order, with their revisions and with explicit timestamps (automatic ones
/// already replaced by the revision); a row delete once. `snapshot`: writes with a higher revision are not there yet.
/// `now`: decides on TTL. Rules and their order: docs/internals/scan-semantics.md.
///
/// Errors are those of ScanSpec::Check, and public code 0x5000A for an unknown family, 30 for a predicate on a counter.
/// Counters come as decimal text. Cells that only say a row exists (keys_only) have empty values.
Result<std::vector<Cell>> Evaluate(const Schema& schema, const std::vector<Cell>& history, const ScanSpec& spec,
                                   Revision snapshot, Nanos now);

}  // namespace cellar::model
