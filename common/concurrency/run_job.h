#pragma once

#include <memory>
#include <optional>
#include <type_traits>

#include "common/concurrency/task.h"

namespace cellar::common {

/// The awaitable of RunJob.
template <typename F>
class JobAwaiter {
 public:
  using Value = std::invoke_result_t<F&>;

  JobAwaiter(Executor& executor, JobClass job_class, F function)
      : executor_(executor), job_class_(job_class), call_(std::make_shared<Call>(std::move(function))) {}
  ~JobAwaiter() {
    if (call_ != nullptr) call_->waiter.handle = nullptr;
  }
  JobAwaiter(const JobAwaiter&) = delete;
  JobAwaiter& operator=(const JobAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }

  template <typename Promise>
  __attribute__((noinline)) void await_suspend(std::coroutine_handle<Promise> handle) {
    handle.promise().set_waiting_for("worker job");
    call_->waiter.handle = handle;
    executor_.PostJob(job_class_, [call = call_, &executor = executor_] {
      call->Run();
      executor.Post([call] {
        const std::coroutine_handle<> waiting = std::exchange(call->waiter.handle, nullptr);
        if (waiting) ResumeNow(waiting);
      });
    });
  }

  Value await_resume() {
    if constexpr (!std::is_void_v<Value>) return std::move(*call_->result);
  }

 private:
  struct Nothing {};
  struct Call {
    explicit Call(F f) : function(std::move(f)) {}
    void Run() {
      if constexpr (std::is_void_v<Value>) {
        (*function)();
      } else {
        result.emplace((*function)());
      }
      function.reset();  // what the job owned is released on the worker
    }
    std::optional<F> function;
    std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> result;
    ResumeSlot waiter;  // loop only
  };

  Executor& executor_;
  JobClass job_class_;
  std::shared_ptr<Call> call_;
};

/// `Result<Manifest> edit = co_await RunJob(executor, JobClass::kSystem, std::move(flush));`
/// Runs the blocking `function` on a worker and goes on with its result on the loop. The function owns what it uses,
/// or it is kept alive until the job has ended, also when the waiting task is destroyed before.
template <typename F>
JobAwaiter<F> RunJob(Executor& executor, JobClass job_class, F function) {
  return JobAwaiter<F>(executor, job_class, std::move(function));
}

}  // namespace cellar::common
