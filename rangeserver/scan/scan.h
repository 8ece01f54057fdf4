#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/row_interval.h"
#include "model/scan_block.h"
#include "rangeserver/scan/row_buffer.h"
#include "rangeserver/scan/row_decision.h"
#include "rangeserver/scan/row_tracker.h"
#include "rangeserver/scan/scan_limits.h"
#include "rangeserver/scan/scan_plan.h"
#include "rangeserver/scan/scan_position.h"
#include "rangeserver/scan/visible_cells.h"
#include "storage/cell_source.h"

namespace cellar::rangeserver {

/// Opens one source per cache and file that may hold cells of these families and rows (RangeSnapshot::Sources). Called
/// once for each interval; the sources may outlive the call for as long as the scan does.
using OpenSources = std::function<Result<std::vector<std::unique_ptr<storage::CellSource>>>(
    const model::FamilySet& families, const model::RowInterval& rows)>;

/// What a scan of one range reads.
struct ScanInput {
  OpenSources open_sources;
  model::RowInterval rows;  ///< The range's rows, or fewer: nothing else is looked at.
  model::Revision snapshot;
  Nanos now = 0;  ///< Decides on TTL. A scan that goes on inside a row keeps the one it began with.

  ScanInput() = default;
};

/// A call comes back after about so many cells, whether it found something or not.
inline constexpr uint64_t kMaxCellsPerFill = 1 << 20;

/// Where a call left off.
struct ScanProgress {
  bool more = false;      ///< Call again.
  bool finished = false;  ///< Limits are reached: no later range can add anything. Only with more == false.
};

/// One scan of one range: sources → state → visible cells → predicates, selection, limits → scan blocks, with the
/// answers of model/evaluator.h. Made from a plan and what the range had at one moment; sees nothing newer. Used by one
/// worker job at a time; reads files.
///
/// Invariants: 1. Cells come in key order (kEachInOrder: within each interval), each once. 2. Nothing of a row is given
/// before its predicates hold. 3. position() after a block, given to another scan of the same plan, goes on with the
/// cell after it; inside a row only at the same snapshot, so that a row is never delivered in parts of two versions.
class Scan {
 public:
  /// `resume`: position() of an earlier scan, empty for none; of this range or one before it. kConflict when it stands
  /// inside a row at another snapshot than the input's; kInvalidArgument when it is malformed.
  static Result<std::unique_ptr<Scan>> Open(std::shared_ptr<const ScanPlan> plan, ScanInput input,
                                            std::string_view resume = {});
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  /// Adds cells to `block` until it has `block_bytes` or more at the end of a row, or twice as many inside one. Comes
  /// back earlier, perhaps with nothing, after kMaxCellsPerFill cells read.
  Result<ScanProgress> Fill(size_t block_bytes, model::ScanBlockWriter* block);

  /// Between the last cell given and the next.
  std::string position() const;

  /// The revision that a position inside a row is bound to.
  model::Revision snapshot() const { return input_.snapshot; }

  // What it did, for statistics and EXPLAIN ANALYZE.
  uint64_t cells_read() const { return cells_read_; }
  uint64_t cells_given() const { return cells_given_; }

 private:
  Scan(std::shared_ptr<const ScanPlan> plan, ScanInput input);

  enum class Step : uint8_t { kBlockIsFull, kIntervalIsDone, kLimitsAreReached };

  Status GoOnFrom(ScanPosition position);
  void ClipIntervals();

  /// To the next interval with a cell in it; false when there is none.
  Result<bool> OpenNextInterval();
  Status OpenCells();
  void SeekInterval();

  // The cell at hand: of the row buffer while it has any, else of cells_.
  void Load();
  void Advance();
  bool HasFreshCell() const { return cells_->Valid() && !(read_end_.has_value() && cells_->key() >= *read_end_); }

  Result<Step> FillFromInterval(size_t block_bytes, model::ScanBlockWriter* block);
  bool IsFull(size_t block_bytes, const model::ScanBlockWriter& block) const;
  /// Starts the row of the cell at hand and decides whether it passes; false when limits are reached.
  bool EnterRow();
  bool DecideRow();
  void SkipRow();
  /// False when limits are reached.
  bool TakeCell(model::ScanBlockWriter* block);
  CellParts PartsOf(std::string_view key, std::string* scratch) const;

  const std::shared_ptr<const ScanPlan> plan_;
  const ScanInput input_;
  Nanos now_;
  const bool shares_sources_;  ///< All intervals are read from one set of sources, opened once.

  std::vector<ScanInterval> intervals_;  ///< The plan's, clipped to what is left of the input's rows.
  size_t next_interval_ = 0;
  size_t resumed_interval_;
  std::unique_ptr<VisibleCells> cells_;  ///< Of the open interval; null when none is.
  std::string read_start_;
  std::optional<std::string> read_end_;  ///< Where reading stops.
  const ScanInterval* interval_ = nullptr;
  bool checks_keys_ = false;  ///< Reads more than the interval's keys.

  bool has_cell_ = false;
  std::string_view key_;
  std::string_view value_;

  RowTracker row_;             ///< Empty until the first row of an interval (kEachInOrder) or of the scan.
  std::string_view row_view_;  ///< The row, unescaped: in row_ or in row_scratch_.
  std::string row_scratch_;
  bool row_passes_ = false;
  bool inside_row_ = false;  ///< The last block ended before the row did.
  std::string qualifier_scratch_;
  RowDecision decision_;
  RowBuffer buffer_;
  ScanLimits limits_;
  ScanLimits::Counts counts_before_row_;

  std::optional<ScanPosition> resumed_;  ///< Until a row has been entered.
  std::string given_until_;              ///< Last cell done with, where a block ends inside a row.
  bool skips_given_ = false;             ///< Within the row gone on in: cells up to given_until_ were given before.

  bool done_ = false;
  bool finished_ = false;
  uint64_t read_budget_ = 0;
  uint64_t cells_read_ = 0;
  uint64_t cells_given_ = 0;
};

}  // namespace cellar::rangeserver
