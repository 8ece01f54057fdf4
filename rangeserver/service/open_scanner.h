#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/concurrency/event.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/scan/scan.h"

namespace cellar::rangeserver {

/// A block of a scanner as it is answered.
struct FilledBlock {
  std::string cells;     ///< model/scan_block.h
  std::string position;  ///< Of the scan behind it.
  uint32_t cell_count = 0;
  ScanProgress progress;
  storage::SourceReads reads;  ///< Of the scanner up to here, if it counts.

  FilledBlock() = default;
};

/// Who reads from a scanner, for people.
struct ScannerOwner {
  int64_t query = 0;  ///< Counts up.
  std::string table_name;
  std::string peer;
  Nanos opened_at = 0;  ///< Monotonic.

  ScannerOwner() = default;
};

/// A client's scan of one range, kept between its fetches. Fills the next block while the client takes the one before.
/// Shared by the table of scanners and the calls under way; loop only.
class OpenScanner : public std::enable_shared_from_this<OpenScanner> {
 public:
  OpenScanner(Executor& executor, int64_t id, std::shared_ptr<LoadedRange> range, std::unique_ptr<Scan> scan,
              size_t block_bytes, std::unique_ptr<storage::SourceReads> reads = nullptr)
      : executor_(executor),
        id_(id),
        range_(std::move(range)),
        filler_(std::make_shared<Filler>(std::move(scan), block_bytes, std::move(reads))) {}

  /// The block with this ordinal: the next one, or the last one again. kInvalidArgument for any other. Errors of the
  /// scan end it.
  Task<Result<FilledBlock>> Fetch(int64_t ordinal);

  /// Begins to fill the next block; spawned after one was answered.
  Task<void> FillAhead();

  int64_t id() const { return id_; }
  const LoadedRange& range() const { return *range_; }
  model::Revision snapshot() const { return snapshot_; }
  void set_snapshot(model::Revision snapshot) { snapshot_ = snapshot; }

  const ScannerOwner& owner() const { return owner_; }
  void set_owner(ScannerOwner owner) { owner_ = std::move(owner); }
  uint64_t cell_count() const { return cell_count_; }  ///< Answered so far.
  uint64_t byte_count() const { return byte_count_; }
  void Count(uint64_t cells, uint64_t bytes) {
    cell_count_ += cells;
    byte_count_ += bytes;
  }

  /// Its last block was answered.
  bool ended() const { return ended_; }
  bool counts_reads() const { return filler_->reads != nullptr; }

  bool killed() const { return killed_; }
  void Kill() { killed_ = true; }

  Nanos last_used() const { return last_used_; }  ///< Monotonic.
  void Touch(Nanos now) { last_used_ = now; }

 private:
  /// What a job works with, and keeps alive.
  struct Filler {
    const std::unique_ptr<storage::SourceReads> reads;  ///< Outlives the scan; nullptr: nobody counts.
    std::unique_ptr<Scan> scan;
    const size_t block_bytes;
    model::ScanBlockWriter writer;  ///< Keeps its memory from block to block.

    Filler(std::unique_ptr<Scan> scan_in, size_t block_bytes_in, std::unique_ptr<storage::SourceReads> reads_in)
        : reads(std::move(reads_in)), scan(std::move(scan_in)), block_bytes(block_bytes_in) {}
    Result<FilledBlock> Fill();
  };

  Task<void> Fill();

  Executor& executor_;
  const int64_t id_;
  const std::shared_ptr<LoadedRange> range_;
  const std::shared_ptr<Filler> filler_;
  model::Revision snapshot_;
  Nanos last_used_ = 0;
  ScannerOwner owner_;
  uint64_t cell_count_ = 0;
  uint64_t byte_count_ = 0;
  bool killed_ = false;

  int64_t last_ordinal_ = -1;  ///< Of `last_`.
  FilledBlock last_;
  std::optional<Result<FilledBlock>> ready_;  ///< The block after it.
  bool filling_ = false;
  bool ended_ = false;  ///< `last_` was the last block.
  common::Event changed_{"scan block"};
};

}  // namespace cellar::rangeserver
