#pragma once

#include <optional>

#include "common/concurrency/parker.h"
#include "common/concurrency/task.h"

namespace cellar::common {

/// Runs one task on an executor's loop while the calling thread, another one, waits. For BlockOn.
class BlockingRoot final : public TaskObserver {
 public:
  BlockingRoot(Executor& executor, Task<void> task) : executor_(executor), task_(std::move(task)) {}

  void Run() {
    CHECK(!executor_.OnLoop());
    executor_.Post([this] { task_.StartAsRoot(executor_, *this); });
    done_.Park();
  }
  void OnTaskDone() override {
    task_ = Task<void>();  // the frame goes on the loop
    done_.Unpark();
  }

 private:
  Executor& executor_;
  Task<void> task_;
  Parker done_;
};

template <typename T>
Task<void> StoreResult(Task<T> task, std::optional<T>* result) {
  result->emplace(co_await std::move(task));
}

/// For threads other than the loop, in tools and tests: runs `task` on the loop, waits for it, returns its result.
/// In simulation use SimScheduler::Run.
template <typename T>
T BlockOn(Executor& executor, Task<T> task) {
  std::optional<T> result;
  BlockingRoot root(executor, StoreResult(std::move(task), &result));
  root.Run();
  return std::move(*result);
}

inline void BlockOn(Executor& executor, Task<void> task) {
  BlockingRoot root(executor, std::move(task));
  root.Run();
}

}  // namespace cellar::common
