#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/block_source.h"
#include "client/cpp/client_core.h"
#include "client/cpp/index_plan.h"
#include "client/cpp/index_rows.h"
#include "client/cpp/scan_stream.h"

namespace cellar::client {

/// A scan of the rows that indexes lead to, with the answer of the scan without them: rows in order, each read and
/// decided by the whole spec where it is; limits and offsets run through. Loop only; one call at a time.
///
/// Invariant: an entry is only ever a hint, so that stale ones cost time and nothing else. The index itself is relied
/// on because the schema says that it is complete, and because some range of the table still had this schema after the
/// scan began (docs/internals/indexes.md). When it is dropped or made anew meanwhile, the scan goes on without it.
class IndexScan final : public BlockSource {
 public:
  IndexScan(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
            size_t budget_bytes = IndexRows::kDefaultBudgetBytes,
            std::shared_ptr<const bool> cancelled = std::make_shared<bool>(false), ScanLabel label = ScanLabel());
  ~IndexScan() override;

  Task<Result<std::optional<std::string>>> Next(Deadline deadline) override;
  const std::shared_ptr<const model::Schema>& schema() const override { return batch_ ? batch_->schema() : schema_; }
  Task<void> Close(Deadline deadline) override;

 private:
  Task<Status> Begin(Deadline deadline);
  Task<Status> CheckSchema(Deadline deadline);
  void StartPass();
  Task<Result<bool>> OpenNextBatch(Nanos patience);
  Task<Status> FindMore(Nanos patience);
  void OpenBatchOfFound();
  void OpenBatchOfTheRest();
  void OpenBatch(std::vector<model::RowInterval> rows);
  Status NoteRows(const std::string& block);
  Task<Status> EndBatch(Deadline deadline);
  Status Adopt(std::shared_ptr<const model::Schema> schema);
  std::vector<FoundEntry> Suspects();

  ClientCore& core_;
  const model::TableId table_;
  const model::ScanSpec spec_;
  std::shared_ptr<const model::Schema> schema_;          ///< The families of passes_ are named by it.
  std::shared_ptr<const model::Schema> planned_schema_;  ///< That of plan_.
  std::optional<IndexPlan> plan_;                        ///< nullopt: what is left is scanned without indexes.
  const size_t budget_bytes_;
  const std::shared_ptr<const bool> cancelled_;
  const ScanLabel label_;
  std::vector<model::ScanSpec> passes_;  ///< One after the other; those to come in reverse order.
  bool began_ = false;

  // Of the pass under way.
  std::vector<model::RowInterval> rows_of_pass_;
  std::unique_ptr<IndexRows> rows_;
  std::string position_;  ///< Of the last batch's stream.
  FoundRows found_;
  size_t next_ = 0;  ///< Of found_.entries: behind those whose rows were read.
  bool found_all_ = false;
  std::optional<std::string> searched_to_;  ///< The bound of what was found last.

  std::unique_ptr<ScanStream> batch_;   ///< Null between batches.
  size_t batch_begin_ = 0;              ///< Of found_.entries.
  std::vector<std::string> rows_seen_;  ///< Of the batch, that have cells in the answer.
  size_t purge_credit_ = 64;            ///< Suspects that may be looked at. Those who are found guilty give more.
};

/// The scan that the spec asks for: by indexes where they serve, else over the rows. Once `cancelled` is true, a call
/// under way ends soon, with kCancelled or well.
std::unique_ptr<BlockSource> OpenScan(ClientCore& core, model::TableId table,
                                      std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                      std::shared_ptr<const bool> cancelled = std::make_shared<bool>(false),
                                      ScanLabel label = ScanLabel());

}  // namespace cellar::client
