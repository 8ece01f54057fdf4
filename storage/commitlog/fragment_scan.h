#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "storage/commitlog/fragment_file.h"

namespace cellar::storage {

/// Bytes of a fragment that were once durable and do not verify now, and the revisions that may be lost with them.
struct DamagedExtent {
  uint64_t begin = 0;
  uint64_t end = 0;
  model::Revision first_possible{INT64_MIN};
  model::Revision last_possible{INT64_MAX};
};

/// What one pass over a fragment's headers and directories found.
struct FragmentScan {
  uint64_t logical_end = 0;  ///< Bytes behind it are torn or given up.
  FragmentIndex index;       ///< Of the blocks that verify.
  std::vector<bool> proven;  ///< Per block of the index: something later shows that it was durable.
  std::vector<DamagedExtent> damage;
};

/// Scans a fragment without (usable) index from its first block. `known_end` is the length that its successor names,
/// all of which was durable; absent for the tip of the chain, whose logical end the scan finds. `first_sequence` is
/// that of the first block; absent when the header is damaged. Errors are those of reading; damage is in the result.
Result<FragmentScan> ScanFragment(const FragmentFile& file, std::optional<uint64_t> known_end,
                                  std::optional<uint64_t> first_sequence);

}  // namespace cellar::storage
