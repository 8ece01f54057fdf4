#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "common/concurrency/executor.h"
#include "common/concurrency/loop_poller.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/thread.h"
#include "common/concurrency/timer_queue.h"
#include "common/concurrency/worker_pool.h"

namespace cellar::common {

struct ThreadedExecutorOptions {
  std::string name = "loop";
  std::array<int, kJobClassCount> worker_count = {2, 4, 2, 2};  ///< Threads by JobClass; at least one each.
  Nanos spin = 0;  ///< How long the loop looks for work before it sleeps; 20 to 50 µs save wake-ups under load.
};

/// The production Executor: one loop thread and a pool of workers for each JobClass. Runs from construction to
/// destruction. Timers use the given Clock, never Asio's.
///
/// Destruction, by another thread than its own: the loop ends, running jobs end, what was not run is destroyed. Owners
/// of coroutines join their task groups before.
class ThreadedExecutor final : public Executor {
 public:
  ThreadedExecutor(const Clock& clock, ThreadedExecutorOptions options,
                   std::unique_ptr<LoopPoller> poller = std::make_unique<ParkingPoller>());
  ~ThreadedExecutor() override;

  void Post(Work work) override;
  TimerId PostAt(Nanos deadline, Work work) override;
  void CancelTimer(TimerId id) override;
  void PostJob(JobClass job_class, Work job) override;
  bool OnLoop() const override;
  const Clock& clock() const override { return clock_; }

  LoopPoller& poller() { return *poller_; }

 private:
  void RunLoop();
  bool RunReady();
  bool SpinForWork();
  void Sleep();
  void WakeIfSleeping() RELEASE(mutex_);

  const Clock& clock_;
  const ThreadedExecutorOptions options_;
  const std::unique_ptr<LoopPoller> poller_;

  Mutex mutex_;
  std::deque<Work> inbox_ GUARDED_BY(mutex_);
  TimerQueue timers_ GUARDED_BY(mutex_);
  bool sleeping_ GUARDED_BY(mutex_) = false;
  std::atomic<bool> has_news_{false};
  std::atomic<bool> stopping_{false};

  std::array<std::unique_ptr<WorkerPool>, kJobClassCount> workers_;
  std::unique_ptr<Thread> loop_;
};

}  // namespace cellar::common

namespace cellar {
using common::ThreadedExecutor;
using common::ThreadedExecutorOptions;
}  // namespace cellar
