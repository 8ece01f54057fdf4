#pragma once

#include <memory>
#include <string_view>

#include "hql/executor/memory_database.h"

namespace cellar::hql {

/// A database in memory with two tables, once they were created, that try a shell's patience: a scan of "endless" gives
/// cells for ever; one of "stuck" gives its first and then waits for Cancel.
class WaitingDatabase final : public MemoryDatabase {
 public:
  explicit WaitingDatabase(const Clock& clock) : MemoryDatabase(clock) {}

  Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) override;
};

}  // namespace cellar::hql
