#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/check.h"

namespace cellar::common {

enum class MetricKind : uint8_t {
  kCounter,   ///< Only rises. Its name ends in _total.
  kGauge,     ///< A level: rises and falls.
  kHistogram  ///< A distribution: counts in buckets, sum, count.
};

/// All that is known about one metric but its numbers. Declared once, as a constant that lives for ever, by the
/// functions below; names follow Prometheus: cellar_<component>_<what>_<unit>, base units (seconds, bytes).
struct MetricDeclaration {
  std::string_view name;
  MetricKind kind = MetricKind::kCounter;
  std::string_view unit;                  ///< "bytes", "seconds", "cells", …; for the reference page.
  std::string_view help;                  ///< One line.
  std::span<const double> bucket_bounds;  ///< kHistogram: upper bounds (inclusive), rising; +Inf is implied.
};

/// ("table", "0/1"): what tells the series of one metric apart. Few values only: each costs memory for ever.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

inline constexpr size_t kMaxBuckets = 32;

/// Ten microseconds to one minute.
inline constexpr double kLatencyBucketsSeconds[] = {1e-5,   2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2,
                                                    2.5e-2, 5e-2,   0.1,  0.25, 0.5,    1.0,  2.5,  5.0,    10.0, 60.0};
/// 64 bytes to 1 GiB, by fours.
inline constexpr double kSizeBucketsBytes[] = {64,      256,     1024,     4096,     16384,     65536,     262144,
                                               1048576, 4194304, 16777216, 67108864, 268435456, 1073741824};

consteval bool IsMetricName(std::string_view name) {
  for (char c : name) {
    if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
  }
  return name.starts_with("cellar_");
}

consteval MetricDeclaration CounterMetric(std::string_view name, std::string_view unit, std::string_view help) {
  CHECK(IsMetricName(name) && name.ends_with("_total") && !help.empty());
  return {name, MetricKind::kCounter, unit, help, {}};
}

consteval MetricDeclaration GaugeMetric(std::string_view name, std::string_view unit, std::string_view help) {
  CHECK(IsMetricName(name) && !name.ends_with("_total") && !help.empty());
  return {name, MetricKind::kGauge, unit, help, {}};
}

consteval MetricDeclaration HistogramMetric(std::string_view name, std::string_view unit, std::string_view help,
                                            std::span<const double> bucket_bounds) {
  CHECK(IsMetricName(name) && !help.empty() && !bucket_bounds.empty() && bucket_bounds.size() <= kMaxBuckets);
  for (size_t i = 1; i < bucket_bounds.size(); ++i) CHECK(bucket_bounds[i - 1] < bucket_bounds[i]);
  return {name, MetricKind::kHistogram, unit, help, bucket_bounds};
}

}  // namespace cellar::common
