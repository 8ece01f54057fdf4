#include "client/cpp/row_reads.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/table_schemas.h"
#include "common/concurrency/task_group.h"
#include "model/scan_block.h"
#include "protocol/part_status.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

using model::Cell;

/// The life of one GetRows.
class RowReads {
 public:
  RowReads(ScanSeams seams, model::TableId table, std::shared_ptr<const model::Schema> schema,
           const model::ScanSpec& spec, std::vector<std::string> rows, Deadline deadline, bool settled)
      : seams_(seams),
        table_(table),
        schema_(std::move(schema)),
        spec_(spec.Encode()),
        rows_(std::move(rows)),
        deadline_(deadline),
        settled_(settled),
        cells_(rows_.size()) {
    for (size_t i = 0; i < rows_.size(); ++i) pending_.push_back(i);
  }

  /// The least that some server has told.
  Nanos settled_at() const { return settled_at_; }

  Task<Result<std::vector<Cell>>> Run() {
    Backoff backoff(seams_.random);
    if (seams_.schemas != nullptr) schema_ = seams_.schemas->NewestOf(table_, schema_);
    while (!pending_.empty()) {
      if (is_stale_) co_await LearnSchema();
      if (failure_.ok() && !is_stale_) co_await TryAll();
      if (!failure_.ok()) co_return failure_;
      if (pending_.empty()) break;
      const bool waited = co_await backoff.Wait(seams_.executor, deadline_);
      if (!waited) co_return last_error_;
    }
    std::vector<Cell> all;
    for (std::vector<Cell>& of_row : cells_) std::move(of_row.begin(), of_row.end(), std::back_inserter(all));
    co_return std::move(all);
  }

 private:
  using ByAddress = std::map<std::string, std::vector<size_t>>;

  Task<void> TryAll() {
    ByAddress by_address;
    for (const size_t index : std::exchange(pending_, {})) {
      const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
      auto location = co_await seams_.locator.Locate(table_, rows_[index], of_try);
      if (location.ok()) {
        by_address[location->address].push_back(index);
      } else {
        Refuse(index, location.status());
      }
    }
    TaskGroup group(seams_.executor);
    for (const auto& [address, indexes] : by_address) group.Spawn(Ask(address, indexes), "rows of one server");
    co_await group.Join();
  }

  Task<void> Ask(std::string address, std::vector<size_t> indexes) {
    protocol::GetRowsRequest request;
    request.table = protocol::ToMessage(table_);
    request.schema_generation = schema_->generation().get();
    request.scan_spec = spec_;
    for (const size_t index : indexes) request.rows.push_back(rows_[index]);
    if (settled_) request.__set_settled(true);
    const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
    auto rows = co_await seams_.stub.GetRows(address, std::move(request), of_try);
    if (!rows.ok()) {
      for (const size_t index : indexes) Refuse(index, rows.status());
      co_return;
    }
    const Status taken = Take(indexes, *rows);
    if (!taken.ok()) failure_ = taken;
  }

  Status Take(const std::vector<size_t>& indexes, const protocol::RangeServerStub::Rows& rows) {
    if (settled_) settled_at_ = std::min(settled_at_, rows.head.settled_at);
    if (rows.head.statuses.size() != indexes.size()) {
      return common::Corruption("the answer has not one status a row");
    }
    ASSIGN_OR_RETURN(std::vector<Cell> cells, model::DecodeScanBlock(rows.cells));
    size_t next = 0;
    for (size_t i = 0; i < indexes.size(); ++i) {
      const Status status = protocol::FromPartStatus(rows.head.statuses[i]);
      if (!status.ok()) {
        Refuse(indexes[i], status);
        continue;
      }
      const std::string& row = rows_[indexes[i]];
      while (next < cells.size() && cells[next].row == row) cells_[indexes[i]].push_back(std::move(cells[next++]));
    }
    return next == cells.size() ? common::OkStatus() : common::Corruption("the answer has cells of rows not asked for");
  }

  Task<void> LearnSchema() {
    const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
    auto newer = co_await seams_.schemas->NewerThan(table_, schema_->generation(), of_try);
    if (newer.ok()) {
      is_stale_ = false;
      schema_ = std::move(newer).value();
    } else if (IsWorthAnotherTry(newer.status())) {
      last_error_ = newer.status();
    } else {
      failure_ = newer.status();
    }
  }

  void Refuse(size_t index, const Status& status) {
    const bool is_old = status.Is(StatusCode::kStaleSchema) && seams_.schemas != nullptr;
    if (is_old) is_stale_ = true;
    if (!IsWorthAnotherTry(status) && !is_old) {
      failure_ = status;
      return;
    }
    seams_.locator.Forget(table_, rows_[index]);
    last_error_ = status;
    pending_.push_back(index);
  }

  ScanSeams seams_;
  const model::TableId table_;
  std::shared_ptr<const model::Schema> schema_;
  const std::string spec_;
  const std::vector<std::string> rows_;
  const Deadline deadline_;
  const bool settled_;
  Nanos settled_at_ = std::numeric_limits<Nanos>::max();
  std::vector<std::vector<Cell>> cells_;  ///< By place in rows_.
  std::vector<size_t> pending_;
  bool is_stale_ = false;  ///< A server has a newer schema: nothing is asked before it is learnt.
  Status failure_;         ///< Ends all.
  Status last_error_;
};

}  // namespace

Task<Result<std::vector<Cell>>> GetRows(ScanSeams seams, model::TableId table,
                                        std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                        std::vector<std::string> rows, Deadline deadline) {
  RowReads reads(seams, table, std::move(schema), spec, std::move(rows), deadline, false);
  co_return co_await reads.Run();
}

Task<Result<SettledRows>> GetSettledRows(ScanSeams seams, model::TableId table,
                                         std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                         std::vector<std::string> rows, Deadline deadline) {
  RowReads reads(seams, table, std::move(schema), spec, std::move(rows), deadline, true);
  SettledRows settled;
  CO_TRY(settled.cells, co_await reads.Run());
  settled.settled_at = reads.settled_at();
  co_return std::move(settled);
}

}  // namespace cellar::client
