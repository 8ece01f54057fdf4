#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/fault/fault_points.h"
#include "rangeserver/write/pending_batch.h"
#include "storage/commitlog/log_writer.h"

namespace cellar::rangeserver {

/// The pipeline's side of a commit log: commits groups, and keeps those that are not durable until they are, so that
/// they can be appended again after a failure with the same revisions. Blocks on files; called from one job at a time.
class GroupLog {
 public:
  static constexpr int kMaxFilesAtOnce = 3;  ///< Files tried in one call before it answers the error.
  static constexpr uint64_t kMaxUnsyncedBytes = 8 << 20;

  static Result<std::unique_ptr<GroupLog>> Open(FileSystem& files, std::string directory,
                                                const storage::LogIdentity& identity,
                                                const storage::LogWriterOptions& options, FaultPoints& faults);

  /// Appends the group and, when it must, syncs; rolls full or failed files. On an error the group stays: call Retry.
  /// Nothing that is unacknowledged is ever forgotten. kFenced: the incarnation was sealed, give up.
  Status Commit(std::shared_ptr<const CommitGroup> group);

  /// Appends again what an error left.
  Status Retry();

  /// Makes everything durable, whatever its class.
  Status SyncAll();

  /// LogWriter::Prune. With `close_current` the fragment being written is closed before, when it holds anything.
  Result<size_t> Prune(const storage::FlushedTest& is_flushed, bool close_current);

  uint64_t unpruned_bytes() const { return writer_->unpruned_bytes(); }
  uint64_t fragment_count() const { return writer_->fragment_count(); }
  std::vector<storage::LoggedRange> PinnedBy(const storage::FlushedTest& is_flushed) const {
    return writer_->PinnedBy(is_flushed);
  }

 private:
  struct Held {
    std::shared_ptr<const CommitGroup> group;
    uint64_t sequence = 0;  ///< Of its block; 0: not appended to the current file.
  };

  GroupLog(std::unique_ptr<storage::LogWriter> writer, FaultPoints& faults)
      : writer_(std::move(writer)), faults_(faults) {}

  Status Bring(bool must_sync);
  Status BringOnce(bool must_sync);
  Status RollOver();
  Status AppendHeld();
  Status Sync();
  void LetGo();

  std::unique_ptr<storage::LogWriter> writer_;
  FaultPoints& faults_;
  std::deque<Held> held_;
  uint64_t held_bytes_ = 0;
  bool owes_sync_ = false;  ///< A group that must be durable is held.
};

}  // namespace cellar::rangeserver
