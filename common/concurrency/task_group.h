#pragma once

#include <list>
#include <string>

#include "common/concurrency/event.h"
#include "common/concurrency/task.h"

namespace cellar::common {

/// Owns coroutines that nobody awaits. Belongs to the object whose coroutines it holds, as its last member, so that
/// they go before what they use; that object stops its work and awaits Join() before it dies.
///
/// Loop only, but for construction and destruction. Destroying a group with running tasks ends the process, except
/// when the executor is dead (a killed node in simulation): then the tasks are destroyed where they are suspended.
class TaskGroup {
 public:
  explicit TaskGroup(Executor& executor) : executor_(executor), enrolled_(executor.Enroll(*this)) {}
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`, which runs at once up to its first wait. `name` is a literal for reports.
  void Spawn(Task<void> task, const char* name = "task");

  /// Waits until no task is running. One may spawn others meanwhile; they are waited for too.
  Task<void> Join();

  /// Destroys every task where it is suspended. Not from within one of them. Their worker jobs run on.
  void DestroyAll() { roots_.clear(); }

  size_t size() const { return roots_.size(); }

  /// The executor goes first, which is well as long as nothing is spawned any more.
  void ForgetExecutor() { enrolled_ = false; }

  /// One line per task: its name and what it waits for.
  std::string Describe() const;

 private:
  class Root final : public TaskObserver {
   public:
    Root(TaskGroup& group, Task<void> task, const char* name) : group_(group), task_(std::move(task)), name_(name) {}
    void OnTaskDone() override;

   private:
    friend class TaskGroup;
    TaskGroup& group_;
    Task<void> task_;
    const char* name_;
    std::list<Root>::iterator self_;
  };

  Executor& executor_;
  bool enrolled_;
  Event idle_{"task group"};
  std::list<Root> roots_;
};

}  // namespace cellar::common

namespace cellar {
using common::TaskGroup;
}  // namespace cellar
