#include "client/cpp/scan_stream.h"

#include <algorithm>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/scan_cells.h"
#include "client/cpp/scan_rows.h"
#include "client/cpp/table_schemas.h"
#include "model/scan_block.h"
#include "model/spec_families.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

using model::RowInterval;
using model::ScanSpec;

}  // namespace

std::vector<ScanSpec> PassesOf(const ScanSpec& spec) {
  // scan_and_filter_rows takes the intervals as a set, whatever their mode.
  const bool in_order = spec.interval_mode == model::IntervalMode::kEachInOrder && !spec.scan_and_filter_rows;
  if (!in_order) return {spec};
  std::vector<ScanSpec> specs;
  ScanSpec without = spec;
  without.row_intervals.clear();
  without.cell_intervals.clear();
  for (const RowInterval& rows : spec.row_intervals) specs.emplace_back(without).row_intervals.push_back(rows);
  for (const model::CellInterval& cells : spec.cell_intervals) {
    specs.emplace_back(without).cell_intervals.push_back(cells);
  }
  if (specs.empty()) specs.push_back(std::move(without));
  return specs;
}

ScanLabel ScanLabel::ForIndex(model::IndexKind kind) const {
  ScanLabel label = *this;
  if (table_name.empty()) return label;
  const std::string mark = kind == model::IndexKind::kValue ? "^" : "^^";
  label.table_name.insert(table_name.rfind('/') + 1, mark);
  return label;
}

ScanStream::ScanStream(ScanSeams seams, model::TableId table, std::shared_ptr<const model::Schema> schema,
                       ScanSpec spec, int32_t block_bytes)
    : seams_(seams), table_(table), schema_(std::move(schema)), block_bytes_(block_bytes) {
  for (const ScanSpec& part : PassesOf(spec)) {
    Pass& pass = passes_.emplace_back();
    pass.encoded_spec = part.Encode();
    pass.rows = RowsOf(part);
  }
  // What selects no row is put to one range all the same: whether it may be asked is for a server to say.
  const bool is_empty = std::all_of(passes_.begin(), passes_.end(), [](const Pass& pass) { return pass.rows.empty(); });
  if (is_empty) passes_.back().rows.push_back(RowInterval::Row(""));
  std::erase_if(passes_, [](const Pass& pass) { return pass.rows.empty(); });
  row_ = FirstRowOf(passes_[0].rows.front());
}

Task<Result<std::optional<std::string>>> ScanStream::Next(Deadline deadline) {
  while (!done_) {
    CO_TRY(ScanBlock block, co_await Fetch(deadline));
    Advance(block.head);
    std::optional<std::string> cells(std::move(block.cells));
    if (model::ScanBlockReader(*cells).cell_count() > 0) co_return std::move(cells);
  }
  co_return std::optional<std::string>();
}

Task<Result<ScanStream::ScanBlock>> ScanStream::Fetch(Deadline deadline) {
  Backoff backoff(seams_.random);
  while (true) {
    auto block = co_await FetchOnce(TryDeadline(seams_.executor.clock(), deadline));
    if (block.ok()) co_return std::move(block);
    const bool expired = scanner_ != 0 && block.status().Is(StatusCode::kNotFound);
    if (!expired && !IsWorthAnotherTry(block.status())) co_return std::move(block);
    // What was delivered is in resume_: another scanner goes on behind it, wherever the row is by now.
    scanner_ = 0;
    seams_.locator.Forget(table_, row_);
    const bool waited = co_await backoff.Wait(seams_.executor, deadline);
    if (!waited) co_return std::move(block);
  }
}

Task<Result<ScanStream::ScanBlock>> ScanStream::FetchOnce(Deadline deadline) {
  if (scanner_ != 0) {
    protocol::FetchScanBlockRequest request;
    request.scanner = scanner_;
    request.block = next_block_;
    co_return co_await seams_.stub.FetchScanBlock(address_, std::move(request), deadline);
  }
  if (!began_ && seams_.schemas != nullptr) schema_ = seams_.schemas->NewestOf(table_, schema_);
  auto block = co_await Open(deadline);
  while (block.status().Is(StatusCode::kStaleSchema) && seams_.schemas != nullptr) {
    CO_TRY(std::shared_ptr<const model::Schema> newer,
           co_await seams_.schemas->NewerThan(table_, schema_->generation(), deadline));
    CO_RETURN_IF_ERROR(Adopt(std::move(newer)));
    block = co_await Open(deadline);
  }
  co_return std::move(block);
}

/// What was given is behind a place in the intervals of the old schema: the rest has to mean the same.
Status ScanStream::Adopt(std::shared_ptr<const model::Schema> schema) {
  for (size_t i = pass_; began_ && i < passes_.size(); ++i) {
    ASSIGN_OR_RETURN(ScanSpec spec, ScanSpec::Decode(passes_[i].encoded_spec));
    ASSIGN_OR_RETURN(spec, model::RenamedFamilies(std::move(spec), *schema_, *schema));
    passes_[i].encoded_spec = spec.Encode();
  }
  schema_ = std::move(schema);
  return common::OkStatus();
}

Task<Result<ScanStream::ScanBlock>> ScanStream::Open(Deadline deadline) {
  CO_TRY(const RangeLocation location, co_await seams_.locator.Locate(table_, row_, deadline));
  protocol::CreateScannerRequest request = ScanRequestFor(table_, *schema_, location.range);
  request.block_bytes = block_bytes_;
  request.scan_spec = passes_[pass_].encoded_spec;
  if (!label_.table_name.empty()) request.__set_table_name(label_.table_name);
  if (label_.reads) request.__set_count_reads(true);
  if (!resume_.empty()) request.__set_resume(resume_);
  if (snapshot_) request.__set_snapshot_revision(*snapshot_);
  address_ = location.address;
  next_block_ = 0;
  ++opened_count_;
  co_return co_await seams_.stub.CreateScanner(address_, std::move(request), deadline);
}

void ScanStream::Advance(const protocol::ScanBlockResponse& head) {
  began_ = true;
  if (head.__isset.resume) position_ = resume_ = head.resume;
  if (head.__isset.reads && label_.reads) AddReads(head.reads);
  snapshot_ = head.snapshot_revision;
  scanner_ = head.more ? head.scanner : 0;
  ++next_block_;
  if (head.more) return;
  snapshot_.reset();
  limit_reached_ = head.finished;
  if (head.finished) {
    StartNextPass();
  } else {
    GoOnBehind(protocol::FromMessage(table_, head.bounds).end_row);
  }
}

/// What a scanner says counts from its beginning.
void ScanStream::AddReads(const protocol::ScanReads& reads) {
  if (next_block_ == 0) {
    scanner_reads_ = ScanReads();
    ++label_.reads->scanners;
  }
  const auto add = [](int64_t now, uint64_t* before, uint64_t* sum) {
    *sum += static_cast<uint64_t>(now) - *before;
    *before = static_cast<uint64_t>(now);
  };
  add(reads.blocks, &scanner_reads_.blocks, &label_.reads->blocks);
  add(reads.cached_blocks, &scanner_reads_.cached_blocks, &label_.reads->cached_blocks);
  add(reads.block_bytes, &scanner_reads_.block_bytes, &label_.reads->block_bytes);
}

void ScanStream::GoOnBehind(const std::optional<std::string>& end_row) {
  if (!end_row) return StartNextPass();
  row_ = RowAfter(*end_row);
  for (const RowInterval& rows : passes_[pass_].rows) {
    if (EndsBefore(rows, row_)) continue;
    row_ = std::max(row_, FirstRowOf(rows));
    return;
  }
  StartNextPass();
}

void ScanStream::StartNextPass() {
  resume_.clear();
  if (++pass_ == passes_.size()) {
    done_ = true;
    return;
  }
  row_ = FirstRowOf(passes_[pass_].rows.front());
}

Task<void> ScanStream::Close(Deadline deadline) {
  done_ = true;
  if (scanner_ == 0) co_return;
  protocol::DestroyScannerRequest request;
  request.scanner = std::exchange(scanner_, 0);
  // The server forgets idle scanners by itself: an error here changes nothing.
  const Status destroyed = co_await seams_.stub.DestroyScanner(address_, std::move(request), deadline);
  (void)destroyed;
}

Task<Result<std::vector<model::Cell>>> ReadAll(BlockSource& source, Deadline deadline, size_t limit_bytes) {
  std::vector<model::Cell> cells;
  size_t bytes = 0;
  while (true) {
    CO_TRY(const std::optional<std::string> block, co_await source.Next(deadline));
    if (!block) co_return std::move(cells);
    bytes += block->size();
    if (bytes > limit_bytes) {
      co_await source.Close(deadline);
      co_return common::InvalidArgument("the scan has more than " + std::to_string(limit_bytes) + " bytes");
    }
    CO_TRY(std::vector<model::Cell> more, model::DecodeScanBlock(*block));
    std::move(more.begin(), more.end(), std::back_inserter(cells));
  }
}

Task<Result<std::vector<model::Cell>>> ScanAll(ScanSeams seams, model::TableId table,
                                               std::shared_ptr<const model::Schema> schema, ScanSpec spec,
                                               Deadline deadline, size_t limit_bytes) {
  ScanStream stream(seams, table, std::move(schema), std::move(spec));
  co_return co_await ReadAll(stream, deadline, limit_bytes);
}

}  // namespace cellar::client
