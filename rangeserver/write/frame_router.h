#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/key_codec.h"
#include "rangeserver/write/pending_batch.h"
#include "rangeserver/write/row_locks.h"
#include "rangeserver/write/write_seams.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::rangeserver {

/// Which log a range's writes go to.
storage::LogClass LogClassOf(const model::RangeKey& range);

/// Cuts parsed frames into the accepted rows of each range, by what the server serves at this moment. Waits for
/// nothing, so its verdict holds until the loop does something else. Owned by a write pipeline; loop only.
class FrameRouter {
 public:
  FrameRouter(const WriteSeams& seams, const RowLocks& locks, storage::LogClass log_class)
      : seams_(seams), locks_(locks), log_class_(log_class) {}

  /// Fills parts (without revisions), outcome and durability of `pending`, from nothing. False, and nothing is filled
  /// in: a row is held by a conditional mutation; wait for RowLocks::changed(). `holds_rows`: the batch holds its rows
  /// itself.
  bool Route(PendingBatch* pending, bool holds_rows) const;

  /// How the table's keys are ordered, which never changes, so that any range of it here can tell. Without one: why no
  /// row of it can be written here now.
  Result<model::KeyCodec> CodecOf(model::TableId table) const;

 private:
  struct Run;

  Run StartRun(const PendingBatch& pending, std::string_view row) const;
  static Status CheckServing(const LoadedRange& loaded);
  Status CheckRun(const PendingBatch& pending, const LoadedRange* loaded) const;
  Status CheckRow(const PendingBatch& pending, const Run& run, size_t row_index) const;
  bool WasApplied(const PendingBatch& pending, const Run& run, std::string_view row, WriteOutcome* outcome) const;
  static void EndRun(Run* run, PendingBatch* pending);
  static void Refuse(uint32_t row_index, const Status& status, WriteOutcome* outcome);

  const WriteSeams& seams_;
  const RowLocks& locks_;
  const storage::LogClass log_class_;
};

}  // namespace cellar::rangeserver
