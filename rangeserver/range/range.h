#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "common/time/clock.h"
#include "model/manifest.h"
#include "model/metadata_row.h"
#include "model/schema.h"
#include "rangeserver/range/manifest_edit.h"
#include "rangeserver/range/range_snapshot.h"
#include "rangeserver/range/write_window.h"

namespace cellar::storage {
class BlockCache;
class CellStoreReader;
struct Section;
}  // namespace cellar::storage

namespace cellar::rangeserver {

class AccessGroup;
class CellCache;
class FileIdSequence;
struct CompactionInput;

/// What all ranges of a server share; everything outlives them.
struct RangeEnvironment {
  FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  FileIdSequence* file_ids = nullptr;
  storage::BlockCache* block_cache = nullptr;  ///< May be null.
  ClusterId cluster;
  Incarnation incarnation;              ///< Of this server: under which files are written.
  const FaultPoints* faults = nullptr;  ///< Planted defects; may be null.

  bool Planted(Defect defect) const { return faults != nullptr && faults->Planted(defect); }
};

enum class CompactionKind : uint8_t {
  kMinor = 0,    ///< Caches to files.
  kMerging = 1,  ///< Caches, and the newest small files, to one file a group.
  kMajor = 2,    ///< Everything to one file a group; drops markers and what they hide.
  kGc = 3,       ///< Major for the groups whose dead share is above its bound, minor for the others.
};

struct RangeStats {
  uint64_t cache_bytes = 0;  ///< Memory of active and frozen caches.
  uint64_t cache_cells = 0;
  uint64_t store_bytes = 0;
  uint64_t store_cells = 0;
  uint32_t store_count = 0;
  uint32_t max_group_stores = 0;  ///< Of the access group with most files.
  uint64_t marker_count = 0;      ///< Delete markers in caches.
  uint32_t released_count = 0;    ///< Dropped files that the next manifest can let go.
};

/// One range: the access groups of its rows, kept in step with one manifest.
///
/// Owned by the range server, by `shared_ptr`: jobs and scanners hold one while they run. Knows nothing of leases, logs
/// or METADATA: the layer above asks it for things to write there and tells it when they are written.
///
/// Threads: any. Apply, Replay and Freeze exclude each other; Open and Compact read and write files and are worker
/// jobs; everything else is short and takes only the range's mutex. At most one compaction at a time is the caller's
/// duty.
///
/// Invariants:
/// 1. Cells with a revision at or below applied() are visible to every later snapshot, whole batches at a time.
/// 2. Every cell at or below a group's flushed revision is in the group's files of manifest(); every other applied cell
/// is
///    in one of its caches.
/// 3. flushed revisions, history floor, applied() and the manifest's number never fall.
/// 4. A file is written, synced and verified before an edit names it; it is read by scans only once the edit is
/// installed.
class Range {
 public:
  /// Opens the files of `manifest` and verifies their trailers. Errors name the file. A range without a manifest yet
  /// passes one with number 0, its bounds and no groups.
  static Result<std::unique_ptr<Range>> Open(const RangeEnvironment& environment, model::RangeKey key, Epoch epoch,
                                             std::shared_ptr<const model::Schema> schema, model::Manifest manifest);
  ~Range();
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;

  const model::RangeKey& key() const { return key_; }
  Epoch epoch() const { return epoch_; }
  std::shared_ptr<const model::Schema> schema() const EXCLUDES(mutex_);

  /// Takes a newer generation of the schema; an older or equal one is ignored. New groups start empty.
  void SetSchema(std::shared_ptr<const model::Schema> schema) EXCLUDES(mutex_);

  model::Manifest manifest() const EXCLUDES(mutex_);  ///< As installed last.

  /// All up to here is visible; what a flush takes as flushed revision.
  model::Revision applied() const EXCLUDES(mutex_);

  /// New revisions must be above this: applied() and every flushed revision.
  model::Revision revision_floor() const EXCLUDES(mutex_);

  // ---- Writing

  /// The entry under which this batch was applied already: answer it again, apply nothing.
  std::optional<model::WindowEntry> FindApplied(model::SessionId session, model::SequenceNumber sequence,
                                                std::string_view row) const EXCLUDES(mutex_);

  /// Some of the batch was applied here: FindApplied tells which rows.
  bool KnowsBatch(model::SessionId session, model::SequenceNumber sequence) const EXCLUDES(mutex_);

  /// kBusy when the exactly-once window has no room for another batch of `session`.
  Status CheckRoom(model::SessionId session) EXCLUDES(mutex_);

  /// Puts the section's cells into the caches and makes them visible, all at once. The section is durable as its table
  /// asks, its revisions are above all before, its cells verified by ParseFrame, of live families, and within the
  /// range's rows.
  void Apply(const storage::Section& section) EXCLUDES(apply_mutex_, mutex_);

  /// The same from a log: clips to this range's rows, skips what is flushed (group by group) and what was replayed
  /// before. The caller has matched table, rows and epoch. kCorruption for cells that are not what Apply takes. False:
  /// skipped as a whole.
  Result<bool> Replay(const storage::Section& section) EXCLUDES(apply_mutex_, mutex_);

  // ---- Reading

  RangeSnapshot Snapshot() const EXCLUDES(mutex_);

  // ---- Maintenance

  /// Runs a compaction up to the point where its result can be installed. Freezes the caches first, at a batch
  /// boundary. nullopt: nothing to do. On an error nothing has changed (frozen caches stay frozen and readable) and
  /// files written are removed as far as possible. Blocks for as long as it takes.
  Result<std::optional<ManifestEdit>> Compact(CompactionKind kind) EXCLUDES(apply_mutex_, mutex_);

  /// The edit's manifest is in METADATA: scans use the new files, caches and old files are let go.
  void Installed(const ManifestEdit& edit) EXCLUDES(mutex_);

  /// Removes `edit.released` once it is installed: files that were dropped a grace time ago, that no scan here reads
  /// and no later manifest of this range can name. Right as long as a file has one range; after splits the collector
  /// does it. A worker's job; what cannot be removed is garbage.
  void RemoveReleased(const ManifestEdit& edit);

  /// The edit was refused for good: forgets it. Its files are garbage: RemoveCreated's, or the collector's.
  void Abandoned(const ManifestEdit& edit) EXCLUDES(mutex_);

  /// Removes the files of an abandoned edit, when it is certain that no manifest names them. A worker's job; what
  /// cannot be removed is left to the collector.
  void RemoveCreated(const ManifestEdit& edit);

  /// Makes a running compaction end soon with kCancelled, and every later one at once. For unload and shutdown.
  void StopCompactions() { stopping_.store(true); }

  RangeStats stats() const EXCLUDES(mutex_);

 private:
  Range(const RangeEnvironment& environment, model::RangeKey key, Epoch epoch,
        std::shared_ptr<const model::Schema> schema, model::Manifest manifest);

  using Caches = std::vector<std::shared_ptr<CellCache>>;  ///< Active ones, in the order of the schema's groups.

  Status OpenGroups();
  /// Makes groups_ follow the schema, and pinned_ follow groups_.
  void ArrangeGroups() REQUIRES(mutex_);
  void Pin() REQUIRES(mutex_);
  Caches ActiveCaches() const REQUIRES(mutex_);
  Status AddCells(const storage::Section& section, const model::Schema& schema, const Caches& caches, bool clip);
  std::vector<model::DroppedFile> UnreadDropped() const REQUIRES(mutex_);
  CompactionInput FreezeAndCollect(CompactionKind kind) EXCLUDES(apply_mutex_, mutex_);

  const RangeEnvironment environment_;
  const model::RangeKey key_;
  const Epoch epoch_;

  common::Mutex apply_mutex_;  ///< Held while cells go in; before mutex_.
  mutable common::Mutex mutex_ ACQUIRED_AFTER(apply_mutex_);
  std::shared_ptr<const model::Schema> schema_ GUARDED_BY(mutex_);
  model::Manifest manifest_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<AccessGroup>> groups_ GUARDED_BY(mutex_);  ///< In the order of schema_->groups().
  std::shared_ptr<const PinnedGroups> pinned_ GUARDED_BY(mutex_);
  model::Revision applied_ GUARDED_BY(mutex_);
  model::Revision replayed_ GUARDED_BY(mutex_);  ///< Sections up to here were seen by Replay or need not be.
  WriteWindow window_ GUARDED_BY(mutex_);
  std::vector<std::pair<model::FileId, std::weak_ptr<const storage::CellStoreReader>>> dropped_readers_
      GUARDED_BY(mutex_);  ///< Of files in manifest_.dropped that scans may still read.
  std::atomic<bool> stopping_{false};
};

}  // namespace cellar::rangeserver
