#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "model/manifest.h"
#include "model/metadata_row.h"
#include "model/schema.h"
#include "rangeserver/range/access_group.h"
#include "rangeserver/range/range.h"
#include "storage/cellstore/cellstore_writer.h"

namespace cellar::rangeserver {

/// More files than this in one access group are merged whatever their sizes.
inline constexpr size_t kMaxGroupStores = 10;

/// Files up to twice this size are merged whenever they are the newest ones.
inline constexpr uint64_t kSmallStoreBytes = 64 << 10;

/// Share of cells that are delete markers above which a gc compaction becomes a major one.
inline constexpr double kGcMarkerShare = 0.1;

/// What a compaction starts from, collected at a batch boundary.
struct CompactionInput {
  CompactionKind kind = CompactionKind::kMinor;
  model::RangeKey range;
  std::shared_ptr<const model::Schema> schema;
  model::Manifest manifest;
  model::Revision flushed;          ///< applied() at the freeze.
  std::vector<PinnedGroup> groups;  ///< In the schema's order; caches are the frozen ones.
  std::vector<model::WindowEntry> window;
  std::vector<model::FileId> unread_dropped;  ///< Of manifest.dropped: no scan reads them any more.
  Nanos now = 0;
};

/// What happens to one access group when the edit is installed.
struct GroupChange {
  size_t cache_count = 0;    ///< Frozen caches that are in files now: the oldest ones.
  size_t kept_stores = 0;    ///< The oldest stores, untouched.
  std::vector<Store> added;  ///< None or one.
};

/// Opaque part of a ManifestEdit.
struct CompactionOutput {
  std::vector<GroupChange> groups;  ///< In the order of `names`.
  std::vector<std::string> names;
};

/// One run from inputs to an edit. Runs on a worker job; makes one file a group.
class Compaction {
 public:
  Compaction(const RangeEnvironment& environment, const std::atomic<bool>& stopping, CompactionInput input);

  /// nullopt: nothing to do. After an error the files written so far are removed.
  Result<std::optional<ManifestEdit>> Run();

 private:
  /// Stores and caches of one group that become one file.
  struct Choice {
    size_t first_store = 0;
    bool all = false;  ///< Everything of the group: markers may go.
    bool none = true;
  };

  Choice Choose(const PinnedGroup& group) const;
  /// Nothing reads it, and its grace is over.
  bool IsReleasable(const model::DroppedFile& file) const;
  Status CompactGroup(size_t index, const Choice& choice);
  Result<std::optional<Store>> WriteStore(size_t index, const Choice& choice);
  Status CopyCells(storage::CellSource* source, size_t index, model::FileId file,
                   std::unique_ptr<storage::CellStoreWriter>* writer);
  Status Verify(const Store& store) const;
  ManifestEdit MakeEdit();
  void RemoveCreatedFiles();

  const RangeEnvironment& environment_;
  const std::atomic<bool>& stopping_;
  CompactionInput input_;
  std::shared_ptr<CompactionOutput> output_;
  std::vector<model::FileId> created_;
  bool dropped_cells_ = false;
};

}  // namespace cellar::rangeserver
