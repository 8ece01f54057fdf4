#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes/arena.h"
#include "common/concurrency/mutex.h"
#include "model/cell_codec.h"
#include "model/row_interval.h"
#include "rangeserver/range/cell_tree.h"
#include "storage/cell_source.h"

namespace cellar::rangeserver {

/// The cells of one access group that are in memory only: fed with applied sections, read by scans, frozen when large,
/// dropped when they are in a file. Cells are copied into its arena, under their whole encoded keys.
///
/// Threads: one writer at a time, any number of readers. Readers hold the lock for one chunk of records at a time; what
/// they copied stays good while they keep the cache alive. Owned by `shared_ptr`: its AccessGroup and every source.
///
/// What is behind it (a B+tree now) may be replaced: nothing but this class knows.
class CellCache : public std::enable_shared_from_this<CellCache> {
 public:
  struct Stats {
    uint64_t cell_count = 0;
    uint64_t payload_bytes = 0;              ///< Keys as encoded, and values.
    uint64_t memory_bytes = 0;               ///< What a memory budget counts.
    std::array<uint64_t, 4> marker_count{};  ///< By KeyFlag.
    uint64_t expirable_count = 0;            ///< Cells of families with a TTL.
  };

  CellCache() = default;
  CellCache(const CellCache&) = delete;
  CellCache& operator=(const CellCache&) = delete;

  /// One cell on its way in.
  struct Input {
    model::EncodedCell cell;
    model::FamilyId family;  ///< That of the key; 0: a row delete.
    bool expirable = false;  ///< Its family has a TTL.
  };

  /// Adds cells whose whole keys are not in the cache yet. Fastest when they are sorted. Holds the lock throughout:
  /// give at most kMaxAddCells at a time.
  void Add(std::span<const Input> cells, model::Revision base, const model::KeyCodec& codec) EXCLUDES(mutex_);
  static constexpr size_t kMaxAddCells = 1024;

  Stats stats() const EXCLUDES(mutex_);
  bool empty() const EXCLUDES(mutex_) { return stats().cell_count == 0; }

  /// Cells in [start, end) as of when each chunk is copied: cells added meanwhile may appear or not, so the reader goes
  /// by revision. `end` empty: no end.
  std::unique_ptr<storage::CellSource> NewSource(std::string start, std::string end) const;

  /// CHECKs the tree. For tests.
  void CheckInvariants() const EXCLUDES(mutex_);

 private:
  friend class CellCacheSource;

  struct Added {
    std::string_view key;
    CellTree::Record record;
  };
  Added CopyIn(const Input& input, model::Revision base, const model::KeyCodec& codec) REQUIRES(mutex_);

  mutable common::SharedMutex mutex_;
  common::Arena arena_ GUARDED_BY(mutex_);
  CellTree tree_ GUARDED_BY(mutex_){&arena_};
  Stats stats_ GUARDED_BY(mutex_);
};

}  // namespace cellar::rangeserver
