#include "tests/support/pumped_executor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/check.h"

namespace cellar::tests {
namespace {

constexpr int kWorkers = 4;

/// The executor that this thread is in. Compared only, never followed.
constinit thread_local const void* current_loop = nullptr;

Task<void> NoteEnd(Task<void> task, bool* ended) {
  co_await std::move(task);
  *ended = true;
}

}  // namespace

PumpedExecutor::PumpedExecutor(const Clock& clock) : clock_(clock), workers_("worker", kWorkers) {
  current_loop = this;
}

bool PumpedExecutor::OnLoop() const {
  return current_loop == this;
}

void PumpedExecutor::Post(Work work) {
  {
    MutexLock lock(mutex_);
    inbox_.push_back(std::move(work));
  }
  news_.Unpark();
}

TimerId PumpedExecutor::PostAt(Nanos deadline, Work work) {
  TimerId id;
  {
    MutexLock lock(mutex_);
    id = timers_.Add(deadline, std::move(work));
  }
  news_.Unpark();
  return id;
}

void PumpedExecutor::CancelTimer(TimerId id) {
  Work cancelled;
  MutexLock lock(mutex_);
  cancelled = timers_.Remove(id);
}

void PumpedExecutor::PostJob(JobClass, Work job) {
  workers_.Post(std::move(job));
}

void PumpedExecutor::RunReady() {
  std::deque<Work> works;
  {
    MutexLock lock(mutex_);
    works.swap(inbox_);
  }
  for (Work& work : works) work();
  const Nanos now = clock_.MonotonicNow();
  for (;;) {
    std::optional<Work> due;
    {
      MutexLock lock(mutex_);
      due = timers_.TakeDue(now);
    }
    if (!due) return;
    (*due)();
  }
}

void PumpedExecutor::Sleep(Nanos at_most) {
  {
    MutexLock lock(mutex_);
    if (!inbox_.empty()) return;
    if (!timers_.empty()) at_most = std::min(at_most, timers_.first_deadline() - clock_.MonotonicNow());
  }
  if (at_most > 0) (void)news_.ParkFor(at_most);
}

void PumpedExecutor::Run(Task<void> task) {
  CHECK(OnLoop() && !std::exchange(running_, true));
  bool ended = false;
  TaskGroup tasks(*this);
  tasks.Spawn(NoteEnd(std::move(task), &ended), "test");
  while (!ended || tasks.size() > 0) {
    RunReady();
    if (!ended) Sleep(kSecond);
  }
  running_ = false;
}

void PumpedExecutor::RunFor(Nanos duration) {
  CHECK(OnLoop() && !std::exchange(running_, true));
  const Nanos end = clock_.MonotonicNow() + duration;
  for (Nanos now = clock_.MonotonicNow(); now < end; now = clock_.MonotonicNow()) {
    RunReady();
    Sleep(end - now);
  }
  RunReady();
  running_ = false;
}

}  // namespace cellar::tests
