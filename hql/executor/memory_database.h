#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "hql/executor/database.h"

namespace cellar::hql {

/// A database in memory on the reference evaluator: every write is kept, every scan is evaluated from all of them. For
/// tests of what speaks HQL. Writes become visible with Flush. One thread.
class MemoryDatabase : public Database {
 public:
  /// `clock`: for timestamps and TTL. Borrowed.
  explicit MemoryDatabase(const Clock& clock) : clock_(clock) {}

  Status CreateNamespace(std::string_view path, bool if_not_exists) override;
  Status DropNamespace(std::string_view path, bool if_exists) override;
  Result<bool> NamespaceExists(std::string_view path) override;
  Result<std::vector<client::ListingEntry>> List(std::string_view path) override;

  Status CreateTable(std::string_view path, const model::SchemaDefinition& definition) override;
  Status DropTable(std::string_view path, bool if_exists) override;
  Status RenameTable(std::string_view path, std::string_view new_path) override;
  Status AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations) override;
  Status RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                        client::IndexRebuildWatcher watcher) override;
  Status ReplaceSchema(std::string_view path, model::SchemaDefinition wanted) override;
  Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) override;

  Result<int> CompactTable(std::string_view path, client::CompactionType type, const std::string* row) override;
  Result<int> CompactRanges(int classes, client::CompactionType type) override;
  Status SetReadOnly(bool read_only) override;
  Result<client::ClusterHealth> Health() override;
  Result<std::vector<client::ServerInfo>> Servers() override;
  Result<std::vector<client::QueryInfo>> Queries(std::vector<client::SilentServer>* silent) override;
  Status KillQuery(std::string_view id) override;
  Result<std::vector<client::MaintenanceInfo>> MaintenanceTasks(bool wait,
                                                                std::vector<client::SilentServer>* silent) override;
  void CancelCalls() override { ++cancelled_calls; }

  client::ClusterHealth health;                ///< What STATUS tells; OK at first.
  std::vector<client::QueryInfo> queries;      ///< What SHOW QUERIES tells; KILL takes one out.
  std::vector<client::SilentServer> silent;    ///< Servers that answer neither.
  int cancelled_calls = 0;                     ///< How often CancelCalls was called.
  std::vector<client::MaintenanceInfo> tasks;  ///< What SHOW MAINTENANCE tells; waiting ends the first.

  /// A table's cells as they were written.
  struct Table {
    std::shared_ptr<const model::Schema> schema;
    std::vector<model::Cell> history;
  };

 private:
  Status CheckParent(std::string_view path) const;
  Result<std::shared_ptr<Table>> Find(std::string_view path) const;

  const Clock& clock_;
  std::set<std::string> namespaces_ = {"/", "/sys", "/tmp"};
  std::map<std::string, std::shared_ptr<Table>> tables_;
  int64_t last_revision_ = 0;
  bool read_only_ = false;
};

}  // namespace cellar::hql
