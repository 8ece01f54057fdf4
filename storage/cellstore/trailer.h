#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/bytes/hash.h"
#include "model/bloom_spec.h"
#include "model/compressor_spec.h"
#include "model/ids.h"
#include "model/key_codec.h"
#include "storage/block/block_frame.h"

namespace cellar::storage {

/// What one family has in a file.
struct FamilyStats {
  model::FamilyId family;  ///< 0: row deletes.
  uint64_t cell_count = 0;
  uint64_t key_bytes = 0;  ///< Encoded keys before compression.
  uint64_t value_bytes = 0;

  friend bool operator==(const FamilyStats&, const FamilyStats&) = default;
};

/// A row at the start of a block, and how much of the file lies before that block: what split rows are chosen from.
struct SplitSample {
  std::string row;
  uint64_t bytes_before = 0;

  friend bool operator==(const SplitSample&, const SplitSample&) = default;
};

inline constexpr size_t kMaxSplitSamples = 64;
inline constexpr uint8_t kDigestXxh3 = 1;

/// Where a file comes from and what it is for; given by its writer.
struct CellStoreIdentity {
  ClusterId cluster;
  model::FileId file;
  model::TableId table;
  model::SchemaGeneration generation;
  std::string access_group;
  bool major = false;  ///< Written by a major compaction.
  bool in_memory = false;

  friend bool operator==(const CellStoreIdentity&, const CellStoreIdentity&) = default;
};

/// All that a CellStore says about itself: docs/internals/cellstore.md, "Trailer".
struct CellStoreTrailer {
  uint64_t features = 0;
  CellStoreIdentity identity;

  uint64_t cell_count = 0;
  std::array<uint64_t, 4> marker_count{};  ///< By KeyFlag: rows, families, cells, versions. Included in cell_count.
  uint64_t row_count = 0;
  uint64_t block_count = 0;
  uint64_t leaf_count = 0;

  int64_t min_timestamp = 0;
  int64_t max_timestamp = 0;
  model::Revision min_revision;
  model::Revision max_revision;
  std::string first_row;
  std::string last_row;
  std::vector<FamilyStats> families;  ///< Ascending.
  std::vector<SplitSample> samples;   ///< Ascending.

  uint8_t digest_kind = kDigestXxh3;
  uint64_t frame_count = 0;
  common::Hash128 digest_root;
  uint64_t cells_digest = 0;
  BlockHandle index_root;

  uint32_t block_size_bytes = 0;
  model::Compressor codec = model::Compressor::kNone;
  model::BloomSpec::Mode filter_mode = model::BloomSpec::Mode::kNone;
  uint8_t restart_interval = 0;
  uint64_t raw_bytes = 0;
  std::vector<model::FamilyId> oldest_first;  ///< Families of the table with TIME_ORDER DESC, ascending.

  /// What reads the keys of this file.
  model::KeyCodec key_codec() const;

  uint64_t delete_count() const { return marker_count[0] + marker_count[1] + marker_count[2] + marker_count[3]; }

  std::string Encode() const;
  /// kCorruption; kUnsupported for an unknown feature or digest.
  static Result<CellStoreTrailer> Decode(std::string_view bytes);

  friend bool operator==(const CellStoreTrailer&, const CellStoreTrailer&) = default;
};

}  // namespace cellar::storage
