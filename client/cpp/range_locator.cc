#include "client/cpp/range_locator.h"

#include <fmt/format.h>

#include <utility>

#include "client/cpp/scan_cells.h"
#include "model/scan_block.h"
#include "model/scan_spec.h"
#include "model/system_schemas.h"

namespace cellar::client {
namespace {

using model::RangeRecord;
using model::TableId;

/// The METADATA rows of `table` from the one that could hold `row` on, a few of them.
model::ScanSpec LookupSpec(TableId table, std::string_view row) {
  model::ScanSpec spec;
  model::RowInterval interval = model::RowInterval::AtLeast(model::MetadataSearchKey(table, row));
  interval.end = model::MetadataRowName(table, std::nullopt);
  interval.end_unbounded = false;
  interval.end_inclusive = true;
  spec.row_intervals.push_back(std::move(interval));
  spec.max_versions = 1;
  spec.row_limit = RangeLocator::kReadAheadRanges;
  for (const char* family : {"StartRow", "Location", "Incarnation", "Epoch", "State"}) {
    spec.columns.emplace_back(family);
  }
  return spec;
}

}  // namespace

const RangeLocation* RangeLocator::Find(TableId table, std::string_view row) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return nullptr;
  const auto range = found->second.lower_bound(model::MetadataSearchKey(table, row));
  if (range == found->second.end() || !range->second.range.Contains(row)) return nullptr;
  return &range->second;
}

void RangeLocator::Remember(RangeLocation location) {
  RangesByEnd& ranges = tables_[location.range.table];
  if (count_ >= kMaxRanges) {
    count_ -= ranges.size();
    ranges.clear();
  }
  // Whatever overlaps (start, end] lies behind its start: drop it up to and with the first that reaches the end.
  const std::string end = model::MetadataRowName(location.range.table, location.range.end_row);
  auto next = location.range.start_row
                  ? ranges.upper_bound(model::MetadataRowName(location.range.table, location.range.start_row))
                  : ranges.begin();
  while (next != ranges.end()) {
    const bool starts_behind = next->second.range.start_row && location.range.end_row &&
                               *next->second.range.start_row >= *location.range.end_row;
    if (starts_behind) break;
    next = ranges.erase(next);
    --count_;
  }
  ranges.insert_or_assign(end, std::move(location));
  ++count_;
}

void RangeLocator::Forget(TableId table, std::string_view row) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return;
  const auto range = found->second.lower_bound(model::MetadataSearchKey(table, row));
  if (range == found->second.end() || !range->second.range.Contains(row)) return;
  const std::string address = range->second.address;
  found->second.erase(range);
  --count_;
  if (!stub_.IsConnected(address)) ForgetServer(address);
  directory_.Forget();
}

void RangeLocator::ForgetServer(const std::string& address) {
  for (auto& [table, ranges] : tables_) {
    count_ -= std::erase_if(ranges, [&address](const auto& entry) { return entry.second.address == address; });
  }
}

void RangeLocator::ForgetAll() {
  tables_.clear();
  count_ = 0;
}

Task<Result<RangeLocation>> RangeLocator::Locate(TableId table, std::string row, Deadline deadline) {
  if (const RangeLocation* known = Find(table, row)) co_return *known;
  if (table == model::kMetadataTable && model::RootRange().Contains(row)) co_return co_await LocateRoot(deadline);
  co_return co_await LookUp(table, std::move(row), deadline);
}

Task<Result<RangeLocation>> RangeLocator::LocateRoot(Deadline deadline) {
  RangeLocation root;
  root.range = model::RootRange();
  CO_TRY(root.location, co_await directory_.RootLocation(deadline));
  auto address = co_await directory_.AddressOf(root.location, deadline);
  if (!address.ok()) {
    directory_.Forget();  // its location may be an earlier owner's
    co_return std::move(address).status();
  }
  root.address = std::move(address).value();
  Remember(root);
  co_return root;
}

Task<Result<RangeLocation>> RangeLocator::LookUp(TableId table, std::string row, Deadline deadline) {
  const std::string search_key = model::MetadataSearchKey(table, row);
  CO_TRY(const RangeLocation home, co_await Locate(model::kMetadataTable, search_key, deadline));
  protocol::CreateScannerRequest request = ScanRequestFor(model::kMetadataTable, *model::MetadataSchema(), home.range);
  request.scan_spec = LookupSpec(table, row).Encode();
  auto block = co_await stub_.CreateScanner(home.address, std::move(request), deadline);
  if (!block.ok()) {
    Forget(model::kMetadataTable, search_key);
    co_return std::move(block).status().WithContext("looking up " + model::QuoteBytes(search_key));
  }
  CO_TRY(const std::vector<model::Cell> cells, model::DecodeScanBlock(block->cells));
  CO_TRY(std::vector<RangeRecord> records, model::DecodeRangeRecords(cells));
  for (size_t i = records.size(); i-- > 1;) {
    auto ahead = co_await Resolve(std::move(records[i]), deadline);
    if (ahead.ok()) Remember(std::move(ahead).value());
  }
  if (records.empty() || !records[0].range.Contains(row)) {
    co_return common::NotFound(
        fmt::format("METADATA has no range of table {} that holds row {}", table.ToString(), model::QuoteBytes(row)));
  }
  CO_TRY(RangeLocation location, co_await Resolve(std::move(records[0]), deadline));
  Remember(location);
  co_return location;
}

Task<Result<RangeLocation>> RangeLocator::Resolve(RangeRecord record, Deadline deadline) {
  // Of a range that is granted and not served yet, the owner knows how far it is, or what is wrong with it.
  if (record.state != model::RangeState::kServing && record.state != model::RangeState::kGranted) {
    co_return common::Unavailable(
        fmt::format("range {} is not served: {}", record.range.ToString(), model::RangeStateName(record.state)));
  }
  RangeLocation location;
  location.range = std::move(record.range);
  location.location = std::move(record.location);
  location.epoch = record.epoch;
  CO_TRY(location.address, co_await directory_.AddressOf(location.location, deadline));
  co_return location;
}

}  // namespace cellar::client
