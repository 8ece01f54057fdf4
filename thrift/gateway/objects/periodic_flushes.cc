#include "thrift/gateway/objects/periodic_flushes.h"

#include <algorithm>

namespace cellar::thrift {
namespace {

constexpr Nanos kLongest = 3600 * kSecond;

}  // namespace

PeriodicFlushes::PeriodicFlushes(const Clock& clock, CallPool& pool) : clock_(clock), pool_(pool) {
  thread_ = std::make_unique<common::Thread>("gateway.flush", [this] { Run(); });
}

PeriodicFlushes::~PeriodicFlushes() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.Unpark();
  thread_->Join();
}

void PeriodicFlushes::Add(const std::shared_ptr<OpenMutator>& mutator, Nanos interval) {
  {
    const MutexLock lock(mutex_);
    entries_.push_back(Entry{mutator, interval, clock_.MonotonicNow() + interval});
  }
  wake_.Unpark();
}

void PeriodicFlushes::Run() {
  while (true) {
    const Nanos until = StartDue();
    if (until == 0) return;
    wake_.ParkFor(until - clock_.MonotonicNow());
  }
}

Nanos PeriodicFlushes::StartDue() {
  const Nanos now = clock_.MonotonicNow();
  Nanos next = now + kLongest;
  std::vector<std::shared_ptr<OpenMutator>> due;
  {
    const MutexLock lock(mutex_);
    if (stopping_) return 0;
    std::erase_if(entries_, [](const Entry& entry) { return entry.mutator.expired(); });
    for (Entry& entry : entries_) {
      if (entry.due <= now) {
        due.push_back(entry.mutator.lock());
        entry.due = now + entry.interval;
      }
      next = std::min(next, entry.due);
    }
  }
  for (std::shared_ptr<OpenMutator>& mutator : due) {
    if (mutator) pool_.Submit([held = std::move(mutator)] { held->FlushInBackground(); });
  }
  return next;
}

}  // namespace cellar::thrift
