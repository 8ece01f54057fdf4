#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.h"
#include "model/counter.h"
#include "rangeserver/scan/row_tracker.h"
#include "rangeserver/scan/scan_plan.h"
#include "storage/cell_source.h"

namespace cellar::rangeserver {

/// The visible cells of a scan in key order (docs/internals/scan-semantics.md, section 2): from the state of the rows,
/// or, with return_deletes, from the stored writes, what the request's time interval and versions leave, each counter
/// column as one cell with decimal text. Used by one thread; the plan outlives it.
class VisibleCells {
 public:
  /// `input`: the state (StateSource), or with return_deletes every stored cell.
  VisibleCells(const ScanPlan& plan, std::unique_ptr<storage::CellSource> input, model::Revision snapshot, Nanos now);

  /// To the first visible cell at or after `target`, a start of a row or of a column. Counts versions from there.
  void Seek(std::string_view target);

  bool Valid() const { return is_folded_ || input_->Valid(); }
  void Next();
  std::string_view key() const { return is_folded_ ? std::string_view(folded_key_) : input_->key(); }
  std::string_view value() const { return is_folded_ ? std::string_view(folded_value_) : input_->value(); }

  /// Of the input; kCorruption for a counter update that is none.
  const Status& status() const { return status_.ok() ? input_->status() : status_; }

 private:
  struct Update {
    model::Revision revision;
    int64_t timestamp = 0;
    model::CounterUpdate change;
  };

  void Settle();
  bool StaysOfStored(std::string_view key, const CellParts& parts) const;
  bool IsInTime(std::string_view key, const CellParts& parts) const;
  bool IsWithinVersions(std::string_view key);
  /// Makes one cell of the column that the input stands on; false when no update is left, or on an error.
  bool FoldColumn(model::FamilyId family);
  Status CollectUpdates(model::FamilyId family, std::string_view column, std::vector<Update>* updates);

  const ScanPlan& plan_;
  const std::unique_ptr<storage::CellSource> input_;
  const model::Revision snapshot_;
  const Nanos now_;
  const bool stored_;    ///< return_deletes.
  const bool has_time_;  ///< The request has a time interval.
  const uint32_t max_versions_;
  const bool passes_all_;  ///< Nothing to do here.

  RowTracker row_;
  std::string column_;
  uint32_t version_count_ = 0;
  bool is_folded_ = false;
  std::string folded_key_;
  std::string folded_value_;
  Status status_;
};

}  // namespace cellar::rangeserver
