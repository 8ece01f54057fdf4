#include "thrift/gateway/wire/call_pool.h"

#include <utility>

namespace cellar::thrift {

CallPool::~CallPool() {
  std::vector<std::unique_ptr<Worker>> workers;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    for (Worker* worker : idle_) worker->wake.Unpark();
    workers = std::move(workers_);
  }
  for (const auto& worker : workers) worker->thread->Join();
}

void CallPool::Submit(Job job) {
  const MutexLock lock(mutex_);
  if (!idle_.empty()) {
    Worker* worker = idle_.back();
    idle_.pop_back();
    worker->job = std::move(job);
    worker->wake.Unpark();
    return;
  }
  if (workers_.size() >= max_threads_) {
    waiting_.push_back(std::move(job));
    return;
  }
  Worker* worker = workers_.emplace_back(std::make_unique<Worker>()).get();
  worker->job = std::move(job);
  worker->thread = std::make_unique<common::Thread>("gateway.call", [this, worker] { Run(worker); });
}

void CallPool::Run(Worker* worker) {
  while (worker->job) {
    std::exchange(worker->job, Job())();
    {
      const MutexLock lock(mutex_);
      if (!waiting_.empty()) {
        worker->job = std::move(waiting_.front());
        waiting_.pop_front();
        continue;
      }
      if (stopping_) return;
      idle_.push_back(worker);
    }
    worker->wake.Park();
  }
}

size_t CallPool::thread_count() const {
  const MutexLock lock(mutex_);
  return workers_.size();
}

size_t CallPool::busy_count() const {
  const MutexLock lock(mutex_);
  return workers_.size() - idle_.size();
}

}  // namespace cellar::thrift
