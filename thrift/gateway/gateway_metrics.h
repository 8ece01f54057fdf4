#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/metrics/metrics_registry.h"
#include "thrift/gateway/calls/method_table.h"
#include "thrift/gateway/wire/framed_server.h"

namespace cellar::thrift {

/// What one gateway counts. Thread-safe.
class GatewayMetrics {
 public:
  GatewayMetrics(MetricsRegistry& registry, const MethodTable& table);

  void Count(const MethodTable::Method& method, Nanos duration, bool failed);

  /// From time to time: counters rise by what is new in `stats`.
  void Show(const FramedServerStats& stats, size_t threads);

  Counter& unknown_methods;
  Counter& slow_calls;

  uint64_t call_count() const;

 private:
  struct OfMethod {
    Histogram* seconds = nullptr;
    Counter* failures = nullptr;
  };

  Gauge& connections_;
  Gauge& threads_;
  Counter& accepted_;
  Counter& refused_;
  Counter& broken_;
  Counter& bytes_in_;
  Counter& bytes_out_;
  std::map<std::string, OfMethod, std::less<>> methods_;  ///< Constant.
};

}  // namespace cellar::thrift
