#pragma once

#include <memory>
#include <vector>

#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "common/time/clock.h"
#include "thrift/gateway/objects/open_mutator.h"
#include "thrift/gateway/wire/call_pool.h"

namespace cellar::thrift {

/// Flushes mutators every so often, as long as they are there. Thread-safe. Borrows clock and pool.
class PeriodicFlushes {
 public:
  PeriodicFlushes(const Clock& clock, CallPool& pool);
  ~PeriodicFlushes();

  void Add(const std::shared_ptr<OpenMutator>& mutator, Nanos interval) EXCLUDES(mutex_);

 private:
  struct Entry {
    std::weak_ptr<OpenMutator> mutator;
    Nanos interval = 0;
    Nanos due = 0;
  };

  void Run();
  /// Starts what is due; until when there is nothing to do.
  Nanos StartDue() EXCLUDES(mutex_);

  const Clock& clock_;
  CallPool& pool_;
  common::Parker wake_;
  Mutex mutex_;
  std::vector<Entry> entries_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<common::Thread> thread_;
};

}  // namespace cellar::thrift
