#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "storage/cellstore/cellstore_reader.h"

namespace cellar::storage {

/// What a verification went through.
struct CellStoreVerification {
  uint64_t frame_count = 0;
  uint64_t cell_count = 0;
  uint64_t file_size_bytes = 0;
};

/// Reads the whole file past every cache, in file order, and checks all that its page says: frames without gaps, each
/// checksum, structure and order of every key, bounds of blocks and leaves, each row against its filter, restarts,
/// counts, statistics, both digests. The first fault as kCorruption with path and offset. Reads the file once; about
/// as dear as a scan.
Result<CellStoreVerification> VerifyCellStore(const CellStoreReader& reader);

/// Only the digest tree: every byte of the file against the trailer's root, nothing decompressed.
Status VerifyCellStoreDigest(const CellStoreReader& reader);

}  // namespace cellar::storage
