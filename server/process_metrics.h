#pragma once

#include "common/metrics/metrics_registry.h"
#include "common/time/clock.h"

namespace cellar::server {

/// What the operating system knows about this process, as gauges: memory, processor time, open files, uptime. Refresh
/// reads /proc/self; call it before they are shown. Thread-safe.
class ProcessMetrics {
 public:
  /// Borrows both; they outlive it.
  ProcessMetrics(MetricsRegistry& metrics, const Clock& clock);

  void Refresh();

 private:
  const Clock& clock_;
  const Nanos started_;
  Gauge& resident_bytes_;
  Gauge& processor_seconds_;
  Gauge& open_files_;
  Gauge& uptime_seconds_;
};

}  // namespace cellar::server
