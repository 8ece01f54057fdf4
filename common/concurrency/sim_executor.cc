#include "common/concurrency/sim_executor.h"

#include <algorithm>

#include "common/concurrency/scheduling_point.h"
#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/task_group.h"

namespace cellar::common {

SimExecutor::SimExecutor(SimScheduler& scheduler, std::string name, SimExecutorOptions options)
    : scheduler_(scheduler), name_(std::move(name)), options_(options), clock_(scheduler.now_) {
  scheduler_.AddNode(*this);
}

SimExecutor::~SimExecutor() {
  Kill();
  RunOutJobs();
  for (TaskGroup* group : groups_) group->ForgetExecutor();
  scheduler_.RemoveNode(*this);
}

void SimExecutor::Post(Work work) {
  SchedulingPointUnlessLocked("post");
  if (!dead_) works_.push_back(std::move(work));
}

TimerId SimExecutor::PostAt(Nanos deadline, Work work) {
  SchedulingPointUnlessLocked("post timer");
  return dead_ ? TimerId() : timers_.Add(deadline, std::move(work));
}

void SimExecutor::CancelTimer(TimerId id) {
  timers_.Remove(id);
}

void SimExecutor::PostJob(JobClass job_class, Work job) {
  SchedulingPointUnlessLocked("post job");
  if (!dead_) jobs_[static_cast<size_t>(job_class)].push_back(std::move(job));
}

bool SimExecutor::OnLoop() const {
  return scheduler_.IsOnLoopOf(*this);
}

bool SimExecutor::Enroll(TaskGroup& group) {
  groups_.push_back(&group);
  return true;
}

void SimExecutor::Withdraw(TaskGroup& group) {
  groups_.erase(std::find(groups_.begin(), groups_.end(), &group));
}

void SimExecutor::Kill() {
  if (dead_) return;
  dead_ = true;
  frozen_ = false;
  scheduler_.trace().Add(scheduler_.now(), name_, "kill", "");
  // Destroyed later, by the driving thread: this may be one of the works.
  for (Work& work : works_) scheduler_.graveyard_.push_back(std::move(work));
  works_.clear();
  while (!timers_.empty()) scheduler_.graveyard_.push_back(std::move(*timers_.TakeDue(timers_.first_deadline())));
  for (auto& queue : jobs_) {
    for (Work& job : queue) scheduler_.graveyard_.push_back(std::move(job));
    queue.clear();
  }
}

void SimExecutor::Freeze() {
  if (dead_ || frozen_) return;
  frozen_ = true;
  scheduler_.trace().Add(scheduler_.now(), name_, "freeze", "");
}

void SimExecutor::Thaw() {
  if (!frozen_) return;
  frozen_ = false;
  scheduler_.trace().Add(scheduler_.now(), name_, "thaw", "");
}

void SimExecutor::RunOutJobs() {
  scheduler_.RunOutJobs(*this);
}

bool SimExecutor::has_jobs() const {
  for (const int count : running_jobs_) {
    if (count > 0) return true;
  }
  return false;
}

bool SimExecutor::HasLoopWork() const {
  if (frozen_) return false;
  return !works_.empty() || (!timers_.empty() && timers_.first_deadline() <= clock_.MonotonicNow());
}

bool SimExecutor::CanStartJob(size_t job_class) const {
  return !frozen_ && !jobs_[job_class].empty() && running_jobs_[job_class] < options_.worker_count[job_class];
}

}  // namespace cellar::common
