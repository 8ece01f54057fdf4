#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "protocol/message.h"
#include "protocol/values.h"
#include "rangeserver/scan/scan_plan.h"
#include "rangeserver/service/read_service.h"

namespace cellar::rangeserver {
namespace {

constexpr size_t kMaxKilled = 1'000;

protocol::ExplainedFile ToMessage(const StoreToRead& store) {
  protocol::ExplainedFile file;
  file.path = store.path;
  file.blocks = static_cast<int64_t>(store.blocks);
  file.blocks_to_read = static_cast<int64_t>(store.blocks_to_read);
  file.bytes_to_read = static_cast<int64_t>(store.bytes_to_read);
  file.left_out = store.left_out;
  return file;
}

protocol::ExplainedGroup ToMessage(const GroupToRead& group) {
  protocol::ExplainedGroup message;
  message.name = group.name;
  message.caches = static_cast<int64_t>(group.caches);
  for (const StoreToRead& store : group.stores) message.files.push_back(ToMessage(store));
  return message;
}

}  // namespace

Task<Result<rpc::Response>> ReadService::ExplainScan(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::ExplainScanRequest>(request.message));
  protocol::CreateScannerRequest of_scan;
  of_scan.table = message.table;
  of_scan.schema_generation = message.schema_generation;
  of_scan.bounds = message.bounds;
  CO_TRY(const std::shared_ptr<LoadedRange> range, RangeFor(of_scan));
  CO_TRY(model::ScanSpec spec, model::ScanSpec::Decode(message.scan_spec));
  CO_TRY(const std::shared_ptr<const ScanPlan> plan, ScanPlan::Make(range->range->schema(), std::move(spec)));
  auto explain = [plan, snapshot = range->range->Snapshot()] {
    std::vector<model::RowInterval> rows;
    for (const ScanInterval& interval : plan->intervals()) {
      if (!interval.empty()) rows.push_back(interval.rows);
    }
    return snapshot.Explain(plan->families(), rows);
  };
  auto groups = co_await common::RunJob(executor_, JobClass::kRead, std::move(explain));
  if (!groups.ok()) co_return std::move(groups).status();
  protocol::ExplainScanResponse response;
  response.bounds = protocol::ToMessage(range->record.range);
  for (const GroupToRead& group : *groups) response.groups.push_back(ToMessage(group));
  co_return rpc::Response(protocol::EncodeMessage(response));
}

Task<Result<rpc::Response>> ReadService::ListQueries(rpc::CallInfo, rpc::Request) {
  protocol::ListQueriesResponse response;
  const Nanos now = executor_.clock().MonotonicNow();
  for (const auto& [id, scanner] : scanners_) {
    if (scanner->ended()) continue;
    const ScannerOwner& owner = scanner->owner();
    protocol::QueryEntry& entry = response.queries.emplace_back();
    entry.query = owner.query;
    entry.table = protocol::ToMessage(scanner->range().record.range.table);
    entry.table_name = owner.table_name;
    entry.bounds = protocol::ToMessage(scanner->range().record.range);
    entry.peer = owner.peer;
    entry.age = now - owner.opened_at;
    entry.idle = now - scanner->last_used();
    entry.cells = static_cast<int64_t>(scanner->cell_count());
    entry.bytes = static_cast<int64_t>(scanner->byte_count());
  }
  std::sort(response.queries.begin(), response.queries.end(),
            [](const auto& a, const auto& b) { return a.query < b.query; });
  co_return rpc::Response(protocol::EncodeMessage(response));
}

Task<Result<rpc::Response>> ReadService::KillQuery(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::KillQueryRequest>(request.message));
  const auto found = std::find_if(scanners_.begin(), scanners_.end(), [&](const auto& scanner) {
    return scanner.second->owner().query == message.query && !scanner.second->ended();
  });
  if (found == scanners_.end()) co_return common::NotFound("no query " + std::to_string(message.query) + " runs here");
  found->second->Kill();
  killed_.push_back(found->first);
  if (killed_.size() > kMaxKilled) killed_.pop_front();
  scanners_.erase(found);
  co_return rpc::Response(protocol::EncodeMessage(protocol::DoneResponse()));
}

}  // namespace cellar::rangeserver
