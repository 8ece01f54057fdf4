#pragma once

#include <string>
#include <vector>

#include "client/cpp/client_core.h"
#include "client/cpp/include/client.h"
#include "common/concurrency/task.h"

namespace cellar::client {

/// REBUILD INDICES: new, empty index tables, which every write fills from then on; the entries of all that is stored
/// already; and the word to the master that they are complete. The table is read and written meanwhile, without the
/// indexes. When it ends early the indexes stay unused until another one ends well. `timeout` is for each step and
/// block. Loop only.
Task<Status> RebuildIndexes(ClientCore& core, std::string path, std::vector<model::IndexKind> kinds, Nanos timeout,
                            IndexRebuildWatcher watcher);

}  // namespace cellar::client
