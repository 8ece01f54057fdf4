#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/settings.h"
#include "common/fault/fault_points.h"
#include "common/logging/logger.h"
#include "common/logging/rate_limited_log_sink.h"
#include "common/metrics/metrics_registry.h"
#include "common/time/system_clock.h"
#include "server/endpoints.h"
#include "server/http_server.h"
#include "server/process_metrics.h"
#include "server/status_pages.h"
#include "server/stop_signals.h"

namespace cellar::server {

/// What a program says of itself, and its settings.
struct DaemonOptions {
  DaemonOptions(std::string program_name, std::string program_version, Settings loaded)
      : program(std::move(program_name)), version(std::move(program_version)), settings(std::move(loaded)) {}

  std::string program;  ///< "cellar master": begins the ready line and the crash dump.
  std::string version;
  Settings settings;  ///< With kServerSettings (server/settings.h) among its tables.
  int64_t port_offset = 0;
  std::optional<uint16_t> http_port;  ///< In place of server.http.port, before the offset.
};

/// What every daemon's `main` has besides its roles: signals, crash dump, clock, log, metrics, fault points, status
/// pages. One a process, made before any thread; roles borrow its parts and go before it.
///
///     ASSIGN_OR_RETURN(auto daemon, Daemon::Start(std::move(options)));
///     … start roles …
///     daemon->AnnounceReady({{"rangeserver", address, port}});
///     const std::string why = daemon->WaitForStop();
///     … stop roles, within 30 s …
class Daemon {
 public:
  /// Serves /healthz ("starting") when it returns. kInvalidArgument for fault plans and ports, kIoError for the log
  /// file and the pid file, kUnavailable for a taken HTTP port, each naming it.
  static Result<std::unique_ptr<Daemon>> Start(DaemonOptions options);
  ~Daemon();

  const std::string& program() const { return options_.program; }
  const Settings& settings() const { return options_.settings; }
  const Clock& clock() const { return clock_; }
  MetricsRegistry& metrics() { return metrics_; }
  FaultPoints& faults() { return faults_; }
  StatusPages& status_pages() { return status_pages_; }
  /// For the component of that name.
  Logger LoggerFor(std::string_view component) const { return logger_.Named(component); }
  Endpoint http_endpoint() const;

  /// The server is ready: health says so, and the ready line, with `endpoints` and HTTP's, goes to stdout.
  void AnnounceReady(std::vector<Endpoint> endpoints);

  /// Waits for a signal or RequestStop, on the thread that made the daemon; returns why. Health says "stopping" then.
  std::string WaitForStop();

  /// Whether WaitForStop would return at once: a start that takes long looks here. Thread-safe.
  bool stop_requested() const { return stop_signals_.requested(); }

  /// Whether it was told so by RequestStop: the process's exit status is not 0. Thread-safe.
  bool failed() const { return stop_signals_.requested_from_inside(); }

  /// For what cannot go on (fenced, log lost). `reason` is a literal. Thread-safe.
  void RequestStop(const char* reason) { stop_signals_.Request(reason); }

 private:
  explicit Daemon(DaemonOptions options);
  Status OpenLog();
  Status WritePidFile();
  Status StartHttp();
  void AddSections();

  DaemonOptions options_;
  StopSignals stop_signals_;
  const common::SystemClock clock_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_file_;
  std::unique_ptr<LogSink> stream_sink_;
  std::unique_ptr<LogSink> limited_sink_;
  Logger logger_;
  MetricsRegistry metrics_;
  FaultPoints faults_;
  ProcessMetrics process_metrics_;
  StatusPages status_pages_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace cellar::server
