#pragma once

#include <optional>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"

namespace cellar::common {

/// The awaitable behind WithDeadline: one task against one timer.
template <typename T>
class DeadlineAwaiter final : public TaskObserver {
 public:
  DeadlineAwaiter(Deadline deadline, Task<T> task) : deadline_(deadline), task_(std::move(task)) {}
  ~DeadlineAwaiter() { CancelTimer(); }

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  __attribute__((noinline)) bool await_suspend(std::coroutine_handle<Promise> handle) {
    suspension_.Suspend(handle, handle.promise(), "task with a deadline");
    starting_ = true;
    task_.StartAsRoot(suspension_.executor(), *this);
    starting_ = false;
    if (done_) return false;
    if (!deadline_.is_infinite()) {
      timer_ = suspension_.executor().PostAt(deadline_.at(), [this] {
        timer_ = TimerId();
        task_ = Task<T>();
        suspension_.PostResume();
      });
    }
    return true;
  }
  T await_resume() {
    if (done_) return task_.TakeResult();
    return Status(StatusCode::kTimedOut, "deadline passed");
  }

  void OnTaskDone() override {
    done_ = true;
    if (starting_) return;
    CancelTimer();
    suspension_.PostResume();
  }

 private:
  void CancelTimer() {
    if (timer_ != TimerId()) suspension_.executor().CancelTimer(std::exchange(timer_, TimerId()));
  }

  Deadline deadline_;
  Task<T> task_;
  Suspension suspension_;
  TimerId timer_;
  bool starting_ = false;
  bool done_ = false;
};

/// Runs `task`, a Task<Status> or Task<Result<…>>, for at most until `deadline`: then it is destroyed where it is
/// suspended and the result is kTimedOut, outcome unknown. Not for tasks whose worker jobs borrow from their frames.
template <typename T>
Task<T> WithDeadline(Deadline deadline, Task<T> task) {
  DeadlineAwaiter<T> awaiter(deadline, std::move(task));
  co_return co_await awaiter;
}

}  // namespace cellar::common
