#include "rangeserver/service/read_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/concurrency/run_job.h"
#include "common/fault/co_fault_point.h"
#include "model/error_codes.h"
#include "model/pseudo_table.h"
#include "protocol/message.h"
#include "protocol/part_status.h"
#include "protocol/values.h"
#include "rangeserver/scan/cellstore_index.h"
#include "rangeserver/scan/scan_plan.h"
#include "rangeserver/scan/snapshot_input.h"
#include "rangeserver/service/row_gets.h"

namespace cellar::rangeserver {
namespace {

Status NotServed(const model::TableId& table, std::string_view row) {
  return common::NotOwner("table " + table.ToString() + ", row " + model::QuoteBytes(row) + " is not served here");
}

/// What a scan reads at: where it was before its scanner was lost, as long as the range still has that (L1): only so
/// can it go on inside a row.
model::Revision RevisionFor(const protocol::CreateScannerRequest& request, const RangeSnapshot& snapshot) {
  if (!request.__isset.snapshot_revision) return snapshot.revision();
  const model::Revision earlier(request.snapshot_revision);
  const bool is_there = earlier >= snapshot.history_floor() && earlier <= snapshot.revision();
  return is_there ? earlier : snapshot.revision();
}

protocol::ScanReads ToMessage(const storage::SourceReads& reads) {
  protocol::ScanReads message;
  message.blocks = static_cast<int64_t>(reads.blocks);
  message.cached_blocks = static_cast<int64_t>(reads.cached_blocks);
  message.block_bytes = static_cast<int64_t>(reads.block_bytes);
  return message;
}

/// The first row that a range which begins behind `start` can hold.
std::string FirstRowBehind(const std::optional<std::string>& start) {
  return start ? *start + '\0' : std::string();
}

}  // namespace

ReadService::ReadService(Executor& executor, const LoadedRanges& ranges, const lockservice::Lease& lease,
                         Random& chance, FaultPoints& faults, ReadLimits limits, Callbacks callbacks)
    : executor_(executor),
      ranges_(ranges),
      lease_(lease),
      chance_(chance),
      faults_(faults),
      limits_(limits),
      callbacks_(std::move(callbacks)),
      ahead_(executor) {}

/// What counts is that it held when the cells had been taken: then nobody else can have changed them before.
Status ReadService::CheckLease(Moment moment) const {
  const bool is_wrong = faults_.Planted(Defect::kLeaseCheckedPerScanner);
  if ((moment == Moment::kBeforeAnswer) == is_wrong) return common::OkStatus();
  return lease_.Holds() ? common::OkStatus() : common::Unavailable("the range server's lease has run out");
}

Status ReadService::CheckGeneration(const LoadedRange& range, int64_t asked) const {
  const int64_t known = range.range->schema()->generation().get();
  if (known == asked) return common::OkStatus();
  if (known > asked) {
    return common::StaleSchema("the table's schema is of generation " + std::to_string(known) + ", the request's of " +
                               std::to_string(asked));
  }
  callbacks_.on_newer_schema(range.record.range.table);
  return common::Unavailable(range.record.range.ToString() + " has not seen the newest schema yet");
}

Result<std::shared_ptr<LoadedRange>> ReadService::RangeFor(const protocol::CreateScannerRequest& request) const {
  const model::RangeKey asked = protocol::FromMessage(protocol::FromMessage(request.table), request.bounds);
  const std::string row = FirstRowBehind(asked.start_row);
  std::shared_ptr<LoadedRange> range = ranges_.Find(asked.table, row);
  if (range == nullptr) return NotServed(asked.table, row);
  if (range->state == LoadedRange::State::kOffline) return range->problem;
  if (range->state != LoadedRange::State::kServing) return NotServed(asked.table, row);
  if (!request.__isset.pseudo_table) RETURN_IF_ERROR(CheckGeneration(*range, request.schema_generation));
  return range;
}

/// What the scan is of: the table, or what is known of it.
Result<std::shared_ptr<const model::Schema>> ReadService::SchemaFor(const protocol::CreateScannerRequest& request,
                                                                    const LoadedRange& range) {
  if (!request.__isset.pseudo_table) return range.range->schema();
  if (request.pseudo_table == model::kCellStoreIndex) return model::CellStoreIndexSchema();
  return common::InvalidArgument("there is no pseudo-table '" + request.pseudo_table + "' here")
      .WithDetail(model::kBadPseudoTable);
}

Task<Result<rpc::Response>> ReadService::CreateScanner(rpc::CallInfo info, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::CreateScannerRequest>(request.message));
  CO_TRY(const std::shared_ptr<LoadedRange> range, RangeFor(message));
  CO_TRY(model::ScanSpec spec, model::ScanSpec::Decode(message.scan_spec));
  CO_TRY(std::shared_ptr<const model::Schema> schema, SchemaFor(message, *range));
  const bool is_pseudo = model::IsPseudo(*schema);
  CO_TRY(const std::shared_ptr<const ScanPlan> plan, ScanPlan::Make(std::move(schema), std::move(spec)));
  CO_RETURN_IF_ERROR(CheckLease(Moment::kBeforeSnapshot));
  CO_FAULT_POINT(executor_, faults_, "rangeserver.scan.before_snapshot");
  const RangeSnapshot snapshot = range->range->Snapshot();
  const model::Revision revision = RevisionFor(message, snapshot);
  auto reads = message.count_reads ? std::make_unique<storage::SourceReads>() : nullptr;
  const Nanos now = executor_.clock().WallNow();
  ScanInput input = is_pseudo ? CellStoreIndexInput(snapshot, revision, now, reads.get())
                              : InputOf(snapshot, revision, now, reads.get());
  CO_TRY(std::unique_ptr<Scan> scan, Scan::Open(plan, std::move(input), message.resume));
  ForgetIdle();
  if (scanners_.size() >= limits_.max_scanners) co_return common::Busy("too many scanners are open");
  const size_t block_bytes =
      std::clamp<size_t>(static_cast<size_t>(std::max(message.block_bytes, 1)), 1 << 10, limits_.max_block_bytes);
  auto scanner =
      std::make_shared<OpenScanner>(executor_, NewScannerId(), range, std::move(scan), block_bytes, std::move(reads));
  scanner->set_snapshot(revision);
  ScannerOwner owner;
  owner.query = ++last_query_;
  owner.table_name = message.table_name;
  owner.peer = std::move(info.peer);
  owner.opened_at = executor_.clock().MonotonicNow();
  scanner->set_owner(std::move(owner));
  scanners_.emplace(scanner->id(), scanner);
  co_return co_await AnswerBlock(std::move(scanner), 0);
}

Task<Result<rpc::Response>> ReadService::FetchScanBlock(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::FetchScanBlockRequest>(request.message));
  const auto found = scanners_.find(message.scanner);
  if (found == scanners_.end()) co_return NoScanner(message.scanner);
  co_return co_await AnswerBlock(found->second, message.block);
}

Status ReadService::NoScanner(int64_t scanner) const {
  if (std::find(killed_.begin(), killed_.end(), scanner) != killed_.end()) {
    return common::Cancelled("the query was killed");
  }
  return common::NotFound("scanner " + std::to_string(scanner) + " is not open (it may have expired)");
}

Task<Result<rpc::Response>> ReadService::AnswerBlock(std::shared_ptr<OpenScanner> scanner, int64_t ordinal) {
  scanner->Touch(executor_.clock().MonotonicNow());
  auto block = co_await scanner->Fetch(ordinal);
  CO_FAULT_POINT(executor_, faults_, "rangeserver.scan.before_answer");
  if (scanner->killed()) co_return NoScanner(scanner->id());
  // Nothing waits between this look at the clock and the answer.
  const Status held = block.ok() ? CheckLease(Moment::kBeforeAnswer) : block.status();
  if (!held.ok()) {
    scanners_.erase(scanner->id());
    co_return held;
  }
  protocol::ScanBlockResponse response;
  response.more = block->progress.more;
  response.finished = block->progress.finished;
  response.scanner = response.more ? scanner->id() : 0;
  response.bounds = protocol::ToMessage(scanner->range().record.range);
  response.snapshot_revision = scanner->snapshot().get();
  response.__set_resume(std::move(block->position));
  if (scanner->counts_reads()) response.__set_reads(ToMessage(block->reads));
  if (response.more) {
    ahead_.Spawn(scanner->FillAhead(), "block ahead of a scanner");
  } else if (ordinal == 0) {
    scanners_.erase(scanner->id());  // a later block may be asked for again: forgotten when idle
  }
  counts_.Add(block->cell_count, block->cells.size());
  scanner->Count(block->cell_count, block->cells.size());
  co_return rpc::Response(protocol::EncodeMessage(response), std::move(block->cells));
}

Task<Result<rpc::Response>> ReadService::DestroyScanner(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::DestroyScannerRequest>(request.message));
  scanners_.erase(message.scanner);
  co_return rpc::Response(protocol::EncodeMessage(protocol::DoneResponse()));
}

Task<Result<rpc::Response>> ReadService::GetRows(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::GetRowsRequest>(request.message));
  if (message.rows.size() > limits_.max_rows_per_get) co_return common::InvalidArgument("too many rows in one call");
  CO_TRY(model::ScanSpec spec, model::ScanSpec::Decode(message.scan_spec));
  if (!spec.row_intervals.empty() || !spec.cell_intervals.empty()) {
    co_return common::InvalidArgument("a get of rows takes no intervals").WithDetail(30);
  }
  const model::TableId table = protocol::FromMessage(message.table);
  protocol::GetRowsResponse response;
  if (message.__isset.settled && message.settled) {
    CO_TRY(const Nanos settled_at, co_await callbacks_.settle());
    response.__set_settled_at(settled_at);
  }
  CO_RETURN_IF_ERROR(CheckLease(Moment::kBeforeSnapshot));
  CO_FAULT_POINT(executor_, faults_, "rangeserver.get.before_snapshot");
  auto reads = std::make_shared<RowGets>();
  const Nanos now = executor_.clock().WallNow();
  for (const std::string& row : message.rows) {
    const std::shared_ptr<LoadedRange> range = ranges_.Find(table, row);
    Status status = range == nullptr || range->state != LoadedRange::State::kServing ? NotServed(table, row) : Status();
    if (status.ok()) status = CheckGeneration(*range, message.schema_generation);
    if (status.ok()) status = reads->Add(*range, row, spec, now);
    response.statuses.push_back(protocol::ToPartStatus(status));
  }
  auto read = [reads] { return reads->Run(); };
  auto rows = co_await common::RunJob(executor_, JobClass::kRead, std::move(read));
  if (!rows.ok()) co_return std::move(rows).status();
  CO_FAULT_POINT(executor_, faults_, "rangeserver.get.before_answer");
  CO_RETURN_IF_ERROR(CheckLease(Moment::kBeforeAnswer));
  counts_.Add(rows->cell_count, rows->block.size());
  co_return rpc::Response(protocol::EncodeMessage(response), std::move(rows->block));
}

int64_t ReadService::NewScannerId() {
  while (true) {
    const auto id = static_cast<int64_t>(chance_.Next() >> 1);
    if (id != 0 && !scanners_.contains(id)) return id;  // 0 names none
  }
}

void ReadService::ForgetIdle() {
  const Nanos now = executor_.clock().MonotonicNow();
  std::erase_if(scanners_,
                [&](const auto& scanner) { return now - scanner.second->last_used() > limits_.idle_timeout; });
}

Task<void> ReadService::Stop() {
  scanners_.clear();
  co_await ahead_.Join();
}

}  // namespace cellar::rangeserver
