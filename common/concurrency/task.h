#pragma once

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "common/base/check.h"
#include "common/concurrency/task_promise.h"

namespace cellar::common {

template <typename T>
class Task;

/// A task's frame with room for its result.
template <typename T>
class ResultPromise final : public TaskPromise {
 public:
  Task<T> get_return_object();
  template <typename U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    result_.emplace(std::forward<U>(value));
  }
  T TakeResult() { return std::move(*result_); }

 private:
  std::optional<T> result_;
};

template <>
class ResultPromise<void> final : public TaskPromise {
 public:
  Task<void> get_return_object();
  void return_void() const {}
  void TakeResult() const {}
};

/// A coroutine that yields a T: protocol code. It starts when it is awaited or spawned (task_group.h), runs only on
/// the loop of the executor inherited from its awaiter, and ends the process when an exception leaves it.
///
///     Task<Result<Row>> ReadRow(Server& server, std::string key) {
///       CO_TRY(Location location, co_await Locate(server, key));
///       co_return co_await Fetch(server, location, std::move(key));
///     }
///
/// Move-only. Destroying a task that is suspended destroys it with all that it awaits: timers and waits are withdrawn;
/// a worker job under way runs on, so it must own what it uses. A task never destroys itself, or one that awaits it.
/// Parameters by value or kept alive by the owner for longer than the task; no capturing lambda is a coroutine.
/// Cost: one allocation for the frame; ready or nested awaits take no stack beyond a fixed depth.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = ResultPromise<T>;
  using Value = T;

  Task() = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  explicit operator bool() const { return handle_ != nullptr; }

  class Awaiter {
   public:
    explicit Awaiter(Task task) : task_(std::move(task)) { CHECK(task_.handle_); }
    bool await_ready() const noexcept { return false; }
    template <typename ParentPromise>
    __attribute__((noinline)) bool await_suspend(std::coroutine_handle<ParentPromise> parent) {
      return task_.handle_.promise().StartAsChild(task_.handle_, parent, parent.promise());
    }
    T await_resume() { return task_.handle_.promise().TakeResult(); }

   private:
    Task task_;
  };

  Awaiter operator co_await() && { return Awaiter(std::move(*this)); }

  // For owners of roots (TaskGroup, BlockOn, WithDeadline), not for protocol code.
  void StartAsRoot(Executor& executor, TaskObserver& observer) {
    handle_.promise().StartAsRoot(handle_, executor, observer);
  }
  bool finished() const { return handle_.promise().finished(); }
  const char* waiting_for() const { return handle_.promise().waiting_for(); }
  T TakeResult() { return handle_.promise().TakeResult(); }

 private:
  friend class ResultPromise<T>;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

template <typename T>
Task<T> ResultPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<ResultPromise>::from_promise(*this));
}
inline Task<void> ResultPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<ResultPromise>::from_promise(*this));
}

/// `Executor& executor = co_await ThisExecutor();`: the one this coroutine runs on.
class ThisExecutor {
 public:
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) {
    executor_ = &handle.promise().executor();
    return false;
  }
  Executor& await_resume() const { return *executor_; }

 private:
  Executor* executor_ = nullptr;
};

}  // namespace cellar::common

namespace cellar {
using common::Task;
}  // namespace cellar
