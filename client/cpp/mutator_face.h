#pragma once

#include <memory>
#include <vector>

#include "client/cpp/check_cell.h"
#include "client/cpp/include/mutator.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/mutator_flow.h"
#include "model/cell_codec.h"

namespace cellar::client {

/// A MutatorFlow as seen from a thread that is not the loop: checks cells and makes frames on that thread.
class MutatorFace {
 public:
  /// `refusal`: of every cell, when it is not OK.
  MutatorFace(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema, Nanos timeout,
              const MutatorOptions& options, Status refusal);
  ~MutatorFace();

  Status Set(const model::CellView& cell);
  Status Flush();
  void Cancel();  ///< From any thread.
  std::vector<RefusedRow> TakeError();

  /// The newest one heard of: a family that it has not is looked for in the catalog by this.
  Result<model::FamilyId> FamilyNamed(std::string_view name);
  const model::Schema& schema() const { return *schema_; }
  const Status& error() const { return error_; }
  uint64_t cell_count() const { return cell_count_; }
  MutatorCounts counts() const;

 private:
  Status CheckThoroughly(const model::CellView& cell);
  Status SendFrame();
  Task<Status> Submit(TableFrame frame);
  Task<Status> Drain();
  Task<void> Close();
  Status LookForNewerSchema();
  Task<Status> AskForSchema();
  void AdoptHeard();
  Task<std::vector<FailedRow>> TakeFailed();
  Task<void> CancelOnLoop();
  Status HearOfFlow();

  ClientCore& core_;
  Executor& executor_;
  const model::TableId table_;
  std::shared_ptr<const model::Schema> schema_;  ///< Of the cells in builder_.
  std::shared_ptr<const model::Schema> heard_;   ///< As the loop said last; not older.
  const Nanos timeout_;
  const MutatorOptions options_;
  const Status refusal_;
  const model::CellLimits limits_;
  CellChecker checker_;
  model::FrameBuilder builder_;
  EntryFrames entries_;
  uint64_t cell_count_ = 0;
  uint64_t acknowledged_cells_ = 0;  ///< As the loop said last; so the next two.
  uint64_t unknown_cells_ = 0;
  Status error_;
  MutatorFlow flow_;
};

}  // namespace cellar::client
