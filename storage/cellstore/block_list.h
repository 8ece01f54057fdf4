#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "common/base/result.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/key_bounds.h"

namespace cellar::storage {

/// A data block of a CellStore. The key is borrowed for the time of the call that gives it.
struct BlockSummary {
  std::string_view first_key;
  BlockHandle place;       ///< Of its frame.
  uint64_t raw_bytes = 0;  ///< Unpacked.
  uint32_t cell_count = 0;

  BlockSummary() = default;
};

/// Tells of each data block whose first key is within `bounds`, in key order, until `visit` fails. Reads the index and
/// these blocks, without filling the cache: a worker's job. `reads`: where it counts, or nullptr.
Status ListBlocks(const CellStoreReader& reader, const KeyBounds& bounds, SourceReads* reads,
                  const std::function<Status(const BlockSummary&)>& visit);

}  // namespace cellar::storage
