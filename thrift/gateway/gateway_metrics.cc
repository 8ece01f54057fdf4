#include "thrift/gateway/gateway_metrics.h"

namespace cellar::thrift {
namespace {

constexpr auto kSeconds =
    common::HistogramMetric("cellar_gateway_call_seconds", "seconds",
                            "time from a whole request to its answer, by method", common::kLatencyBucketsSeconds);
constexpr auto kFailures = common::CounterMetric("cellar_gateway_call_failures_total", "calls",
                                                 "calls that were answered by an error, by method");
constexpr auto kUnknown =
    common::CounterMetric("cellar_gateway_unknown_methods_total", "calls", "calls of methods that do not exist");
constexpr auto kSlow = common::CounterMetric("cellar_gateway_slow_calls_total", "calls",
                                             "calls that took longer than gateway.slow_call_ms");
constexpr auto kConnections = common::GaugeMetric("cellar_gateway_connections", "connections", "connections open");
constexpr auto kThreads = common::GaugeMetric("cellar_gateway_threads", "threads", "threads that calls run on");
constexpr auto kAccepted =
    common::CounterMetric("cellar_gateway_connections_accepted_total", "connections", "connections taken");
constexpr auto kRefused = common::CounterMetric("cellar_gateway_connections_refused_total", "connections",
                                                "connections turned away because too many were open");
constexpr auto kBroken =
    common::CounterMetric("cellar_gateway_connections_broken_total", "connections",
                          "connections that ended within a request, stalled, or sent something else than requests");
constexpr auto kBytesIn = common::CounterMetric("cellar_gateway_received_bytes_total", "bytes", "bytes of requests");
constexpr auto kBytesOut = common::CounterMetric("cellar_gateway_sent_bytes_total", "bytes", "bytes of answers");

void RaiseTo(uint64_t value, Counter* counter) {
  counter->Add(value - counter->value());
}

}  // namespace

GatewayMetrics::GatewayMetrics(MetricsRegistry& registry, const MethodTable& table)
    : unknown_methods(registry.AddCounter(kUnknown)),
      slow_calls(registry.AddCounter(kSlow)),
      connections_(registry.AddGauge(kConnections)),
      threads_(registry.AddGauge(kThreads)),
      accepted_(registry.AddCounter(kAccepted)),
      refused_(registry.AddCounter(kRefused)),
      broken_(registry.AddCounter(kBroken)),
      bytes_in_(registry.AddCounter(kBytesIn)),
      bytes_out_(registry.AddCounter(kBytesOut)) {
  for (const MethodTable::Method* method : table.All()) {
    const common::MetricLabels labels = {{"method", method->name}};
    methods_[method->name] =
        OfMethod{&registry.AddHistogram(kSeconds, labels), &registry.AddCounter(kFailures, labels)};
  }
}

void GatewayMetrics::Count(const MethodTable::Method& method, Nanos duration, bool failed) {
  const OfMethod& of_method = methods_.find(method.name)->second;
  of_method.seconds->ObserveDuration(duration);
  if (failed) of_method.failures->Increment();
}

void GatewayMetrics::Show(const FramedServerStats& stats, size_t threads) {
  connections_.Set(static_cast<int64_t>(stats.connections));
  threads_.Set(static_cast<int64_t>(threads));
  RaiseTo(stats.accepted, &accepted_);
  RaiseTo(stats.refused, &refused_);
  RaiseTo(stats.broken, &broken_);
  RaiseTo(stats.bytes_in, &bytes_in_);
  RaiseTo(stats.bytes_out, &bytes_out_);
}

uint64_t GatewayMetrics::call_count() const {
  uint64_t count = 0;
  for (const auto& [name, of_method] : methods_) count += of_method.seconds->count();
  return count;
}

}  // namespace cellar::thrift
