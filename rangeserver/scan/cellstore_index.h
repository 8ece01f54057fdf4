#pragma once

#include "rangeserver/range/range_snapshot.h"
#include "rangeserver/scan/scan.h"

namespace cellar::rangeserver {

/// What a scan of the pseudo-table `t^.cellstore.index` reads in a range: cells of model::CellStoreIndexSchema, three
/// for each block whose first row is in the range. They are told by reading the blocks when the sources are opened.
/// Cells that are in no file yet are not told of. As InputOf otherwise.
ScanInput CellStoreIndexInput(const RangeSnapshot& snapshot, model::Revision revision, Nanos now,
                              storage::SourceReads* reads = nullptr);

}  // namespace cellar::rangeserver
