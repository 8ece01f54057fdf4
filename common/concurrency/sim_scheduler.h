#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/concurrency/sim_executor.h"
#include "common/concurrency/sim_trace.h"
#include "common/concurrency/sim_worker.h"
#include "common/concurrency/task.h"
#include "common/random/random.h"

namespace cellar::common {

/// A simulated world: virtual time, and one baton that its threads pass. Exactly one thread runs; at every scheduling
/// point (scheduling_point.h) and between any two works the seed chooses who goes on: a node's loop, a job, a timer
/// that is due. Time moves only when nothing can run. The same seed and the same calls give the same trace hash.
///
/// Everything here is called by the thread that made it (the *driving* thread), or under the baton. Several worlds may
/// live in one process, one after the other or on different threads.
class SimScheduler {
 public:
  enum class Outcome {
    kReached,   ///< The predicate holds.
    kDeadline,  ///< Virtual time reached the deadline.
    kIdle       ///< Nothing can run and no timer is set: if anything waits, it waits for ever (see Describe).
  };

  /// Steps at one instant of virtual time after which the world is said to spin, and the process is stopped.
  static constexpr uint64_t kMaxStepsPerInstant = 20'000'000;
  static constexpr Nanos kForever = INT64_MAX / 4;

  explicit SimScheduler(uint64_t seed);
  ~SimScheduler();  ///< After its executors.
  SimScheduler(const SimScheduler&) = delete;
  SimScheduler& operator=(const SimScheduler&) = delete;

  /// Runs until `predicate` holds (looked at between works), or virtual time reaches `deadline`.
  Outcome RunUntil(UniqueFunction<bool()> predicate, Nanos deadline = kForever);

  /// Runs for `duration` of virtual time, at the end of which the clock stands there even if nothing is left to do.
  void RunFor(Nanos duration);

  /// Runs until nothing can run and no timer is set, or `deadline`.
  Outcome RunUntilIdle(Nanos deadline = kForever);

  /// Runs `task` on the node's loop to its end, and everything else meanwhile. CHECKs that it ends.
  template <typename T>
  T Run(SimExecutor& node, Task<T> task);

  Nanos now() const { return now_; }

  /// An event of the world itself (network, faults), due at virtual time. Runs on no node's loop.
  TimerId At(Nanos time, Work work) {
    return world_.PostAt(world_.clock_.MonotonicNow() + (time - now_), std::move(work));
  }
  TimerId After(Nanos delay, Work work) { return At(now_ + delay, std::move(work)); }
  void Cancel(TimerId id) { world_.CancelTimer(id); }

  /// From now on one in `one_in` of the jobs' scheduling points takes up to `longest` of virtual time, as a disk does.
  /// Without it jobs take none, and few things are under way at the same moment.
  void SlowJobs(Nanos longest, uint64_t one_in) {
    longest_delay_ = longest;
    delays_one_in_ = one_in;
  }

  /// The world's chance. Others fork their own from it at the start.
  SeededRandom& random() { return random_; }
  uint64_t seed() const { return seed_; }
  SimTrace& trace() { return trace_; }

  /// What is queued and parked where, node by node: for the report of a run that is stuck.
  std::string Describe() const;

  /// Prints `what` and Describe(), and ends the process.
  [[noreturn]] void FailStuck(const char* what) const;

 private:
  friend class SimExecutor;
  friend class SimWorker;

  /// Who runs next: a node's loop, one of its queued jobs, a parked worker, or the driving thread in mid-work.
  struct Choice {
    enum class Kind { kNone, kLoop, kStartJob, kWorker, kDriver };
    Kind kind = Kind::kNone;
    SimExecutor* node = nullptr;
    size_t job_class = 0;
    SimWorker* worker = nullptr;
  };

  class DriverHook final : public SchedulingHook {
   public:
    explicit DriverHook(SimScheduler& scheduler) : scheduler_(scheduler) {}
    void Yield(const char* where) override { scheduler_.YieldDriver(where); }
    /// A loop does not sleep.
    void Sleep(Nanos, const char* where) override { scheduler_.YieldDriver(where); }

   private:
    SimScheduler& scheduler_;
  };

  void AddNode(SimExecutor& node);
  void RemoveNode(SimExecutor& node);
  bool IsOnLoopOf(const SimExecutor& node) const;
  void RunOutJobs(SimExecutor& node);

  // The driving thread.
  Outcome Drive(UniqueFunction<bool()>& predicate, Nanos deadline);
  void BuryDead();
  bool AdvanceTime(Nanos deadline);
  void RunLoopWork(SimExecutor& node);
  void LendBaton(const Choice& choice);
  void YieldDriver(const char* where);

  // Any thread of the world, under the baton.
  Choice Choose(const Choice& current);
  void HandOver(const Choice& choice);
  void YieldWorker(SimWorker& worker, const char* where);
  void SleepWorker(SimWorker& worker, Nanos duration, const char* where);
  Nanos DrawDelay();
  void FinishJob(SimWorker& worker);
  SimWorker& AssignJob(SimExecutor& node, size_t job_class);

  const uint64_t seed_;
  SeededRandom random_;
  Nanos longest_delay_ = 0;
  uint64_t delays_one_in_ = 0;  // 0: none
  uint64_t stay_percent_;       // how often a thread goes on at its own scheduling point; drawn from the seed
  Nanos now_ = 0;
  uint64_t steps_at_now_ = 0;
  SimTrace trace_;
  DriverHook driver_hook_;
  Parker driver_parker_;
  std::optional<Choice> handed_to_driver_;
  bool driver_in_work_ = false;
  bool loops_may_run_ = true;  // false while jobs of a dead node run out
  SimExecutor* current_node_ = nullptr;
  bool worker_has_baton_ = false;
  std::vector<SimExecutor*> nodes_;  // in order of construction
  std::vector<std::unique_ptr<SimWorker>> workers_;
  std::vector<SimWorker*> busy_workers_;  // in order of start
  std::vector<SimWorker*> idle_workers_;
  std::vector<Choice> candidates_;
  std::vector<Work> graveyard_;
  SimExecutor world_;
};

template <typename T>
Task<void> StoreSimResult(Task<T> task, std::optional<T>* result) {
  result->emplace(co_await std::move(task));
}

/// Holds a root that SimScheduler::Run drives.
class SimRoot final : public TaskObserver {
 public:
  SimRoot(SimExecutor& node, Task<void> task) : task_(std::move(task)) {
    node.Post([this, &node] { task_.StartAsRoot(node, *this); });
  }
  void OnTaskDone() override { done_ = true; }
  bool done() const { return done_; }

 private:
  Task<void> task_;
  bool done_ = false;
};

template <typename T>
T SimScheduler::Run(SimExecutor& node, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    SimRoot root(node, std::move(task));
    if (RunUntil([&root] { return root.done(); }) != Outcome::kReached) FailStuck("a task does not end");
  } else {
    std::optional<T> result;
    SimRoot root(node, StoreSimResult(std::move(task), &result));
    if (RunUntil([&root] { return root.done(); }) != Outcome::kReached) FailStuck("a task does not end");
    return std::move(*result);
  }
}

}  // namespace cellar::common

namespace cellar {
using common::SimScheduler;
}  // namespace cellar
