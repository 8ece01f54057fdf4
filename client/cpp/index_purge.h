#pragma once

#include <memory>
#include <vector>

#include "client/cpp/client_core.h"
#include "client/cpp/index_rows.h"
#include "client/cpp/index_writes.h"

namespace cellar::client {

/// Beyond kEntryLife, for clocks of servers that differ.
inline constexpr Nanos kPurgeMargin = 60 * kSecond;

/// Removes those of the entries whose cells are gone and cannot come any more (docs/internals/indexes.md, *stale
/// entries*). Returns how many; errors leave them to the next one who finds them. `core` outlives it.
Task<size_t> PurgeStale(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                        std::vector<FoundEntry> suspects, Deadline deadline);

}  // namespace cellar::client
