#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "common/metrics/metric.h"
#include "common/time/clock.h"

namespace cellar::common {

// What code that counts holds: references to numbers that a MetricsRegistry owns. Thread-safe, lock-free, a few
// nanoseconds each. Each sits on cache lines of its own.

class alignas(64) Counter {
 public:
  void Add(uint64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void Increment() { Add(1); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class alignas(64) Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t delta) { value_.fetch_add(delta, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

class alignas(64) Histogram {
 public:
  /// `bounds` as in MetricDeclaration; borrowed for ever.
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds) {}

  void Observe(double value);
  /// For histograms of seconds.
  void ObserveDuration(Nanos duration) { Observe(static_cast<double>(duration) * 1e-9); }

  uint64_t count() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

  std::span<const double> bounds() const { return bounds_; }
  /// Observations in bucket `index`: at most bounds()[index], above the one before; index bounds().size() is the rest.
  uint64_t bucket_count(size_t index) const { return counts_[index].load(std::memory_order_relaxed); }

 private:
  const std::span<const double> bounds_;
  std::atomic<double> sum_{0};
  std::array<std::atomic<uint64_t>, kMaxBuckets + 1> counts_{};
};

}  // namespace cellar::common

namespace cellar {
using common::Counter;
using common::Gauge;
using common::Histogram;
}  // namespace cellar
