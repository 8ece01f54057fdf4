#include "fsbroker/broker/broker_metrics.h"

namespace cellar::fsbroker {
namespace {

constexpr auto kSeconds =
    common::HistogramMetric("cellar_fsbroker_call_seconds", "seconds",
                            "time from a call's arguments to its answer, by call", common::kLatencyBucketsSeconds);
constexpr auto kFailures = common::CounterMetric("cellar_fsbroker_call_failures_total", "calls",
                                                 "calls that were answered by an error, by call");
constexpr auto kReadBytes =
    common::CounterMetric("cellar_fsbroker_read_bytes_total", "bytes", "bytes of files that were read");
constexpr auto kAppendedBytes =
    common::CounterMetric("cellar_fsbroker_appended_bytes_total", "bytes", "bytes that were appended to files");
constexpr auto kAccepted =
    common::CounterMetric("cellar_fsbroker_connections_accepted_total", "connections", "connections taken");
constexpr auto kRefused = common::CounterMetric("cellar_fsbroker_connections_refused_total", "connections",
                                                "connections turned away because too many were open");
constexpr auto kBroken = common::CounterMetric("cellar_fsbroker_connections_broken_total", "connections",
                                               "connections that ended within a message or broke the protocol");
constexpr auto kConnections = common::GaugeMetric("cellar_fsbroker_connections", "connections", "connections open");
constexpr auto kOpenFiles =
    common::GaugeMetric("cellar_fsbroker_open_files", "files", "files open for clients, readers and writers");
constexpr auto kSessions = common::GaugeMetric("cellar_fsbroker_sessions", "sessions",
                                               "clients with connections, or with handles under a lease");

constexpr const char* kCallNames[kBrokerCallCount] = {
    "hello",  "create", "append",           "open", "read", "length", "close", "create_directories", "list_directory",
    "exists", "remove", "remove_directory", "seal"};

}  // namespace

BrokerMetrics::BrokerMetrics(MetricsRegistry& registry)
    : read_bytes(registry.AddCounter(kReadBytes)),
      appended_bytes(registry.AddCounter(kAppendedBytes)),
      connections_accepted(registry.AddCounter(kAccepted)),
      connections_refused(registry.AddCounter(kRefused)),
      connections_broken(registry.AddCounter(kBroken)),
      connections(registry.AddGauge(kConnections)),
      open_files(registry.AddGauge(kOpenFiles)),
      sessions(registry.AddGauge(kSessions)) {
  for (size_t call = 0; call < kBrokerCallCount; ++call) {
    const common::MetricLabels labels = {{"call", kCallNames[call]}};
    seconds_[call] = &registry.AddHistogram(kSeconds, labels);
    failures_[call] = &registry.AddCounter(kFailures, labels);
  }
}

}  // namespace cellar::fsbroker
