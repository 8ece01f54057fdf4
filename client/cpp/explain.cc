#include "client/cpp/explain.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/index_plan.h"
#include "client/cpp/scan_rows.h"
#include "client/cpp/table_schemas.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

ExplainedGroup FromMessage(const protocol::ExplainedGroup& message) {
  ExplainedGroup group;
  group.name = message.name;
  group.caches = static_cast<uint64_t>(message.caches);
  for (const protocol::ExplainedFile& of_message : message.files) {
    ExplainedFile& file = group.files.emplace_back();
    file.path = of_message.path;
    file.blocks = static_cast<uint64_t>(of_message.blocks);
    file.blocks_to_read = static_cast<uint64_t>(of_message.blocks_to_read);
    file.bytes_to_read = static_cast<uint64_t>(of_message.bytes_to_read);
    file.left_out = of_message.left_out;
  }
  return group;
}

/// Asks the server of the range that holds `row`, once.
Task<Result<ExplainedRange>> AskOnce(ScanSeams seams, protocol::ExplainScanRequest request, model::TableId table,
                                     std::string row, Deadline deadline) {
  CO_TRY(const RangeLocation location, co_await seams.locator.Locate(table, std::move(row), deadline));
  request.bounds = protocol::ToMessage(location.range);
  CO_TRY(const protocol::ExplainScanResponse response,
         co_await seams.stub.ExplainScan(location.address, std::move(request), deadline));
  ExplainedRange range;
  range.range = protocol::FromMessage(table, response.bounds);
  range.server = location.location.get();
  for (const protocol::ExplainedGroup& group : response.groups) range.groups.push_back(FromMessage(group));
  co_return std::move(range);
}

/// As AskOnce, until it is answered or `deadline`.
Task<Result<ExplainedRange>> Ask(ScanSeams seams, protocol::ExplainScanRequest request, model::TableId table,
                                 std::string row, Deadline deadline) {
  Backoff backoff(seams.random);
  while (true) {
    auto range = co_await AskOnce(seams, request, table, row, TryDeadline(seams.executor.clock(), deadline));
    if (range.ok() || !IsWorthAnotherTry(range.status())) co_return std::move(range);
    seams.locator.Forget(table, row);
    const bool waited = co_await backoff.Wait(seams.executor, deadline);
    if (!waited) co_return std::move(range);
  }
}

/// The first row behind `end_row` that is in `rows`; nullopt when there is none.
std::optional<std::string> NextRow(const std::vector<model::RowInterval>& rows,
                                   const std::optional<std::string>& end_row) {
  if (!end_row) return std::nullopt;
  const std::string behind = RowAfter(*end_row);
  for (const model::RowInterval& interval : rows) {
    if (!EndsBefore(interval, behind)) return std::max(behind, FirstRowOf(interval));
  }
  return std::nullopt;
}

/// The table's ranges that the spec's intervals touch.
Task<Result<std::vector<ExplainedRange>>> ExplainRanges(ScanSeams seams, model::TableId table,
                                                        std::shared_ptr<const model::Schema> schema,
                                                        model::ScanSpec spec, Deadline deadline) {
  const std::vector<model::RowInterval> rows = RowsOf(spec);
  std::vector<ExplainedRange> ranges;
  if (rows.empty()) co_return std::move(ranges);
  protocol::ExplainScanRequest request;
  request.table = protocol::ToMessage(table);
  request.schema_generation = schema->generation().get();
  request.scan_spec = spec.Encode();
  std::optional<std::string> row = FirstRowOf(rows.front());
  while (row) {
    CO_TRY(ExplainedRange range, co_await Ask(seams, request, table, *row, deadline));
    row = NextRow(rows, range.range.end_row);
    ranges.push_back(std::move(range));
  }
  co_return std::move(ranges);
}

/// What the plan's leaves read, from left to right; appended to `lookups`. Borrows `plan` and `lookups`, which the
/// caller keeps while it waits.
Task<Status> ExplainPlan(ScanSeams seams, std::shared_ptr<const model::Schema> schema, const IndexPlan& plan,
                         Deadline deadline, std::vector<ExplainedLookup>* lookups) {
  for (const IndexPlan& child : plan.children) {
    CO_RETURN_IF_ERROR(co_await ExplainPlan(seams, schema, child, deadline, lookups));
  }
  if (plan.kind != IndexPlan::Kind::kLookup) co_return common::OkStatus();
  ExplainedLookup lookup;
  lookup.index = plan.lookup->ToString(*schema);
  if (model::ScanSpec spec = plan.lookup->Spec(); !spec.row_intervals.empty()) {
    CO_TRY(lookup.ranges,
           co_await ExplainRanges(seams, plan.lookup->table(), model::IndexTableSchema(), std::move(spec), deadline));
  }
  lookups->push_back(std::move(lookup));
  co_return common::OkStatus();
}

/// By this schema or not at all: kStaleSchema.
Task<Result<Explanation>> ExplainBy(ScanSeams seams, model::TableId table, std::shared_ptr<const model::Schema> schema,
                                    model::ScanSpec spec, Deadline deadline) {
  Explanation explanation;
  const std::optional<IndexPlan> plan = PlanIndexes(*schema, spec);
  if (plan) {
    explanation.indexes = plan->ToString(*schema);
    const Status read = co_await ExplainPlan(seams, schema, *plan, deadline, &explanation.lookups);
    // An index goes only after a schema without it: the table itself is there.
    if (read.Is(StatusCode::kNotFound)) co_return common::StaleSchema("an index was dropped, or is made anew");
    CO_RETURN_IF_ERROR(read);
  }
  CO_TRY(explanation.ranges, co_await ExplainRanges(seams, table, std::move(schema), std::move(spec), deadline));
  co_return std::move(explanation);
}

}  // namespace

Task<Result<Explanation>> ExplainScan(ScanSeams seams, model::TableId table,
                                      std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                      Deadline deadline) {
  Backoff backoff(seams.random);
  schema = seams.schemas->NewestOf(table, std::move(schema));
  while (true) {
    auto explanation = co_await ExplainBy(seams, table, schema, spec, deadline);
    if (!explanation.status().Is(StatusCode::kStaleSchema)) co_return std::move(explanation);
    const Deadline of_try = TryDeadline(seams.executor.clock(), deadline);
    auto newer = co_await seams.schemas->NewerThan(table, schema->generation(), of_try);
    if (newer.ok()) {
      schema = std::move(newer).value();
      continue;
    }
    if (!IsWorthAnotherTry(newer.status())) co_return newer.status();
    const bool waited = co_await backoff.Wait(seams.executor, deadline);
    if (!waited) co_return std::move(explanation);
  }
}

}  // namespace cellar::client
