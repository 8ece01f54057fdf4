#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "common/base/unique_function.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"

namespace cellar::thrift {

/// Threads for jobs that block: as many as jobs have ever run at once, at most `max_threads`; then jobs wait, first
/// come, first served. So no job waits for a thread behind one that waits for something else, until the bound.
/// Thread-safe.
class CallPool {
 public:
  using Job = UniqueFunction<void()>;

  explicit CallPool(size_t max_threads) : max_threads_(max_threads) {}
  ~CallPool();  ///< Runs what was submitted. Nothing is submitted any more.

  void Submit(Job job) EXCLUDES(mutex_);

  size_t thread_count() const EXCLUDES(mutex_);
  size_t busy_count() const EXCLUDES(mutex_);

 private:
  /// A thread with what wakes it.
  struct Worker {
    common::Parker wake;
    Job job;  ///< Set before Unpark; empty: end.
    std::unique_ptr<common::Thread> thread;
  };

  void Run(Worker* worker) EXCLUDES(mutex_);

  const size_t max_threads_;
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Worker>> workers_ GUARDED_BY(mutex_);
  std::vector<Worker*> idle_ GUARDED_BY(mutex_);  ///< Used from its end, so that few threads stay warm.
  std::deque<Job> waiting_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace cellar::thrift
