#pragma once

#include <memory>

#include "rangeserver/range/range_snapshot.h"
#include "rangeserver/scan/scan.h"

namespace cellar::rangeserver {

/// What a scan of a range reads: the snapshot, of which it keeps a copy that its own copies share, at `revision`, which
/// is the snapshot's own or, for a scan that goes on, an earlier one at or above its history floor. `reads`: where its
/// sources count, outlives the scan; or nullptr.
inline ScanInput InputOf(const RangeSnapshot& snapshot, model::Revision revision, Nanos now,
                         storage::SourceReads* reads = nullptr) {
  ScanInput input;
  input.rows = model::RowInterval::Range(snapshot.range().start_row, snapshot.range().end_row);
  input.snapshot = revision;
  input.now = now;
  input.open_sources = [kept = std::make_shared<const RangeSnapshot>(snapshot), reads](const model::FamilySet& families,
                                                                                       const model::RowInterval& rows) {
    return kept->Sources(families, rows, reads);
  };
  return input;
}

}  // namespace cellar::rangeserver
