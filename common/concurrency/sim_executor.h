#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "common/concurrency/executor.h"
#include "common/concurrency/sim_clock.h"
#include "common/concurrency/timer_queue.h"

namespace cellar::common {

class SimScheduler;

struct SimExecutorOptions {
  std::array<int, kJobClassCount> worker_count = {2, 4, 2, 2};  ///< Jobs by JobClass that may run at once.
};

/// One simulated node's executor. Its loop runs on the thread that drives the SimScheduler, its jobs on threads that
/// pass the scheduler's baton; in which order, the seed says.
///
/// A node dies by Kill: what is queued is never run, what is posted later is dropped, jobs under way run out (their
/// files and connections answer errors: the harness sees to that). It stands still from Freeze to Thaw, as a process
/// does between SIGSTOP and SIGCONT. Used under the baton only. The destructor kills, and waits for the jobs; so
/// destroy what the jobs use after it, or RunOutJobs first.
class SimExecutor final : public Executor {
 public:
  SimExecutor(SimScheduler& scheduler, std::string name, SimExecutorOptions options = {});
  ~SimExecutor() override;

  void Post(Work work) override;
  TimerId PostAt(Nanos deadline, Work work) override;
  void CancelTimer(TimerId id) override;
  void PostJob(JobClass job_class, Work job) override;
  bool OnLoop() const override;
  const Clock& clock() const override { return clock_; }
  bool IsDead() const override { return dead_; }
  bool Enroll(TaskGroup& group) override;
  void Withdraw(TaskGroup& group) override;

  SimClock& sim_clock() { return clock_; }
  const std::string& name() const { return name_; }
  SimScheduler& scheduler() const { return scheduler_; }

  /// The node crashes, here and now. May be called from its own works and jobs.
  void Kill();

  /// From here on nothing of it runs, neither works nor timers nor jobs, while its clocks and the world go on. What it
  /// is sent waits. A work or job under way goes on to its next scheduling point.
  void Freeze();
  /// What is queued and what fell due meanwhile goes on, in any order. No effect on a node that is not frozen.
  void Thaw();
  bool frozen() const { return frozen_; }

  /// Runs what jobs of this node are under way to their end. On the driving thread.
  void RunOutJobs();

  bool has_jobs() const;

 private:
  friend class SimScheduler;

  bool HasLoopWork() const;
  bool CanStartJob(size_t job_class) const;

  SimScheduler& scheduler_;
  const std::string name_;
  const SimExecutorOptions options_;
  SimClock clock_;
  bool dead_ = false;
  bool frozen_ = false;  ///< Never when dead.
  std::deque<Work> works_;
  TimerQueue timers_;
  std::array<std::deque<Work>, kJobClassCount> jobs_;
  std::array<int, kJobClassCount> running_jobs_ = {};
  std::vector<TaskGroup*> groups_;  // in order of construction
};

}  // namespace cellar::common

namespace cellar {
using common::SimExecutor;
using common::SimExecutorOptions;
}  // namespace cellar
