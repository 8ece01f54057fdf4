#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/metrics/metrics_registry.h"
#include "protocol/gen/rangeserver_types.h"

namespace cellar::rangeserver {

/// The status as one JSON object, for /status.
std::string StatusAsJson(const protocol::ServerStatusResponse& status);

/// The status as metrics. Used on one loop.
class ServerStatusMetrics {
 public:
  explicit ServerStatusMetrics(MetricsRegistry& registry) : registry_(registry) {}

  /// Brings them up to date. Counts in `status` only rise from one call to the next.
  void Refresh(const protocol::ServerStatusResponse& status);

 private:
  void SetGauge(const common::MetricDeclaration& declaration, int64_t value, const common::MetricLabels& labels = {});
  void RaiseCounter(const common::MetricDeclaration& declaration, int64_t value,
                    const common::MetricLabels& labels = {});

  MetricsRegistry& registry_;
};

}  // namespace cellar::rangeserver
