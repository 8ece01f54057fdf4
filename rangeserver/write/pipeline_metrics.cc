#include "rangeserver/write/pipeline_metrics.h"

#include <string>

namespace cellar::rangeserver {
namespace {

constexpr double kBatchBuckets[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

constexpr auto kGroupBatches = common::HistogramMetric("cellar_rangeserver_group_batches", "batches",
                                                       "Batches that were committed together", kBatchBuckets);
constexpr auto kGroupBytes = common::HistogramMetric("cellar_rangeserver_group_bytes", "bytes",
                                                     "Bytes that were committed together", common::kSizeBucketsBytes);
constexpr auto kCommit = common::HistogramMetric("cellar_rangeserver_commit_seconds", "seconds",
                                                 "Writing and syncing one group", common::kLatencyBucketsSeconds);

common::MetricLabels LabelsOf(storage::LogClass log_class) {
  return {{"log", std::string(storage::LogClassName(log_class))}};
}

}  // namespace

PipelineMetrics::PipelineMetrics(MetricsRegistry& registry, storage::LogClass log_class)
    : group_batches(registry.AddHistogram(kGroupBatches, LabelsOf(log_class))),
      group_bytes(registry.AddHistogram(kGroupBytes, LabelsOf(log_class))),
      commit_seconds(registry.AddHistogram(kCommit, LabelsOf(log_class))) {}

}  // namespace cellar::rangeserver
