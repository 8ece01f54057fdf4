#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "model/ids.h"
#include "model/key_codec.h"
#include "model/metadata_row.h"
#include "model/row_interval.h"
#include "model/schema.h"
#include "storage/cell_source.h"
#include "storage/cellstore/cellstore_reader.h"

namespace cellar::rangeserver {

struct PinnedGroups;

/// What a scan would read of one file.
struct StoreToRead {
  std::string path;
  uint64_t blocks = 0;  ///< Of the whole file.
  uint64_t blocks_to_read = 0;
  uint64_t bytes_to_read = 0;  ///< As stored.
  std::string left_out;        ///< Why nothing of it is read: "rows", "filter"; empty: something is.

  StoreToRead() = default;
};

/// What a scan would read of one access group.
struct GroupToRead {
  std::string name;
  size_t caches = 0;  ///< That hold cells.
  std::vector<StoreToRead> stores;

  GroupToRead() = default;
};

/// A file of a range and the rows of it that are the range's.
struct StoreRows {
  std::shared_ptr<const storage::CellStoreReader> reader;
  model::RowInterval rows;
};

/// What one scan reads: the caches and files of a range at one moment, and the revision up to which cells count. Keeps
/// them alive however long the scan takes; a value, cheap to copy. Thread-safe to read from.
class RangeSnapshot {
 public:
  RangeSnapshot() = default;
  RangeSnapshot(const RangeSnapshot&) = default;
  RangeSnapshot& operator=(const RangeSnapshot&) = default;
  RangeSnapshot(RangeSnapshot&&) = default;
  RangeSnapshot& operator=(RangeSnapshot&&) = default;
  ~RangeSnapshot() = default;

  model::Revision revision() const { return revision_; }

  /// A scan may go on at an earlier revision than revision() if that is at or above this (L1).
  model::Revision history_floor() const { return history_floor_; }

  const model::RangeKey& range() const { return range_; }
  Epoch epoch() const { return epoch_; }
  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }

  /// One source per cache and file of each access group that holds one of `families`, clipped to the range's rows. A
  /// row delete is in every group, so the same key may come from several (storage::MergeSource gives it once). Cells
  /// with a revision above revision() are among them: whoever reads drops them (StateSource does). For a single row,
  /// files whose filter excludes it are left out, and so are files and caches that cannot hold any of `rows`.
  ///
  /// The sources borrow from the snapshot: it, or a copy, outlives them. Looks into filters, which may read files: a
  /// worker's job, like all use of the sources. `reads`: where they count, or nullptr.
  Result<std::vector<std::unique_ptr<storage::CellSource>>> Sources(const model::FamilySet& families,
                                                                    const model::RowInterval& rows,
                                                                    storage::SourceReads* reads = nullptr) const;

  /// What Sources would give for each of `intervals` and then read to their ends, by access group. Reads filters and
  /// indexes: a worker's job.
  Result<std::vector<GroupToRead>> Explain(const model::FamilySet& families,
                                           const std::vector<model::RowInterval>& intervals) const;

  /// The files that hold some of `rows`, of all access groups.
  std::vector<StoreRows> Stores(const model::RowInterval& rows) const;

 private:
  friend class Range;

  model::RangeKey range_;
  Epoch epoch_;
  model::Revision revision_;
  model::Revision history_floor_;
  std::shared_ptr<const model::Schema> schema_;
  std::shared_ptr<const PinnedGroups> groups_;
};

}  // namespace cellar::rangeserver
