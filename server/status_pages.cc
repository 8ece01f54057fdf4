#include "server/status_pages.h"

#include <utility>

#include "common/logging/escape.h"

namespace cellar::server {

void StatusPages::SetSection(std::string name, Section section) {
  MutexLock lock(mutex_);
  sections_[std::move(name)] = std::move(section);
}

void StatusPages::RemoveSection(const std::string& name) {
  MutexLock lock(mutex_);
  sections_.erase(name);
}

void StatusPages::SetRefresh(std::function<void()> refresh) {
  MutexLock lock(mutex_);
  refresh_ = std::move(refresh);
}

HttpResponse StatusPages::Answer(const HttpRequest& request) const {
  if (request.path == "/healthz") return AnswerHealth();
  if (request.path == "/status") return AnswerStatus();
  if (request.path == "/metrics") return AnswerMetrics();
  if (request.path == "/") return {.body = "/healthz\n/status\n/metrics\n"};
  return {.status = 404, .body = "there are /healthz, /status and /metrics\n"};
}

HttpResponse StatusPages::AnswerHealth() const {
  switch (health_.load(std::memory_order_relaxed)) {
    case Health::kStarting:
      return {.status = 503, .body = "starting\n"};
    case Health::kStopping:
      return {.status = 503, .body = "stopping\n"};
    case Health::kReady:
      break;
  }
  return {.body = "ready\n"};
}

HttpResponse StatusPages::AnswerStatus() const {
  HttpResponse response;
  response.content_type = "application/json";
  MutexLock lock(mutex_);
  for (const auto& [name, section] : sections_) {
    response.body += response.body.empty() ? "{" : ",\n ";
    response.body += common::JsonQuote(name) + ": " + section();
  }
  response.body += response.body.empty() ? "{}\n" : "}\n";
  return response;
}

HttpResponse StatusPages::AnswerMetrics() const {
  {
    MutexLock lock(mutex_);
    if (refresh_) refresh_();
  }
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_.PrometheusText();
  return response;
}

}  // namespace cellar::server
