#include "master/service/master_status.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/values.h"

namespace cellar::master {
namespace {

using common::CounterMetric;
using common::GaugeMetric;
using Json = nlohmann::ordered_json;

constexpr size_t kShownOperations = 20;

constexpr auto kTerm = GaugeMetric("cellar_master_term", "terms", "Term of this master");
constexpr auto kRecovered = GaugeMetric("cellar_master_recovered", "", "1 when every range was brought back");
constexpr auto kServers = GaugeMetric("cellar_master_servers", "servers", "Range servers by state");
constexpr auto kOperations = GaugeMetric("cellar_master_operations", "operations", "Durable operations under way");
constexpr auto kProblems = GaugeMetric("cellar_master_problems", "problems", "What an operator should know of");
constexpr auto kRemoved =
    CounterMetric("cellar_master_garbage_removed_total", "files", "Files and directories that nothing referred to");

Json ServersAsJson(const protocol::MasterStatusResponse& status) {
  Json servers = Json::array();
  for (const protocol::ServerEntry& server : status.servers) {
    Json one;
    one["location"] = server.location;
    one["address"] = server.address;
    one["incarnation"] = protocol::FromMessage(server.incarnation).ToString();
    one["state"] = server.state;
    servers.push_back(std::move(one));
  }
  return servers;
}

/// Newest first.
Json OperationsAsJson(const protocol::MasterStatusResponse& status) {
  Json operations = Json::array();
  size_t ended = 0;
  for (auto operation = status.operations.rbegin(); operation != status.operations.rend(); ++operation) {
    if (operation->done && ++ended > kShownOperations) continue;
    Json one;
    one["id"] = operation->id;
    one["kind"] = operation->kind;
    one["subject"] = operation->subject;
    one["state"] = operation->state;
    one["done"] = operation->done;
    operations.push_back(std::move(one));
  }
  return operations;
}

}  // namespace

std::string StatusAsJson(const protocol::MasterStatusResponse& status) {
  Json json;
  json["term"] = status.term;
  json["cluster"] = status.cluster_id;
  json["recovered"] = status.recovered;
  json["collected"] = status.collected;
  json["read_only"] = status.read_only;
  json["garbage_removed"] = status.garbage_removed;
  json["servers"] = ServersAsJson(status);
  json["problems"] = status.problems;
  json["operations"] = OperationsAsJson(status);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

MasterStatusMetrics::MasterStatusMetrics(MetricsRegistry& registry)
    : registry_(registry),
      term_(registry.AddGauge(kTerm)),
      recovered_(registry.AddGauge(kRecovered)),
      operations_(registry.AddGauge(kOperations)),
      problems_(registry.AddGauge(kProblems)),
      removed_(registry.AddCounter(kRemoved)) {}

void MasterStatusMetrics::Refresh(const protocol::MasterStatusResponse& status) {
  std::map<std::string, int64_t> states = {{"registered", 0}, {"ready", 0}, {"dead", 0}};
  for (const protocol::ServerEntry& server : status.servers) ++states[server.state];
  for (const auto& [state, count] : states) registry_.AddGauge(kServers, {{"state", state}}).Set(count);
  int64_t under_way = 0;
  for (const protocol::OperationEntry& operation : status.operations) under_way += operation.done ? 0 : 1;
  term_.Set(status.term);
  recovered_.Set(status.recovered ? 1 : 0);
  operations_.Set(under_way);
  problems_.Set(static_cast<int64_t>(status.problems.size()));
  const auto removed = static_cast<uint64_t>(status.garbage_removed);
  if (removed > removed_.value()) removed_.Add(removed - removed_.value());
}

}  // namespace cellar::master
