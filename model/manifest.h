#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/ids.h"

namespace cellar::model {

/// One CellStore of an access group, as a range uses it.
struct ManifestFile {
  FileId id;
  uint64_t size_bytes = 0;
  uint64_t cell_count = 0;
  // Rows of the file that belong to this range: (start_row, end_row]; after a split both halves share a file.
  std::optional<std::string> start_row;
  std::optional<std::string> end_row;
  std::optional<Revision> revision;  ///< Of an ingested file: stands for the revisions of all its cells.

  ManifestFile() = default;
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

/// One access group of a range.
struct ManifestGroup {
  std::string name;
  Revision flushed;                 ///< Everything up to here is in `files`; 0: nothing is.
  std::vector<ManifestFile> files;  ///< Oldest first: all revisions of one are below those of the next.

  ManifestGroup() = default;
  friend bool operator==(const ManifestGroup&, const ManifestGroup&) = default;
};

/// How long a file that a manifest gave up is kept (protocols.md B10).
inline constexpr Nanos kDroppedFileGrace = 15 * 60 * kSecond;

/// A file that a manifest gave up; kept, and counted as referenced, for the grace time.
struct DroppedFile {
  FileId id;
  Nanos dropped_at = 0;  ///< Wall time of the owner.

  friend bool operator==(const DroppedFile&, const DroppedFile&) = default;
};

/// Batches that were applied: a run of sequence numbers of one session, in the rows that the range had then.
struct WindowEntry {
  SessionId session;
  SequenceNumber first;
  SequenceNumber last;
  std::optional<std::string> start_row;
  std::optional<std::string> end_row;
  Nanos expires_at = 0;  ///< Wall time after which none of them is accepted any more.
  Revision base;         ///< Of the last of them.
  std::string result;    ///< Of the last one, a conditional mutation, for its retry; nobody waits for the others.

  WindowEntry() = default;
  friend bool operator==(const WindowEntry&, const WindowEntry&) = default;
};

inline constexpr size_t kMaxManifestBytes = 32 << 20;

/// What makes a range: bounds, files, flushed revisions (protocols.md B4). One cell of its METADATA row, replaced as a
/// whole by a conditional write that names the number before it. Nothing else says which files are live.
struct Manifest {
  ManifestNumber number;
  std::optional<std::string> start_row;  ///< (start_row, end_row]; nullopt: unbounded.
  std::optional<std::string> end_row;
  std::vector<ManifestGroup> groups;
  Revision history_floor;  ///< A compaction has dropped something that was visible below it (L1).
  std::vector<DroppedFile> dropped;
  std::vector<WindowEntry> window;  ///< Exactly-once window as of the last flush (B8).

  Manifest() = default;

  const ManifestGroup* FindGroup(std::string_view name) const;
  ManifestGroup* FindGroup(std::string_view name);

  /// The lowest flushed revision over the groups: replay begins behind it. 0 without groups.
  Revision min_flushed() const;
  /// The highest: no new revision may be at or below it.
  Revision max_flushed() const;

  /// Versioned binary form with a checksum (docs/internals/manifest.md).
  std::string Encode() const;
  /// kCorruption; kUnsupported for a newer version.
  static Result<Manifest> Decode(std::string_view bytes);

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

}  // namespace cellar::model
