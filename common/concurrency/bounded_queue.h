#pragma once

#include <deque>
#include <optional>

#include "common/base/result.h"
#include "common/concurrency/event.h"

namespace cellar::common {

/// Hands values from one coroutine to another, first in, first out, at most `capacity` of them at a time: the producer
/// is told kBusy when it is full. Loop only, no lock.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity, const char* name = "queue")
      : capacity_(capacity), name_(name), not_empty_(name) {}

  /// kBusy when full, kCancelled when closed; `value` is dropped then.
  Status TryPush(T value) {
    if (closed_) return Status(StatusCode::kCancelled, std::string(name_) + " is closed");
    if (values_.size() >= capacity_) return Status(StatusCode::kBusy, std::string(name_) + " is full");
    values_.push_back(std::move(value));
    not_empty_.WakeOne();
    return Status();
  }

  std::optional<T> TryPop() {
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }

  /// Waits for a value. Empty when the queue is closed and all values have been taken.
  Task<std::optional<T>> Pop() {
    while (values_.empty() && !closed_) co_await not_empty_.Wait();
    if (!values_.empty() && values_.size() > 1) not_empty_.WakeOne();
    co_return TryPop();
  }

  /// No more pushes. What is in the queue can still be popped.
  void Close() {
    closed_ = true;
    not_empty_.WakeAll();
  }

  bool closed() const { return closed_; }
  bool empty() const { return values_.empty(); }
  size_t size() const { return values_.size(); }

 private:
  const size_t capacity_;
  const char* name_;
  Event not_empty_;
  std::deque<T> values_;
  bool closed_ = false;
};

}  // namespace cellar::common

namespace cellar {
using common::BoundedQueue;
}  // namespace cellar
