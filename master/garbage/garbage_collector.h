#pragma once

#include "common/concurrency/task_group.h"
#include "master/cluster/master_core.h"

namespace cellar::master {

/// Removes what nothing refers to any more (protocols.md B10). Owned by the Master. Loop only. Borrows the core.
class GarbageCollector {
 public:
  explicit GarbageCollector(MasterCore& core) : tasks_(core.executor()) {}

  void Stop() { tasks_.DestroyAll(); }

 private:
  TaskGroup tasks_;
};

}  // namespace cellar::master
