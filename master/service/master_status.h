#pragma once

#include <string>

#include "common/metrics/metrics_registry.h"
#include "protocol/gen/master_types.h"

namespace cellar::master {

/// The status as one JSON object, for /status: of the operations those under way and the last few that ended.
std::string StatusAsJson(const protocol::MasterStatusResponse& status);

/// The status as metrics. Used on one loop.
class MasterStatusMetrics {
 public:
  explicit MasterStatusMetrics(MetricsRegistry& registry);

  void Refresh(const protocol::MasterStatusResponse& status);

 private:
  MetricsRegistry& registry_;
  Gauge& term_;
  Gauge& recovered_;
  Gauge& operations_;
  Gauge& problems_;
  Counter& removed_;
};

}  // namespace cellar::master
