#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/key_codec.h"
#include "storage/cellstore/digest.h"
#include "storage/cellstore/trailer.h"

namespace cellar::storage {

/// Counts cells in key order as a trailer has them: for the writer, and again for whoever verifies. Not thread-safe.
class CellCounter {
 public:
  explicit CellCounter(const model::KeyCodec& codec);

  /// `parts` are those of the key; `is_new_row`: the cell before was of another row.
  void Add(std::string_view key, std::string_view value, const model::EncodedKeyParts& parts, bool is_new_row);

  uint64_t cell_count() const { return counts_.cell_count; }

  /// Sets what was counted in `trailer`: counts of cells, markers and rows, times, revisions, rows, families, digest of
  /// the cells. Requires that a cell was added, `last_key` last.
  void FillIn(std::string_view last_key, CellStoreTrailer* trailer) const;

 private:
  const model::KeyCodec codec_;
  CellStoreTrailer counts_;            ///< Only what FillIn sets.
  std::vector<FamilyStats> families_;  ///< By family id; 256 of them.
  CellsDigest digest_;
};

}  // namespace cellar::storage
