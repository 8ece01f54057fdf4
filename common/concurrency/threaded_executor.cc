#include "common/concurrency/threaded_executor.h"

#include <algorithm>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr const char* kWorkerNames[kJobClassCount] = {"log", "read", "system", "maint"};
constexpr Nanos kMaxSleep = 10 * kSecond;

/// The loop that this thread is, if it is one. Compared only, never followed.
constinit thread_local const void* current_loop = nullptr;

}  // namespace

ThreadedExecutor::ThreadedExecutor(const Clock& clock, ThreadedExecutorOptions options,
                                   std::unique_ptr<LoopPoller> poller)
    : clock_(clock), options_(std::move(options)), poller_(std::move(poller)) {
  for (int i = 0; i < kJobClassCount; ++i) {
    CHECK(options_.worker_count[static_cast<size_t>(i)] > 0);
    workers_[static_cast<size_t>(i)] =
        std::make_unique<WorkerPool>(kWorkerNames[i], options_.worker_count[static_cast<size_t>(i)]);
  }
  loop_ = std::make_unique<Thread>(options_.name, [this] { RunLoop(); });
}

ThreadedExecutor::~ThreadedExecutor() {
  CHECK(!OnLoop());
  stopping_.store(true);
  poller_->Wake();
  loop_.reset();
  for (auto& pool : workers_) pool.reset();  // jobs that end now post to an inbox that nobody reads
}

bool ThreadedExecutor::OnLoop() const {
  return current_loop == this;
}

void ThreadedExecutor::WakeIfSleeping() {
  const bool wake = sleeping_;
  sleeping_ = false;
  has_news_.store(true, std::memory_order_release);
  mutex_.Unlock();
  if (wake) poller_->Wake();
}

void ThreadedExecutor::Post(Work work) {
  mutex_.Lock();
  inbox_.push_back(std::move(work));
  WakeIfSleeping();
}

TimerId ThreadedExecutor::PostAt(Nanos deadline, Work work) {
  mutex_.Lock();
  const TimerId id = timers_.Add(deadline, std::move(work));
  WakeIfSleeping();
  return id;
}

void ThreadedExecutor::CancelTimer(TimerId id) {
  Work cancelled;
  {
    MutexLock lock(mutex_);
    cancelled = timers_.Remove(id);
  }
}

void ThreadedExecutor::PostJob(JobClass job_class, Work job) {
  workers_[static_cast<size_t>(job_class)]->Post(std::move(job));
}

void ThreadedExecutor::RunLoop() {
  current_loop = this;
  while (!stopping_.load(std::memory_order_acquire)) {
    const bool ran_some = RunReady();
    poller_->Poll();
    if (!ran_some && !SpinForWork()) Sleep();
  }
}

bool ThreadedExecutor::RunReady() {
  std::deque<Work> works;
  {
    MutexLock lock(mutex_);
    works.swap(inbox_);
    has_news_.store(false, std::memory_order_relaxed);
  }
  bool ran_some = !works.empty();
  while (!works.empty()) {
    works.front()();
    works.pop_front();
  }
  const Nanos now = clock_.MonotonicNow();
  while (true) {  // one at a time, so that each may cancel the next
    std::optional<Work> due;
    {
      MutexLock lock(mutex_);
      due = timers_.TakeDue(now);
    }
    if (!due.has_value()) return ran_some;
    (*due)();
    ran_some = true;
  }
}

bool ThreadedExecutor::SpinForWork() {
  if (options_.spin == 0) return false;
  const Nanos end = clock_.MonotonicNow() + options_.spin;
  while (clock_.MonotonicNow() < end) {
    if (has_news_.load(std::memory_order_acquire)) return true;
    poller_->Poll();
    __builtin_ia32_pause();
  }
  return has_news_.load(std::memory_order_acquire);
}

void ThreadedExecutor::Sleep() {
  Nanos at_most = kMaxSleep;
  {
    MutexLock lock(mutex_);
    if (!inbox_.empty()) return;
    if (!timers_.empty()) at_most = std::min(at_most, timers_.first_deadline() - clock_.MonotonicNow());
    if (at_most <= 0) return;
    sleeping_ = true;
  }
  if (!stopping_.load(std::memory_order_acquire)) poller_->Wait(at_most);
  MutexLock lock(mutex_);
  sleeping_ = false;
}

}  // namespace cellar::common
