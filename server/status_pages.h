#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "common/concurrency/mutex.h"
#include "common/metrics/metrics_registry.h"
#include "server/http_request.h"

namespace cellar::server {

enum class Health : uint8_t { kStarting, kReady, kStopping };

/// What a daemon shows over HTTP. Thread-safe.
///
///     /healthz   200 "ready" or 503 "starting", "stopping"
///     /status    one JSON object with a member for each section
///     /metrics   Prometheus text
///     /          a list of the above
class StatusPages {
 public:
  /// Gives a section's value as JSON. Called on the HTTP thread: thread-safe, waits for nothing.
  using Section = std::function<std::string()>;

  /// Borrows `metrics`, which outlives it.
  explicit StatusPages(const MetricsRegistry& metrics) : metrics_(metrics) {}

  /// Adds or replaces.
  void SetSection(std::string name, Section section);
  /// The section is not running, and will not run again, when this returns: call it before what it shows goes away.
  void RemoveSection(const std::string& name);

  /// Called before /metrics is printed, to bring gauges up to date.
  void SetRefresh(std::function<void()> refresh);

  void SetHealth(Health health) { health_.store(health, std::memory_order_relaxed); }

  HttpResponse Answer(const HttpRequest& request) const;

 private:
  HttpResponse AnswerHealth() const;
  HttpResponse AnswerStatus() const;
  HttpResponse AnswerMetrics() const;

  const MetricsRegistry& metrics_;
  std::atomic<Health> health_{Health::kStarting};
  mutable Mutex mutex_;  ///< Held while sections run: they take no lock that is held over a call of this class.
  std::map<std::string, Section> sections_ GUARDED_BY(mutex_);
  std::function<void()> refresh_ GUARDED_BY(mutex_);
};

}  // namespace cellar::server
