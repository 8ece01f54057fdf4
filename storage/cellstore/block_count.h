#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/key_bounds.h"

namespace cellar::storage {

/// Data blocks of a CellStore and their bytes as stored.
struct BlockCount {
  uint64_t blocks = 0;
  uint64_t bytes = 0;

  BlockCount() = default;
};

/// The blocks that a source with these bounds reads from its first cell to its last. Reads index leaves, so it is made
/// from worker jobs.
Result<BlockCount> CountBlocks(const CellStoreReader& reader, const KeyBounds& bounds);

}  // namespace cellar::storage
