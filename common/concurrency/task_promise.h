#pragma once

#include <coroutine>
#include <memory>

#include "common/concurrency/executor.h"

namespace cellar::common {

/// What a posted resumption holds instead of the coroutine, so that a coroutine destroyed meanwhile is not resumed.
struct ResumeSlot {
  std::coroutine_handle<> handle;  ///< Null once the coroutine went on, or was destroyed.
};

/// Told when a task without an awaiting coroutine has ended. It may destroy the task.
class TaskObserver {
 public:
  virtual void OnTaskDone() = 0;

 protected:
  ~TaskObserver() = default;
};

/// The part of a task's coroutine frame that does not depend on its result. Internal to common/concurrency, whose
/// awaiters take it to learn the executor they must resume on.
///
/// Resumption never recurses without bound: a child that ends while its parent is still starting it just returns;
/// else the continuation is resumed on the same stack, and at a depth of kMaxResumeDepth through the executor.
class TaskPromise {
 public:
  static constexpr int kMaxResumeDepth = 128;

  TaskPromise() = default;
  TaskPromise(const TaskPromise&) = delete;
  TaskPromise& operator=(const TaskPromise&) = delete;

  class FinalAwaiter {
   public:
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
      handle.promise().Finish();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept;

  Executor& executor() const { return *executor_; }
  bool finished() const { return finished_; }
  bool started() const { return executor_ != nullptr; }

  /// Starts the suspended task `self` on behalf of `parent`. False when it ended at once: then the parent goes on.
  __attribute__((noinline)) bool StartAsChild(std::coroutine_handle<> self, std::coroutine_handle<> parent,
                                              const TaskPromise& parent_promise);

  /// Starts `self` as a root; `observer` learns of its end, perhaps before this returns.
  __attribute__((noinline)) void StartAsRoot(std::coroutine_handle<> self, Executor& executor, TaskObserver& observer);

  /// Names what the task waits for, for reports on what is stuck. A literal.
  void set_waiting_for(const char* what) { root_->waiting_for_ = what; }
  const char* waiting_for() const { return waiting_for_; }

 protected:
  ~TaskPromise();

 private:
  __attribute__((noinline)) void Finish() noexcept;
  void ResumeOrPost(std::coroutine_handle<> handle);

  Executor* executor_ = nullptr;
  std::coroutine_handle<> continuation_;
  TaskObserver* observer_ = nullptr;
  TaskPromise* root_ = this;
  const char* waiting_for_ = "";
  std::shared_ptr<ResumeSlot> bounce_;
  bool starting_ = false;
  bool finished_ = false;
};

/// Resumes `handle` on this stack, counting the depth. Loop only.
void ResumeNow(std::coroutine_handle<> handle);

/// The coroutine side of an awaiter that something else wakes: it remembers the coroutine and posts its resumption
/// once. The destructor withdraws a resumption that is under way. Loop only.
class Suspension {
 public:
  Suspension() = default;
  ~Suspension() {
    if (slot_ != nullptr) slot_->handle = nullptr;
  }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

  void Suspend(std::coroutine_handle<> handle, TaskPromise& promise, const char* waiting_for) {
    handle_ = handle;
    executor_ = &promise.executor();
    promise.set_waiting_for(waiting_for);
  }

  Executor& executor() const { return *executor_; }
  bool suspended() const { return executor_ != nullptr; }

  /// Posts the resumption. At most once.
  void PostResume();

  /// A work that resumes unless this was destroyed: for timers.
  Work ResumeWork();

 private:
  std::coroutine_handle<> handle_;
  Executor* executor_ = nullptr;
  std::shared_ptr<ResumeSlot> slot_;
};

}  // namespace cellar::common
