#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "storage/commitlog/fragment_file.h"
#include "storage/commitlog/fragment_scan.h"
#include "storage/commitlog/log_identity.h"
#include "storage/commitlog/replay_selection.h"

namespace cellar::storage {

/// Bytes that once were durable and do not verify now. The ranges it concerns must not be served.
struct LogDamage {
  std::string file;
  uint64_t offset = 0;
  uint64_t bytes = 0;  ///< 0: unknown, the file is missing or its header is bad.
  model::Revision first_possible{INT64_MIN};
  model::Revision last_possible{INT64_MAX};  ///< A range flushed up to here lacks nothing.

  Status ToStatus() const;  ///< kCorruption naming file and offset.
};

/// Bytes behind the logical end: cut, never acknowledged on the word of this log.
struct TornTail {
  std::string file;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// One fragment of the chain, as the reader uses it.
struct LogFragment {
  std::unique_ptr<FragmentFile> file;
  std::optional<FragmentHeader> header;  ///< Absent when it is damaged.
  uint64_t valid_bytes = 0;
  FragmentIndex index;
  std::vector<bool> proven;  ///< Per block of the index; empty: all are.
  bool scanned = false;      ///< No stored index could be used.
  bool damaged = false;
};

/// Told of each section taken, in log order. `selection` is the index into what Replay was asked for. An error ends
/// that selection only.
using SectionVisitor = std::function<Status(size_t selection, const ReplayedSection& section)>;

/// The reading end of one commit log, of a dead incarnation or of one that is not written any more: its directory must
/// be sealed, or its server known to be gone, before Open. Finds the chain, its logical end, what is torn and what is
/// damaged (docs/internals/commit-log.md); replays by range. Blocks on files. Not thread-safe; several readers may
/// read one log.
class LogReader {
 public:
  /// Reads headers and indexes, or scans where there is no index. Errors: kUnsupported for a format this build does
  /// not know, kInvalidArgument for a file that does not belong to `identity`, and errors of reading; these stop the
  /// recovery of the whole log. Damage inside the log does not: see damage(). `sealed` are the lengths that Seal
  /// returned, with names below `directory`: a file that is missing or shorter is damage. A missing directory is an
  /// empty log.
  static Result<std::unique_ptr<LogReader>> Open(const FileSystem& files, std::string directory,
                                                 const LogIdentity& identity,
                                                 std::span<const common::SealedFile> sealed = {});

  /// Visits what the selections need, in one pass, each section at most once a selection. Returns one status a
  /// selection: kCorruption when damage concerns it (what could be read was visited nevertheless), the visitor's
  /// error, or OK. Reads the extents that the indexes name, and of them only the chunks needed.
  std::vector<Status> Replay(std::span<const ReplaySelection> selections, const SectionVisitor& visit) const;

  /// Leaves indexes beside fragments that had to be scanned, for the receivers that come after. `writer` is the
  /// incarnation that does it, not the log's.
  Status WriteMissingIndexes(FileSystem& files, Incarnation writer) const;

  const std::vector<LogFragment>& fragments() const { return fragments_; }  ///< The chain, oldest first.
  const std::vector<LogDamage>& damage() const { return damage_; }
  const std::optional<TornTail>& torn_tail() const { return torn_tail_; }
  const std::vector<std::string>& notes() const { return notes_; }  ///< Files left aside, and why; for people.
  uint64_t pruned_up_to() const { return pruned_up_to_; }

  /// Largest revision in the log, of any range; the smallest value when it is empty. For revision floors.
  model::Revision max_revision() const;

 private:
  friend class ChainBuilder;
  LogReader() = default;

  std::vector<LogFragment> fragments_;
  std::vector<LogDamage> damage_;
  std::optional<TornTail> torn_tail_;
  std::vector<std::string> notes_;
  uint64_t pruned_up_to_ = 0;
};

}  // namespace cellar::storage
