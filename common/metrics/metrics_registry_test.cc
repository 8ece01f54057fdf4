#include "common/metrics/metrics_registry.h"

#include <gtest/gtest.h>

#include <string>

namespace cellar::common {
namespace {

constexpr double kBounds[] = {1, 2.5, 10};
constexpr auto kWrites = CounterMetric("cellar_test_writes_total", "writes", "Writes with a \\ in the help");
constexpr auto kOpen = GaugeMetric("cellar_test_open_files", "files", "Open files");
constexpr auto kLatency = HistogramMetric("cellar_test_latency_seconds", "seconds", "How long", kBounds);

TEST(MetricsRegistryTest, Text_HasHelpTypeAndSortedSeries) {
  MetricsRegistry registry;
  registry.AddCounter(kWrites, {{"table", "b"}}).Add(7);
  registry.AddCounter(kWrites, {{"table", "a"}, {"kind", "x\"y\\z\n"}}).Increment();
  registry.AddGauge(kOpen).Set(-3);
  EXPECT_EQ(registry.PrometheusText(),
            "# HELP cellar_test_open_files Open files\n"
            "# TYPE cellar_test_open_files gauge\n"
            "cellar_test_open_files -3\n"
            "# HELP cellar_test_writes_total Writes with a \\\\ in the help\n"
            "# TYPE cellar_test_writes_total counter\n"
            "cellar_test_writes_total{table=\"a\",kind=\"x\\\"y\\\\z\\n\"} 1\n"
            "cellar_test_writes_total{table=\"b\"} 7\n");
}

TEST(MetricsRegistryTest, Histogram_BucketsAreCumulativeAndBoundsInclusive) {
  MetricsRegistry registry;
  Histogram& latency = registry.AddHistogram(kLatency);
  for (double value : {0.5, 1.0, 2.0, 10.0, 11.0}) latency.Observe(value);
  latency.ObserveDuration(3 * kSecond);
  EXPECT_EQ(latency.count(), 6u);
  EXPECT_EQ(registry.PrometheusText(),
            "# HELP cellar_test_latency_seconds How long\n"
            "# TYPE cellar_test_latency_seconds histogram\n"
            "cellar_test_latency_seconds_bucket{le=\"1\"} 2\n"
            "cellar_test_latency_seconds_bucket{le=\"2.5\"} 3\n"
            "cellar_test_latency_seconds_bucket{le=\"10\"} 5\n"
            "cellar_test_latency_seconds_bucket{le=\"+Inf\"} 6\n"
            "cellar_test_latency_seconds_sum 27.5\n"
            "cellar_test_latency_seconds_count 6\n");
}

TEST(MetricsRegistryTest, SameSeries_SameHandle) {
  MetricsRegistry registry;
  Counter& first = registry.AddCounter(kWrites, {{"table", "a"}});
  EXPECT_EQ(&first, &registry.AddCounter(kWrites, {{"table", "a"}}));
  EXPECT_NE(&first, &registry.AddCounter(kWrites, {{"table", "b"}}));
  Gauge& gauge = registry.AddGauge(kOpen);
  gauge.Add(5);
  registry.AddGauge(kOpen).Add(-2);
  EXPECT_EQ(gauge.value(), 3);
}

TEST(MetricsRegistryTest, TooManySeries_ShareOne) {
  MetricsRegistry registry;
  for (size_t i = 0; i < MetricsRegistry::kMaxSeries; ++i) registry.AddCounter(kWrites, {{"table", std::to_string(i)}});
  Counter& overflow = registry.AddCounter(kWrites, {{"table", "one more"}});
  EXPECT_EQ(&overflow, &registry.AddCounter(kWrites, {{"table", "and one"}}));
  EXPECT_NE(registry.PrometheusText().find("cellar_test_writes_total{overflow=\"true\"} 0"), std::string::npos);
}

TEST(MetricsRegistryTest, ReferencePage_ListsDeclarations) {
  const MetricDeclaration* const all[] = {&kWrites, &kLatency};
  const std::string page = MetricsReferencePage(all);
  EXPECT_NE(
      page.find("| `cellar_test_latency_seconds` | histogram | seconds | How long |\n| `cellar_test_writes_total`"),
      std::string::npos)
      << page;
}

TEST(MetricsRegistryDeathTest, WrongKind_StopsTheProcess) {
  MetricsRegistry registry;
  EXPECT_DEATH(registry.AddGauge(kWrites), "CHECK");
}

}  // namespace
}  // namespace cellar::common
