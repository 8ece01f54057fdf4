#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "storage/commitlog/fragment_index.h"
#include "storage/commitlog/group_encoder.h"
#include "storage/commitlog/log_identity.h"
#include "storage/commitlog/section.h"

namespace cellar::storage {

struct LogWriterOptions {
  uint64_t max_fragment_bytes = uint64_t{64} << 20;  ///< A fragment is closed when it has reached this length.
  size_t max_index_bytes = kIndexSealBytes;          ///< … or when its index has.
  bool compress = true;                              ///< LZ4 for chunks of 4 KiB and more.
  FaultPoints* faults = nullptr;                     ///< Outlives the writer. Null: nothing can be induced.
};

/// True when every revision of `range` up to `max` is durable elsewhere (flushed to CellStores whose manifest is
/// installed), or when the range is no longer this server's to keep: then its sections are not needed here.
using FlushedTest = std::function<bool(const LoggedRange& range, model::Revision max)>;

/// The writing end of one commit log: one server, one class, one incarnation. Owned by the write pipeline, called from
/// one job at a time; every method blocks on files. Not thread-safe.
///
/// Invariants:
///  1. A group counts as durable only when a Sync that followed its Append returned OK on the same file
///     (durable_sequence()).
///  2. After a failed Append or Sync the file is dead: nothing more is written to it, nothing later makes its unsynced
///     groups durable. Roll begins the next fragment, whose header names how much of the dead one is valid; the caller
///     appends the groups above durable_sequence() again with the same revisions, or stops the server.
///  3. A fragment file is removed only after a synced record in the log said so.
class LogWriter {
 public:
  /// Creates `directory` and its first fragment. kAlreadyExists when the directory has one: an incarnation logs once.
  static Result<std::unique_ptr<LogWriter>> Open(FileSystem& files, std::string directory, const LogIdentity& identity,
                                                 const LogWriterOptions& options);

  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Appends one group block. Not durable until Sync. The limits of GroupEncoder::Encode hold. An error makes the file
  /// dead: kNoSpace, kIoError, kFenced.
  Status Append(std::span<const Section> sections);

  /// Makes all appended groups durable. An error makes the file dead. Does nothing when all are.
  Status Sync();

  /// Closes the fragment in order when it is not dead (sync, index), and begins the next. On an error the writer is
  /// dead and Roll may be called again; each try uses up a fragment number. When groups are unacknowledged afterwards,
  /// they are numbered again from durable_sequence() + 1 as the caller appends them again.
  Status Roll();

  /// True after a failed Append, Sync or Roll: only Roll helps.
  bool dead() const { return file_ == nullptr; }

  /// The fragment has reached a bound: the caller should Roll after its next Sync.
  bool full() const;

  /// Nothing was appended to the current fragment.
  bool empty() const { return index_.blocks().empty(); }

  uint64_t appended_sequence() const { return appended_sequence_; }  ///< Of the last block appended; 0: none.
  uint64_t durable_sequence() const { return durable_sequence_; }    ///< Of the last block known durable.
  uint64_t fragment_number() const { return number_; }

  /// Drops the longest run of oldest closed fragments in which `is_flushed` holds for every range: records it in the
  /// log, syncs, then removes the files. Returns how many went. A file that could not be removed is tried again by the
  /// next call. Appends, so an error may leave the writer dead.
  Result<size_t> Prune(const FlushedTest& is_flushed);

  /// Bytes of all fragments not pruned.
  uint64_t unpruned_bytes() const;
  uint64_t fragment_count() const { return closed_.size() + 1; }  ///< Not pruned, with the current one.
  size_t closed_fragment_count() const { return closed_.size(); }

  /// Ranges that keep the oldest closed fragment from being pruned; for the choice of what to flush.
  std::vector<LoggedRange> PinnedBy(const FlushedTest& is_flushed) const;

 private:
  struct ClosedFragment {
    uint64_t number = 0;
    uint64_t bytes = 0;
    FragmentIndex::Ranges ranges;
  };

  LogWriter(FileSystem& files, std::string directory, const LogIdentity& identity, const LogWriterOptions& options);

  std::string PathOf(uint64_t number) const;
  Status OpenNext();
  BlockHeader NextBlock(LogBlockKind kind) const;
  Status AppendPieces(std::span<const std::string_view> pieces, const BlockHeader& header);
  Status AppendPlain(BlockHeader header, std::string_view directory, std::string_view payload);
  Status AppendPruneRecord(uint64_t number);
  Status SyncFile();
  void CloseInOrder();
  void RemovePruned();
  Status Die(Status status);

  FileSystem& files_;
  const std::string directory_;
  const LogIdentity identity_;
  const LogWriterOptions options_;
  FaultPoints no_faults_;
  FaultPoints& faults_;

  std::unique_ptr<WritableFile> file_;  ///< Null when dead.
  FragmentBinding binding_;
  uint64_t last_number_ = 0;  ///< Highest number used up.
  uint64_t number_ = 0;       ///< Of the fragment being written, or of the last good one while dead.
  uint64_t end_ = 0;
  uint64_t durable_end_ = 0;
  uint64_t appended_sequence_ = 0;
  uint64_t durable_sequence_ = 0;
  uint64_t pruned_up_to_ = 0;
  uint64_t removed_up_to_ = 0;
  FragmentIndex index_;
  std::vector<ClosedFragment> closed_;  ///< Oldest first, not pruned.
  GroupEncoder encoder_;
};

}  // namespace cellar::storage
