#pragma once

#include <vector>

#include "common/concurrency/task.h"
#include "lockservice/embedded/lock_table.h"

namespace cellar::lockservice {

/// Where the embedded lock service keeps its changes. Loop only.
class LockJournal {
 public:
  virtual ~LockJournal() = default;

  /// Makes the edits durable, all or none. One call at a time. After an error the outcome is unknown: the edits may be
  /// durable now, or become so with a later call.
  virtual Task<Status> Append(std::vector<LockEdit> edits) = 0;
};

}  // namespace cellar::lockservice
