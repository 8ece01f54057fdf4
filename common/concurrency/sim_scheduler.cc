#include "common/concurrency/sim_scheduler.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/concurrency/task_group.h"

namespace cellar::common {
namespace {

constexpr uint64_t kStayPercents[] = {0, 50, 80, 97};

/// Sets this thread's hook for a scope.
class HookScope {
 public:
  explicit HookScope(SchedulingHook* hook) : before_(thread_scheduling.hook) { thread_scheduling.hook = hook; }
  ~HookScope() { thread_scheduling.hook = before_; }

 private:
  SchedulingHook* before_;
};

}  // namespace

SimScheduler::SimScheduler(uint64_t seed)
    : seed_(seed),
      random_(seed),
      stay_percent_(kStayPercents[random_.Uniform(std::size(kStayPercents))]),
      driver_hook_(*this),
      world_(*this, "world") {}

SimScheduler::~SimScheduler() {
  CHECK(busy_workers_.empty());
  CHECK(nodes_.size() == 1);  // the world alone
  BuryDead();
}

void SimScheduler::BuryDead() {
  std::vector<Work> dead;  // destroying one may kill, and so add others
  dead.swap(graveyard_);
}

void SimScheduler::FailStuck(const char* what) const {
  std::fprintf(stderr, "%s\n%s", what, Describe().c_str());
  std::fflush(stderr);
  std::abort();
}

void SimScheduler::AddNode(SimExecutor& node) {
  nodes_.push_back(&node);
}

void SimScheduler::RemoveNode(SimExecutor& node) {
  BuryDead();
  if (handed_to_driver_.has_value() && handed_to_driver_->node == &node) handed_to_driver_.reset();
  if (current_node_ == &node) current_node_ = nullptr;
  nodes_.erase(std::find(nodes_.begin(), nodes_.end(), &node));
}

bool SimScheduler::IsOnLoopOf(const SimExecutor& node) const {
  if (worker_has_baton_) return false;
  return driver_in_work_ ? current_node_ == &node : true;  // between works the driving thread stands in for any loop
}

SimScheduler::Outcome SimScheduler::RunUntil(UniqueFunction<bool()> predicate, Nanos deadline) {
  CHECK(!driver_in_work_ && !worker_has_baton_);
  CHECK(thread_scheduling.locks_held == 0);
  return Drive(predicate, deadline);
}

void SimScheduler::RunFor(Nanos duration) {
  const Nanos end = now_ + duration;
  RunUntil([] { return false; }, end);
  now_ = end;
}

SimScheduler::Outcome SimScheduler::RunUntilIdle(Nanos deadline) {
  return RunUntil([] { return false; }, deadline);
}

SimScheduler::Outcome SimScheduler::Drive(UniqueFunction<bool()>& predicate, Nanos deadline) {
  while (true) {
    BuryDead();
    if (predicate()) return Outcome::kReached;
    const Choice choice = handed_to_driver_.has_value() ? *handed_to_driver_ : Choose(Choice{});
    handed_to_driver_.reset();
    switch (choice.kind) {
      case Choice::Kind::kLoop:
        RunLoopWork(*choice.node);
        break;
      case Choice::Kind::kStartJob:
      case Choice::Kind::kWorker:
        LendBaton(choice);
        break;
      case Choice::Kind::kNone:
      case Choice::Kind::kDriver:
        if (!AdvanceTime(deadline)) return now_ >= deadline ? Outcome::kDeadline : Outcome::kIdle;
        break;
    }
  }
}

/// Moves to the next timer, if there is one before `deadline`.
bool SimScheduler::AdvanceTime(Nanos deadline) {
  Nanos next = kForever;
  for (const SimExecutor* node : nodes_) {
    if (!node->timers_.empty() && !node->frozen_)
      next = std::min(next, node->clock_.VirtualTimeOf(node->timers_.first_deadline()));
  }
  for (const SimWorker* worker : busy_workers_) {
    if (!worker->node_->frozen_) next = std::min(next, worker->wakes_at_);
  }
  steps_at_now_ = 0;
  if (next == kForever) return false;
  now_ = std::max(now_, std::min(next, deadline));
  return next < deadline;
}

void SimScheduler::RunLoopWork(SimExecutor& node) {
  if (node.frozen_) return;  // since it was chosen
  const bool timer_is_due = !node.timers_.empty() && node.timers_.first_deadline() <= node.clock_.MonotonicNow();
  if (node.works_.empty() && !timer_is_due) return;  // the node died since it was chosen
  const bool take_timer = timer_is_due && (node.works_.empty() || random_.OneIn(2));
  Work work;
  if (take_timer) {
    work = std::move(*node.timers_.TakeDue(node.clock_.MonotonicNow()));
  } else {
    work = std::move(node.works_.front());
    node.works_.pop_front();
  }
  trace_.Add(now_, node.name_, take_timer ? "timer" : "loop", "");
  current_node_ = &node;
  driver_in_work_ = true;
  {
    HookScope hook(&driver_hook_);
    work();
    work = Work();
    if (thread_scheduling.locks_held > 0) LockHeldAt("the end of a work on the loop");
  }
  driver_in_work_ = false;
  current_node_ = nullptr;
}

/// Lets others run until the baton comes back to the driving thread.
void SimScheduler::LendBaton(const Choice& choice) {
  HandOver(choice);
  driver_parker_.Park();
  worker_has_baton_ = false;
}

void SimScheduler::YieldDriver(const char* where) {
  const Choice choice = Choose(Choice{Choice::Kind::kDriver});
  if (choice.kind == Choice::Kind::kDriver) return;
  trace_.Add(now_, current_node_->name_, "loop step", where);
  LendBaton(choice);
  handed_to_driver_.reset();
}

/// `current` is the one who could go on without a switch.
SimScheduler::Choice SimScheduler::Choose(const Choice& current) {
  if (++steps_at_now_ >= kMaxStepsPerInstant) FailStuck("the world spins without time going on");
  const bool may_stay = current.worker == nullptr || !current.worker->node_->frozen_;
  if (current.kind != Choice::Kind::kNone && may_stay && random_.Uniform(100) < stay_percent_) return current;
  candidates_.clear();
  if (driver_in_work_ || !loops_may_run_) candidates_.push_back(Choice{Choice::Kind::kDriver});
  for (SimExecutor* node : nodes_) {
    if (!driver_in_work_ && loops_may_run_ && node->HasLoopWork()) {
      candidates_.push_back(Choice{Choice::Kind::kLoop, node});
    }
    for (size_t job_class = 0; job_class < kJobClassCount; ++job_class) {
      if (node->CanStartJob(job_class)) candidates_.push_back(Choice{Choice::Kind::kStartJob, node, job_class});
    }
  }
  for (SimWorker* worker : busy_workers_) {
    if (worker->wakes_at_ <= now_ && !worker->node_->frozen_)
      candidates_.push_back(Choice{Choice::Kind::kWorker, nullptr, 0, worker});
  }
  if (candidates_.empty()) return Choice{};
  return candidates_[random_.Uniform(candidates_.size())];
}

/// Gives the baton away; the caller parks, or has nothing more to do.
void SimScheduler::HandOver(const Choice& choice) {
  switch (choice.kind) {
    case Choice::Kind::kWorker:
      worker_has_baton_ = true;
      choice.worker->parker_.Unpark();
      return;
    case Choice::Kind::kStartJob: {
      worker_has_baton_ = true;
      AssignJob(*choice.node, choice.job_class).parker_.Unpark();
      return;
    }
    case Choice::Kind::kNone:
    case Choice::Kind::kLoop:
    case Choice::Kind::kDriver:
      if (choice.kind == Choice::Kind::kLoop) handed_to_driver_ = choice;
      driver_parker_.Unpark();
      return;
  }
}

SimWorker& SimScheduler::AssignJob(SimExecutor& node, size_t job_class) {
  if (idle_workers_.empty()) {
    workers_.push_back(std::make_unique<SimWorker>(*this));
    idle_workers_.push_back(workers_.back().get());
  }
  SimWorker& worker = *idle_workers_.back();
  idle_workers_.pop_back();
  busy_workers_.push_back(&worker);
  worker.node_ = &node;
  worker.job_class_ = static_cast<JobClass>(job_class);
  worker.job_ = std::move(node.jobs_[job_class].front());
  worker.where_ = "start";
  worker.wakes_at_ = 0;
  node.jobs_[job_class].pop_front();
  ++node.running_jobs_[job_class];
  trace_.Add(now_, node.name_, "job start", "", job_class);
  return worker;
}

Nanos SimScheduler::DrawDelay() {
  if (delays_one_in_ == 0 || !random_.OneIn(delays_one_in_)) return 0;
  return 1 + static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(longest_delay_)));
}

/// The jobs of a dead node sleep no more: they run out.
void SimScheduler::SleepWorker(SimWorker& worker, Nanos duration, const char* where) {
  if (duration <= 0 || worker.node_->dead_) return YieldWorker(worker, where);
  worker.where_ = where;
  worker.wakes_at_ = now_ + duration;
  trace_.Add(now_, worker.node_->name_, "job sleep", where);
  HandOver(Choose(Choice{}));
  worker.parker_.Park();
}

void SimScheduler::YieldWorker(SimWorker& worker, const char* where) {
  if (const Nanos delay = worker.node_->dead_ ? 0 : DrawDelay(); delay > 0) return SleepWorker(worker, delay, where);
  worker.where_ = where;
  trace_.Add(now_, worker.node_->name_, "job step", where);
  const Choice choice = Choose(Choice{Choice::Kind::kWorker, nullptr, 0, &worker});
  if (choice.kind == Choice::Kind::kWorker && choice.worker == &worker) return;
  HandOver(choice);
  worker.parker_.Park();
}

void SimScheduler::FinishJob(SimWorker& worker) {
  trace_.Add(now_, worker.node_->name_, "job end", "");
  --worker.node_->running_jobs_[static_cast<size_t>(worker.job_class_)];
  worker.node_ = nullptr;
  busy_workers_.erase(std::find(busy_workers_.begin(), busy_workers_.end(), &worker));
  idle_workers_.push_back(&worker);
  HandOver(Choose(Choice{}));
}

void SimScheduler::RunOutJobs(SimExecutor& node) {
  CHECK(!worker_has_baton_);
  for (SimWorker* worker : busy_workers_) {
    if (worker->node_ == &node) worker->wakes_at_ = 0;
  }
  while (node.has_jobs()) {
    loops_may_run_ = false;
    const Choice choice = Choose(Choice{});
    if (choice.kind != Choice::Kind::kDriver) LendBaton(choice);
    handed_to_driver_.reset();
  }
  loops_may_run_ = true;
}

std::string SimScheduler::Describe() const {
  std::string text = "virtual time " + std::to_string(now_) + " ns, seed " + std::to_string(seed_) + "\n";
  for (const SimExecutor* node : nodes_) {
    size_t queued_jobs = 0;
    for (const auto& queue : node->jobs_) queued_jobs += queue.size();
    text += node->name_ + (node->dead_ ? " (dead)" : "") + (node->frozen_ ? " (frozen)" : "") + ": " +
            std::to_string(node->works_.size()) + " works, " + std::to_string(node->timers_.size()) + " timers, " +
            std::to_string(queued_jobs) + " queued jobs\n";
    for (const TaskGroup* group : node->groups_) text += group->Describe();
  }
  for (const SimWorker* worker : busy_workers_) {
    text += "job of " + worker->node_->name_ + " parked at " + worker->where_ + "\n";
  }
  return text;
}

}  // namespace cellar::common
