#include "client/cpp/index_scan.h"

#include <algorithm>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/index_purge.h"
#include "client/cpp/row_reads.h"
#include "client/cpp/table_schemas.h"
#include "model/scan_block.h"
#include "model/spec_families.h"

namespace cellar::client {
namespace {

constexpr size_t kRowsOfBatch = 512;

std::vector<model::ScanSpec> ReversedPassesOf(const model::ScanSpec& spec) {
  std::vector<model::ScanSpec> passes = PassesOf(spec);
  std::reverse(passes.begin(), passes.end());
  return passes;
}

}  // namespace

IndexScan::IndexScan(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                     model::ScanSpec spec, size_t budget_bytes, std::shared_ptr<const bool> cancelled, ScanLabel label)
    : core_(core),
      table_(table),
      spec_(std::move(spec)),
      schema_(std::move(schema)),
      budget_bytes_(budget_bytes),
      cancelled_(std::move(cancelled)),
      label_(std::move(label)),
      passes_(ReversedPassesOf(spec_)) {}

IndexScan::~IndexScan() = default;

/// Plans by the newest schema: one that some range has still.
Task<Status> IndexScan::Begin(Deadline deadline) {
  Backoff backoff(core_.scans().random);
  while (true) {
    schema_ = core_.schemas().NewestOf(table_, schema_);
    plan_ = PlanIndexes(*schema_, spec_);
    planned_schema_ = schema_;
    if (!plan_) co_return common::OkStatus();
    Status checked = co_await CheckSchema(deadline);
    if (!checked.Is(StatusCode::kStaleSchema)) co_return checked;
    const Deadline of_try = TryDeadline(core_.executor().clock(), deadline);
    const auto newer = co_await core_.schemas().NewerThan(table_, schema_->generation(), of_try);
    if (newer.ok()) continue;
    if (!IsWorthAnotherTry(newer.status())) co_return newer.status();
    const bool waited = co_await backoff.Wait(core_.executor(), deadline);
    if (!waited) co_return newer.status();
  }
}

/// Some range that has this schema still: then every cell that was acknowledged before has its entry. Also refuses a
/// spec that the scan without indexes would refuse.
Task<Status> IndexScan::CheckSchema(Deadline deadline) {
  model::ScanSpec spec = passes_.back();
  spec.row_intervals.clear();
  std::vector<std::string> rows(1, std::string(1, '\0'));
  ScanSeams seams = core_.scans();
  seams.schemas = nullptr;  // by this schema or not at all
  auto cells = co_await GetRows(seams, table_, schema_, std::move(spec), std::move(rows), deadline);
  co_return cells.status();
}

void IndexScan::StartPass() {
  model::ScanSpec& spec = passes_.back();
  rows_of_pass_ = std::move(spec.row_intervals);
  if (rows_of_pass_.empty()) rows_of_pass_.push_back(model::RowInterval::All());
  rows_of_pass_ = model::UnionOf(std::move(rows_of_pass_));
  spec.row_intervals.clear();
  spec.interval_mode = model::IntervalMode::kUnion;
  spec.scan_and_filter_rows = false;
  rows_.reset();
  if (plan_) {
    rows_ = std::make_unique<IndexRows>(core_.scans(), *plan_, rows_of_pass_, budget_bytes_, cancelled_, label_);
  }
  position_.clear();
  found_ = FoundRows();
  next_ = 0;
  found_all_ = false;
  searched_to_.reset();
}

Task<Result<std::optional<std::string>>> IndexScan::Next(Deadline deadline) {
  // A look through an index takes many blocks: the patience is for each, as for those of the rows.
  const Nanos patience = deadline.Remaining(core_.executor().clock());
  if (!began_) {
    CO_RETURN_IF_ERROR(co_await Begin(deadline));
    StartPass();
    began_ = true;
  }
  while (true) {
    if (batch_ == nullptr) {
      CO_TRY(const bool opened, co_await OpenNextBatch(patience));
      if (!opened) co_return std::optional<std::string>();
    }
    CO_TRY(std::optional<std::string> block,
           co_await batch_->Next(Deadline::After(core_.executor().clock(), patience)));
    if (block && plan_) CO_RETURN_IF_ERROR(NoteRows(*block));
    if (block) co_return std::move(block);
    CO_RETURN_IF_ERROR(co_await EndBatch(Deadline::After(core_.executor().clock(), patience)));
  }
}

/// False at the end of the scan.
Task<Result<bool>> IndexScan::OpenNextBatch(Nanos patience) {
  while (true) {
    if (next_ < found_.entries.size()) {
      OpenBatchOfFound();
      co_return true;
    }
    if (found_all_) {
      passes_.pop_back();
      if (passes_.empty()) co_return false;
      StartPass();
    } else if (plan_) {
      CO_RETURN_IF_ERROR(co_await FindMore(patience));
    } else {
      OpenBatchOfTheRest();
      if (batch_ != nullptr) co_return true;
    }
  }
}

Task<Status> IndexScan::FindMore(Nanos patience) {
  auto found = co_await rows_->Find(searched_to_, patience);
  if (found.status().Is(StatusCode::kNotFound)) {
    plan_.reset();  // an index was dropped, or is made anew
    co_return common::OkStatus();
  }
  if (!found.ok()) co_return std::move(found).status();
  found_ = std::move(found).value();
  next_ = 0;
  searched_to_ = found_.bound;
  found_all_ = !found_.bound;
  co_return common::OkStatus();
}

void IndexScan::OpenBatchOfFound() {
  std::vector<model::RowInterval> rows;
  batch_begin_ = next_;
  for (; next_ < found_.entries.size(); ++next_) {
    const std::string& row = found_.entries[next_].row;
    if (!rows.empty() && rows.back().start == row) continue;
    if (rows.size() == kRowsOfBatch) break;
    rows.push_back(model::RowInterval::Row(row));
  }
  OpenBatch(std::move(rows));
}

/// All rows of the pass that were not looked at yet. None, when there are none.
void IndexScan::OpenBatchOfTheRest() {
  found_all_ = true;
  std::vector<model::RowInterval> rows = rows_of_pass_;
  if (searched_to_) {
    const model::RowInterval behind = model::RowInterval::AtLeast(*searched_to_, /*inclusive=*/false);
    for (model::RowInterval& interval : rows) interval = interval.Intersect(behind);
    std::erase_if(rows, [](const model::RowInterval& interval) { return interval.IsEmpty(); });
  }
  if (!rows.empty()) OpenBatch(std::move(rows));
}

void IndexScan::OpenBatch(std::vector<model::RowInterval> rows) {
  model::ScanSpec spec = passes_.back();
  spec.row_intervals = std::move(rows);
  batch_ = std::make_unique<ScanStream>(core_.scans(), table_, schema_, std::move(spec));
  batch_->set_label(label_);
  batch_->GoOnFrom(position_);
}

Status IndexScan::NoteRows(const std::string& block) {
  model::ScanBlockReader reader(block);
  model::CellView cell;
  while (reader.Next(&cell)) {
    if (rows_seen_.empty() || rows_seen_.back() != cell.key.row) rows_seen_.emplace_back(cell.key.row);
  }
  return reader.status();
}

/// Entries whose rows had nothing to say, if there is credit for looking why.
std::vector<FoundEntry> IndexScan::Suspects() {
  std::vector<FoundEntry> suspects;
  for (size_t i = batch_begin_; i < next_ && suspects.size() < purge_credit_; ++i) {
    FoundEntry& found = found_.entries[i];
    if (!std::binary_search(rows_seen_.begin(), rows_seen_.end(), found.row)) suspects.push_back(std::move(found));
  }
  return suspects;
}

Task<Status> IndexScan::EndBatch(Deadline deadline) {
  position_ = batch_->position();
  CO_RETURN_IF_ERROR(Adopt(batch_->schema()));
  if (batch_->limit_reached()) {
    next_ = found_.entries.size();
    found_all_ = true;
  } else if (plan_ && schema_ == planned_schema_) {
    constexpr size_t kCreditForOne = 16;
    constexpr size_t kMostCredit = 1000;
    std::vector<FoundEntry> suspects = Suspects();
    purge_credit_ -= suspects.size();
    if (!suspects.empty()) {
      const size_t purged = co_await PurgeStale(core_, table_, schema_, std::move(suspects), deadline);
      purge_credit_ = std::min(kMostCredit, purge_credit_ + kCreditForOne * purged);
    }
  }
  rows_seen_.clear();
  batch_.reset();
  co_return common::OkStatus();
}

/// The table was altered, and the batch went on by the new schema: so does what is left.
Status IndexScan::Adopt(std::shared_ptr<const model::Schema> schema) {
  if (schema == schema_) return common::OkStatus();
  for (model::ScanSpec& spec : passes_) {
    ASSIGN_OR_RETURN(spec, model::RenamedFamilies(std::move(spec), *schema_, *schema));
  }
  schema_ = std::move(schema);
  return common::OkStatus();
}

Task<void> IndexScan::Close(Deadline deadline) {
  if (batch_ != nullptr) co_await batch_->Close(deadline);
}

std::unique_ptr<BlockSource> OpenScan(ClientCore& core, model::TableId table,
                                      std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                      std::shared_ptr<const bool> cancelled, ScanLabel label) {
  if (!PlanIndexes(*schema, spec)) {
    auto stream = std::make_unique<ScanStream>(core.scans(), table, std::move(schema), std::move(spec));
    stream->set_label(std::move(label));
    return stream;
  }
  return std::make_unique<IndexScan>(core, table, std::move(schema), std::move(spec), IndexRows::kDefaultBudgetBytes,
                                     std::move(cancelled), std::move(label));
}

}  // namespace cellar::client
