#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/cpp/include/client.h"
#include "common/base/result.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "common/time/clock.h"
#include "hql/files/stored_files.h"

namespace cellar::thrift {

/// Where a gateway listens, and its bounds; what each is for stands in settings.h.
struct GatewayOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  ///< 0 takes a free one.
  std::string version = "0";
  size_t max_connections = 4096;
  size_t max_threads = 256;
  size_t max_frame_bytes = 64 << 20;
  size_t frame_memory_bytes = 256 << 20;
  Nanos stall_timeout = 60 * kSecond;
  size_t batch_bytes = 512 << 10;
  size_t future_capacity_bytes = 50'000'000;
  size_t max_objects = 10'000;
  Nanos object_idle = 3600 * kSecond;
  Nanos slow_call = 10 * kSecond;
  bool may_shut_down = false;
  std::function<void()> shut_down;  ///< What `shutdown` does when it may.
  std::string import_root;          ///< Where files that statements name are; empty: they are refused.

  GatewayOptions() = default;
};

/// What else a gateway borrows; all of it outlives the gateway.
struct GatewaySeams {
  client::Client& client;
  const Clock& clock;
  MetricsRegistry& metrics;
  Logger logger;
  hql::OpenClusterFiles open_cluster_files = nullptr;  ///< For files named fs://; none: they are refused.
};

/// How many objects clients have open now.
struct GatewayCounts {
  uint64_t connections = 0;
  uint64_t clients = 0;
  int64_t objects = 0;
  size_t threads = 0;

  GatewayCounts() = default;
};

/// Serves the API of thrift/idl over a client (docs/internals/gateway.md). Thread-safe. Destruction stops.
class Gateway {
 public:
  /// Listens when it returns. kUnavailable naming address and port when they are taken or not ours.
  static Result<std::unique_ptr<Gateway>> Start(GatewaySeams seams, GatewayOptions options);

  virtual ~Gateway() = default;
  virtual uint16_t port() const = 0;

  /// For a status page.
  virtual std::string StatusJson() const = 0;
  virtual GatewayCounts counts() const = 0;

  /// Takes no more calls, answers those under way, flushes mutators, closes everything. A second call does nothing.
  virtual void Stop() = 0;
};

}  // namespace cellar::thrift
