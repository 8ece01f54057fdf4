#include "common/metrics/metrics_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr std::string_view kOverflowLabels = "overflow=\"true\"";

void AppendEscaped(std::string* out, std::string_view text, bool in_label) {
  for (char c : text) {
    if (c == '\\') {
      out->append("\\\\");
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '"' && in_label) {
      out->append("\\\"");
    } else {
      out->push_back(c);
    }
  }
}

std::string PrintLabels(const MetricLabels& labels) {
  std::string printed;
  for (const auto& [name, value] : labels) {
    if (!printed.empty()) printed.push_back(',');
    printed.append(name).append("=\"");
    AppendEscaped(&printed, value, true);
    printed.push_back('"');
  }
  return printed;
}

std::string_view KindName(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      break;
  }
  return "histogram";
}

/// `name{labels} value`, or without braces.
template <typename T>
void AppendSample(std::string* out, std::string_view name, std::string_view suffix, std::string_view labels, T value) {
  const std::string_view open = labels.empty() ? "" : "{";
  const std::string_view close = labels.empty() ? "" : "}";
  fmt::format_to(std::back_inserter(*out), "{}{}{}{}{} {}\n", name, suffix, open, labels, close, value);
}

void AppendHistogram(std::string* out, std::string_view name, const std::string& labels, const Histogram& histogram) {
  const std::string separator = labels.empty() ? "" : ",";
  uint64_t cumulative = 0;
  for (size_t i = 0; i <= histogram.bounds().size(); ++i) {
    cumulative += histogram.bucket_count(i);
    const std::string bound = i < histogram.bounds().size() ? fmt::format("{}", histogram.bounds()[i]) : "+Inf";
    AppendSample(out, name, "_bucket", fmt::format("{}{}le=\"{}\"", labels, separator, bound), cumulative);
  }
  AppendSample(out, name, "_sum", labels, histogram.sum());
  AppendSample(out, name, "_count", labels, cumulative);
}

}  // namespace

Counter& MetricsRegistry::AddCounter(const MetricDeclaration& declaration, const MetricLabels& labels) {
  MutexLock lock(mutex_);
  Series& series = FindOrAdd(declaration, MetricKind::kCounter, labels);
  if (series.counter == nullptr) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& MetricsRegistry::AddGauge(const MetricDeclaration& declaration, const MetricLabels& labels) {
  MutexLock lock(mutex_);
  Series& series = FindOrAdd(declaration, MetricKind::kGauge, labels);
  if (series.gauge == nullptr) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& MetricsRegistry::AddHistogram(const MetricDeclaration& declaration, const MetricLabels& labels) {
  MutexLock lock(mutex_);
  Series& series = FindOrAdd(declaration, MetricKind::kHistogram, labels);
  if (series.histogram == nullptr) series.histogram = std::make_unique<Histogram>(declaration.bucket_bounds);
  return *series.histogram;
}

MetricsRegistry::Series& MetricsRegistry::FindOrAdd(const MetricDeclaration& declaration, MetricKind kind,
                                                    const MetricLabels& labels) {
  CHECK(declaration.kind == kind);
  Family& family = families_[declaration.name];
  if (family.declaration == nullptr) family.declaration = &declaration;
  CHECK(family.declaration->kind == kind && family.declaration->help == declaration.help);
  std::string key = PrintLabels(labels);
  if (!family.series.contains(key) && family.series.size() >= kMaxSeries) key = kOverflowLabels;
  return family.series[key];
}

std::string MetricsRegistry::PrometheusText() const {
  MutexLock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out.append("# HELP ").append(name).append(" ");
    AppendEscaped(&out, family.declaration->help, false);
    fmt::format_to(std::back_inserter(out), "\n# TYPE {} {}\n", name, KindName(family.declaration->kind));
    for (const auto& [labels, series] : family.series) {
      if (series.counter != nullptr) AppendSample(&out, name, "", labels, series.counter->value());
      if (series.gauge != nullptr) AppendSample(&out, name, "", labels, series.gauge->value());
      if (series.histogram != nullptr) AppendHistogram(&out, name, labels, *series.histogram);
    }
  }
  return out;
}

std::string MetricsReferencePage(std::span<const MetricDeclaration* const> declarations) {
  std::vector<const MetricDeclaration*> sorted(declarations.begin(), declarations.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const MetricDeclaration* a, const MetricDeclaration* b) { return a->name < b->name; });
  std::string page =
      "# Metrics\n\nGenerated from the declarations; do not edit. Served at `/metrics` in the Prometheus text "
      "format.\n\n"
      "| Name | Kind | Unit | What |\n|---|---|---|---|\n";
  for (const MetricDeclaration* metric : sorted) {
    page += fmt::format("| `{}` | {} | {} | {} |\n", metric->name, KindName(metric->kind), metric->unit, metric->help);
  }
  return page;
}

}  // namespace cellar::common
