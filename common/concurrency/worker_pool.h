#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/executor.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/thread.h"

namespace cellar::common {

/// Threads that run the jobs of one class, first come, first served. Thread-safe. Owned by a ThreadedExecutor.
class WorkerPool {
 public:
  WorkerPool(const std::string& name, int threads);
  ~WorkerPool();  ///< Waits for running jobs, destroys the others unrun.

  void Post(Work job);

 private:
  void RunJobs();

  Mutex mutex_;
  CondVar changed_;
  std::deque<Work> jobs_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace cellar::common
