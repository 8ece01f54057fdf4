#pragma once

#include <array>
#include <cstdint>

#include "common/metrics/metrics_registry.h"
#include "common/time/clock.h"

namespace cellar::fsbroker {

/// The calls of the service that are counted apart.
enum class BrokerCall : uint8_t {
  kHello,
  kCreate,
  kAppend,
  kOpen,
  kRead,
  kLength,
  kClose,
  kCreateDirectories,
  kList,
  kExists,
  kRemove,
  kRemoveDirectory,
  kSeal,
};
inline constexpr size_t kBrokerCallCount = 13;

/// What one broker counts. Thread-safe.
class BrokerMetrics {
 public:
  explicit BrokerMetrics(MetricsRegistry& registry);

  Histogram& seconds(BrokerCall call) { return *seconds_[static_cast<size_t>(call)]; }
  Counter& failures(BrokerCall call) { return *failures_[static_cast<size_t>(call)]; }

  Counter& read_bytes;
  Counter& appended_bytes;
  Counter& connections_accepted;
  Counter& connections_refused;
  Counter& connections_broken;  ///< Ended in the middle of a message, or by one that breaks the protocol.
  Gauge& connections;
  Gauge& open_files;
  Gauge& sessions;

 private:
  std::array<Histogram*, kBrokerCallCount> seconds_{};
  std::array<Counter*, kBrokerCallCount> failures_{};
};

/// Measures one call, from here to the end of its scope; a failure unless it was said to have succeeded.
class CallMeter {
 public:
  CallMeter(BrokerMetrics& metrics, BrokerCall call, const Clock& clock)
      : metrics_(metrics), call_(call), clock_(clock), begin_(clock.MonotonicNow()) {}
  ~CallMeter() {
    metrics_.seconds(call_).ObserveDuration(clock_.MonotonicNow() - begin_);
    if (!succeeded_) metrics_.failures(call_).Increment();
  }
  CallMeter(const CallMeter&) = delete;
  CallMeter& operator=(const CallMeter&) = delete;

  void Succeeded() { succeeded_ = true; }

 private:
  BrokerMetrics& metrics_;
  const BrokerCall call_;
  const Clock& clock_;
  const Nanos begin_;
  bool succeeded_ = false;
};

}  // namespace cellar::fsbroker
