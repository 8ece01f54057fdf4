#pragma once

#include "common/metrics/metrics_registry.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::rangeserver {

/// What a write pipeline observes once a group.
struct PipelineMetrics {
  Histogram& group_batches;
  Histogram& group_bytes;
  Histogram& commit_seconds;  ///< From the decision to write a group to its sync.

  PipelineMetrics(MetricsRegistry& registry, storage::LogClass log_class);
};

}  // namespace cellar::rangeserver
