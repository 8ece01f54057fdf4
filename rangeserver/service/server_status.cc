#include "rangeserver/service/server_status.h"

#include <nlohmann/json.hpp>

#include "model/metadata_row.h"
#include "protocol/values.h"

namespace cellar::rangeserver {
namespace {

using common::CounterMetric;
using common::GaugeMetric;
using common::MetricLabels;
using Json = nlohmann::ordered_json;

constexpr auto kRanges = GaugeMetric("cellar_rangeserver_ranges", "ranges", "Ranges by state");
constexpr auto kCacheBytes = GaugeMetric("cellar_rangeserver_cache_bytes", "bytes", "Memory of CellCaches");
constexpr auto kStores = GaugeMetric("cellar_rangeserver_stores", "files", "CellStores of the ranges");
constexpr auto kStoreBytes = GaugeMetric("cellar_rangeserver_store_bytes", "bytes", "Bytes of these CellStores");
constexpr auto kBlockCacheBytes =
    GaugeMetric("cellar_rangeserver_block_cache_bytes", "bytes", "Memory of cached blocks of CellStores");
constexpr auto kScanners = GaugeMetric("cellar_rangeserver_scanners", "scanners", "Open scanners");
constexpr auto kFilesUnderWay = GaugeMetric("cellar_rangeserver_files_under_way", "files", "CellStores being written");
constexpr auto kLogBytes = GaugeMetric("cellar_rangeserver_log_bytes", "bytes", "Bytes of a commit log, not pruned");
constexpr auto kLogFragments = GaugeMetric("cellar_rangeserver_log_fragments", "files", "Fragments of a commit log");
constexpr auto kBatches = CounterMetric("cellar_rangeserver_batches_total", "batches", "Batches applied");
constexpr auto kGroups = CounterMetric("cellar_rangeserver_groups_total", "groups", "Groups committed");
constexpr auto kCellsWritten = CounterMetric("cellar_rangeserver_cells_written_total", "cells", "Cells applied");
constexpr auto kBytesWritten =
    CounterMetric("cellar_rangeserver_written_bytes_total", "bytes", "Bytes of batches applied");
constexpr auto kCellsRead = CounterMetric("cellar_rangeserver_cells_read_total", "cells", "Cells sent to readers");
constexpr auto kBytesRead = CounterMetric("cellar_rangeserver_read_bytes_total", "bytes", "Bytes sent to readers");
constexpr auto kCompactions = CounterMetric("cellar_rangeserver_compactions_total", "compactions", "Compactions ended");
constexpr auto kFailed =
    CounterMetric("cellar_rangeserver_compactions_failed_total", "compactions", "Compactions that ended with an error");
constexpr auto kRunning = GaugeMetric("cellar_rangeserver_compactions_running", "compactions", "Compactions under way");

Json RangesAsJson(const protocol::ServerStatusResponse& status) {
  Json ranges = Json::array();
  for (const protocol::RangeStats& range : status.ranges) {
    Json one;
    one["range"] = protocol::FromMessage(range.range).ToString();
    one["epoch"] = protocol::FromMessage(range.epoch).ToString();
    one["state"] = range.state;
    one["cache_bytes"] = range.cache_bytes;
    one["stores"] = range.store_count;
    one["store_bytes"] = range.store_bytes;
    one["cells_estimate"] = range.cell_count_estimate;
    ranges.push_back(std::move(one));
  }
  return ranges;
}

Json LogsAsJson(const protocol::ServerStatusResponse& status) {
  Json logs = Json::object();
  for (const protocol::LogStats& log : status.logs) {
    Json& one = logs[log.log_class];
    one["bytes"] = log.bytes;
    one["fragments"] = log.fragments;
    one["groups"] = log.groups;
    one["batches"] = log.batches;
    one["cells_written"] = log.cells;
    one["bytes_written"] = log.batch_bytes;
    if (!log.problem.empty()) one["problem"] = log.problem;
  }
  return logs;
}

Json CompactionsAsJson(const protocol::ServerStatusResponse& status) {
  Json compactions = Json::object();
  for (const protocol::CompactionStats& kind : status.compactions) {
    compactions[kind.kind] = {{"running", kind.running}, {"ended", kind.ended}, {"failed", kind.failed}};
  }
  return compactions;
}

}  // namespace

std::string StatusAsJson(const protocol::ServerStatusResponse& status) {
  Json json;
  json["location"] = status.location;
  json["incarnation"] = protocol::FromMessage(status.incarnation).ToString();
  json["cache_bytes"] = status.memory_bytes;
  json["block_cache_bytes"] = status.block_cache_bytes;
  json["scanners"] = status.scanner_count;
  json["cells_read"] = status.cells_read;
  json["bytes_read"] = status.bytes_read;
  json["files_under_way"] = status.files_under_way.size();
  json["logs"] = LogsAsJson(status);
  json["compactions"] = CompactionsAsJson(status);
  json["problems"] = status.problems;
  json["ranges"] = RangesAsJson(status);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void ServerStatusMetrics::SetGauge(const common::MetricDeclaration& declaration, int64_t value,
                                   const MetricLabels& labels) {
  registry_.AddGauge(declaration, labels).Set(value);
}

void ServerStatusMetrics::RaiseCounter(const common::MetricDeclaration& declaration, int64_t value,
                                       const MetricLabels& labels) {
  Counter& counter = registry_.AddCounter(declaration, labels);
  const auto known = static_cast<int64_t>(counter.value());
  if (value > known) counter.Add(static_cast<uint64_t>(value - known));
}

void ServerStatusMetrics::Refresh(const protocol::ServerStatusResponse& status) {
  std::map<std::string, int64_t> states = {{"loading", 0}, {"serving", 0}, {"unloading", 0}, {"offline", 0}};
  int64_t stores = 0;
  int64_t store_bytes = 0;
  for (const protocol::RangeStats& range : status.ranges) {
    ++states[range.state];
    stores += range.store_count;
    store_bytes += range.store_bytes;
  }
  for (const auto& [state, count] : states) SetGauge(kRanges, count, {{"state", state}});
  SetGauge(kCacheBytes, status.memory_bytes);
  SetGauge(kStores, stores);
  SetGauge(kStoreBytes, store_bytes);
  SetGauge(kBlockCacheBytes, status.block_cache_bytes);
  SetGauge(kScanners, status.scanner_count);
  SetGauge(kFilesUnderWay, static_cast<int64_t>(status.files_under_way.size()));
  RaiseCounter(kCellsRead, status.cells_read);
  RaiseCounter(kBytesRead, status.bytes_read);
  for (const protocol::LogStats& log : status.logs) {
    const MetricLabels labels = {{"log", log.log_class}};
    SetGauge(kLogBytes, log.bytes, labels);
    SetGauge(kLogFragments, log.fragments, labels);
    RaiseCounter(kBatches, log.batches, labels);
    RaiseCounter(kGroups, log.groups, labels);
    RaiseCounter(kCellsWritten, log.cells, labels);
    RaiseCounter(kBytesWritten, log.batch_bytes, labels);
  }
  for (const protocol::CompactionStats& kind : status.compactions) {
    const MetricLabels labels = {{"kind", kind.kind}};
    SetGauge(kRunning, kind.running, labels);
    RaiseCounter(kCompactions, kind.ended, labels);
    RaiseCounter(kFailed, kind.failed, labels);
  }
}

}  // namespace cellar::rangeserver
