#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/event.h"
#include "model/cell_codec.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/write/row_locks.h"
#include "rangeserver/write/write_batch.h"
#include "storage/commitlog/section.h"

namespace cellar::rangeserver {

/// A batch on its way through a pipeline: what it holds, and who waits for it. Filled on the loop before it enters a
/// group; from then on jobs only read it, until it is done. Sections borrow its bytes.
struct PendingBatch {
  /// The accepted rows of one range.
  struct Part {
    std::shared_ptr<LoadedRange> loaded;
    std::shared_ptr<Range> range;
    std::shared_ptr<const storage::LoggedRange> logged;
    storage::Section section;
    bool is_refused = false;  ///< Only by the defect "refused-row-logged": logged, not applied.
  };

  WriteBatch batch;
  model::FrameView frame;           ///< Views into batch.frame.
  std::deque<std::string> rebuilt;  ///< Cells of runs from which refused rows were left out.
  std::string result;               ///< Of a conditional mutation, for its section.
  std::vector<Part> parts;
  model::Durability durability = model::Durability::kSync;  ///< The one that holds.
  WriteOutcome outcome;
  RowLocks::Hold hold;  ///< Of a conditional mutation's row; let go on the loop when the batch is done.

  bool is_done = false;
  Status status;  ///< OK: durable and visible. Else the outcome is unknown: the log is dead.
  common::Event done{"batch to become visible"};
};

/// What is appended and synced together. A batch is whole in one group.
struct CommitGroup {
  std::vector<std::shared_ptr<PendingBatch>> batches;  ///< In revision order.
  uint64_t bytes = 0;
  size_t directory_bytes = 0;
  bool logged = false;     ///< Some batch goes into the log.
  bool must_sync = false;  ///< … and must be durable before it is answered.
};

}  // namespace cellar::rangeserver
