#pragma once

#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"

namespace cellar::common {

/// The awaitable of SleepUntil and SleepFor.
class SleepAwaiter {
 public:
  SleepAwaiter(Executor& executor, Deadline deadline) : executor_(executor), deadline_(deadline) {}
  ~SleepAwaiter() {
    if (timer_ != TimerId()) executor_.CancelTimer(timer_);
  }
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;

  bool await_ready() const { return deadline_.Expired(executor_.clock()); }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) {
    suspension_.Suspend(handle, handle.promise(), "sleep");
    timer_ = executor_.PostAt(deadline_.at(), suspension_.ResumeWork());
  }
  void await_resume() const {}

 private:
  Executor& executor_;
  Deadline deadline_;
  Suspension suspension_;
  TimerId timer_;
};

/// `co_await SleepUntil(executor, deadline);` Sleeps that a stop must end early: CancellationToken::SleepUntil.
inline SleepAwaiter SleepUntil(Executor& executor, Deadline deadline) {
  return SleepAwaiter(executor, deadline);
}

inline SleepAwaiter SleepFor(Executor& executor, Nanos duration) {
  return SleepAwaiter(executor, Deadline::After(executor.clock(), duration));
}

}  // namespace cellar::common
