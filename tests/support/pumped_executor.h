#pragma once

#include <deque>

#include "common/concurrency/executor.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/task_group.h"
#include "common/concurrency/timer_queue.h"
#include "common/concurrency/worker_pool.h"

namespace cellar::tests {

/// An executor in real time whose loop is the thread that made it, while that is in Run or RunFor: a test touches what
/// belongs to the loop as it would in simulation, and real servers answer meanwhile.
class PumpedExecutor final : public Executor {
 public:
  /// Borrows `clock`.
  explicit PumpedExecutor(const Clock& clock);

  void Post(Work work) override;
  TimerId PostAt(Nanos deadline, Work work) override;
  void CancelTimer(TimerId id) override;
  void PostJob(JobClass job_class, Work job) override;
  bool OnLoop() const override;
  const Clock& clock() const override { return clock_; }

  /// Runs `task` to its end, and everything else meanwhile.
  void Run(Task<void> task);
  void RunFor(Nanos duration);

 private:
  void RunReady();
  void Sleep(Nanos at_most);

  const Clock& clock_;
  common::Parker news_;
  common::Mutex mutex_;
  std::deque<Work> inbox_ GUARDED_BY(mutex_);
  common::TimerQueue timers_ GUARDED_BY(mutex_);
  bool running_ = false;
  common::WorkerPool workers_;
};

}  // namespace cellar::tests
