#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/concurrency/mutex.h"
#include "server/status_pages.h"

namespace cellar::server {

/// A section of /status whose value only a role's loop knows: the role publishes it from time to time, the page shows
/// what was published last. Removes the section with itself. Borrows the pages. Thread-safe.
class PublishedSection {
 public:
  /// `name` is not the name of another section.
  PublishedSection(StatusPages& pages, std::string name) : pages_(pages), name_(std::move(name)) {
    pages_.SetSection(name_, [this] { return Published(); });
  }
  ~PublishedSection() { pages_.RemoveSection(name_); }
  PublishedSection(const PublishedSection&) = delete;
  PublishedSection& operator=(const PublishedSection&) = delete;

  /// `json` is one value.
  void Publish(std::string json) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    json_ = std::move(json);
  }

 private:
  std::string Published() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return json_;
  }

  StatusPages& pages_;
  const std::string name_;
  mutable Mutex mutex_;
  std::string json_ GUARDED_BY(mutex_) = "null";
};

}  // namespace cellar::server
