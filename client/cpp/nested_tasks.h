#pragma once

#include <utility>

#include "common/concurrency/task_group.h"

namespace cellar::client {

/// Coroutines side by side within one that waits for them. When that one is destroyed where it waits (nobody wants its
/// answer any more), they go with it. Loop only.
class NestedTasks {
 public:
  explicit NestedTasks(Executor& executor) : group_(executor) {}
  ~NestedTasks() { group_.DestroyAll(); }

  /// `name` is a literal for reports.
  void Spawn(Task<void> task, const char* name) { group_.Spawn(std::move(task), name); }
  Task<void> Join() { return group_.Join(); }

 private:
  TaskGroup group_;
};

}  // namespace cellar::client
