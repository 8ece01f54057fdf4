#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/concurrency/parker.h"
#include "hql/executor/memory_database.h"

namespace cellar::hql {

/// A database in memory with two tables, once they were created, that try a shell's patience: a scan of "endless" gives
/// cells for ever; one of "stuck" gives its first and then waits for Cancel, as a COMPACT, REBUILD INDICES or UPDATE of
/// it does for CancelCalls. Of the cells written to "stuck" the first is acknowledged, and the wait for the others ends
/// with Cancel.
class WaitingDatabase final : public MemoryDatabase {
 public:
  explicit WaitingDatabase(const Clock& clock) : MemoryDatabase(clock) {}

  Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) override;
  Result<int> CompactTable(std::string_view path, client::CompactionType type, const std::string* row) override;
  Status RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                        client::IndexRebuildWatcher watcher) override;
  void CancelCalls() override;

  /// Until CancelCalls.
  Status WaitForCancel();

 private:
  std::atomic<bool> waits_ = false;
  common::Parker parker_;
};

}  // namespace cellar::hql
