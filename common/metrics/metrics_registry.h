#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "common/concurrency/mutex.h"
#include "common/metrics/handles.h"
#include "common/metrics/metric.h"

namespace cellar::common {

/// Owns the numbers of one process, or of one role where several share a process; passed by reference to what counts.
/// Thread-safe; Add… takes a lock, so it is called when a component is made, not when it counts.
///
/// Invariants: 1. a handle is valid as long as the registry; 2. one declaration and set of labels is one series:
/// asking again gives the same handle; 3. a metric has at most kMaxSeries series: later ones share the one with
/// the label overflow="true".
class MetricsRegistry {
 public:
  static constexpr size_t kMaxSeries = 1'000;

  MetricsRegistry() = default;
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  /// The kind must be the declaration's, and a name must always come with the same declaration (CHECK).
  Counter& AddCounter(const MetricDeclaration& declaration, const MetricLabels& labels = {});
  Gauge& AddGauge(const MetricDeclaration& declaration, const MetricLabels& labels = {});
  Histogram& AddHistogram(const MetricDeclaration& declaration, const MetricLabels& labels = {});

  /// All series in the Prometheus text format 0.0.4, sorted by name, then labels.
  std::string PrometheusText() const;

 private:
  struct Series {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
  };
  struct Family {
    const MetricDeclaration* declaration = nullptr;
    std::map<std::string, Series> series;  ///< By their labels as printed: `table="0/1",kind="x"`.
  };

  Series& FindOrAdd(const MetricDeclaration& declaration, MetricKind kind, const MetricLabels& labels) REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string_view, Family> families_ GUARDED_BY(mutex_);
};

/// docs/reference/metrics.md, generated: name, kind, unit, help.
std::string MetricsReferencePage(std::span<const MetricDeclaration* const> declarations);

}  // namespace cellar::common

namespace cellar {
using common::MetricsRegistry;
}  // namespace cellar
