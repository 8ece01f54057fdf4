#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/include/client.h"
#include "common/base/result.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "model/schema_alteration.h"
#include "model/schema_definition.h"
#include "model/schema_options.h"

namespace cellar::hql {

/// The cells of one scan in key order. Used by one thread, but for Cancel.
class CellScanner {
 public:
  virtual ~CellScanner() = default;

  /// False at the end and on error: status() tells which. The views hold until the next call.
  virtual bool Next(model::CellView* cell) = 0;
  virtual Status status() const = 0;
  /// By which the last cell is to be understood; holds until the next call.
  virtual const model::Schema& schema() const = 0;

  /// What was read of files so far; nothing unless asked to count.
  virtual client::ScanReads reads() { return client::ScanReads(); }

  /// From any thread: a Next that waits, and every later one, returns false with kCancelled.
  virtual void Cancel() = 0;
};

/// Buffered writes to one table, as client::Mutator's. The value of a counter's cell is an encoded CounterUpdate.
class CellWriter {
 public:
  virtual ~CellWriter() = default;

  /// Checks and buffers one cell or delete marker. May wait for room.
  virtual Status Set(const model::CellView& cell) = 0;

  /// Waits until everything was acknowledged. The first error, if any.
  virtual Status Flush() = 0;

  /// From any thread, as client::Mutator's: calls that wait end soon, and all later ones, with kCancelled.
  virtual void Cancel() = 0;
  /// What became of the cells that were set; final after Flush.
  virtual client::MutatorCounts counts() const = 0;
};

/// An open table with its schema as of then.
class DatabaseTable {
 public:
  virtual ~DatabaseTable() = default;

  virtual const model::Schema& schema() const = 0;
  /// `durability`: in place of the table's.
  virtual std::unique_ptr<CellWriter> NewWriter(std::optional<model::Durability> durability) = 0;
  virtual Result<std::shared_ptr<CellScanner>> NewScanner(model::ScanSpec spec, bool count_reads = false) = 0;
  virtual Result<client::Explanation> Explain(model::ScanSpec spec) = 0;

  /// As client::Table::Mutate; ended by Database::CancelCalls.
  virtual Result<client::RowMutationOutcome> Mutate(const client::RowMutation& mutation) = 0;
};

/// What the interpreter needs of a cluster: the calls of client::Client, with the same rules for paths ("/ns/table"),
/// waiting and public error codes. Implemented by the client and, for tests, in memory.
class Database {
 public:
  virtual ~Database() = default;

  virtual Status CreateNamespace(std::string_view path, bool if_not_exists) = 0;
  virtual Status DropNamespace(std::string_view path, bool if_exists) = 0;
  virtual Result<bool> NamespaceExists(std::string_view path) = 0;
  virtual Result<std::vector<client::ListingEntry>> List(std::string_view path) = 0;

  virtual Status CreateTable(std::string_view path, const model::SchemaDefinition& definition) = 0;
  virtual Status DropTable(std::string_view path, bool if_exists) = 0;
  virtual Status RenameTable(std::string_view path, std::string_view new_path) = 0;
  virtual Status AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations) = 0;
  virtual Status ReplaceSchema(std::string_view path, model::SchemaDefinition wanted) = 0;
  virtual Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) = 0;

  virtual Status RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                                client::IndexRebuildWatcher watcher) = 0;

  /// Both return how many ranges were told to.
  virtual Result<int> CompactTable(std::string_view path, client::CompactionType type, const std::string* row) = 0;
  virtual Result<int> CompactRanges(int classes, client::CompactionType type) = 0;

  virtual Status SetReadOnly(bool read_only) = 0;
  virtual Result<client::ClusterHealth> Health() = 0;
  virtual Result<std::vector<client::ServerInfo>> Servers() = 0;
  /// Servers that do not answer are named in `silent`.
  virtual Result<std::vector<client::QueryInfo>> Queries(std::vector<client::SilentServer>* silent) = 0;
  virtual Status KillQuery(std::string_view id) = 0;
  /// `silent` may be null: then a server that does not answer is an error.
  virtual Result<std::vector<client::MaintenanceInfo>> MaintenanceTasks(bool wait,
                                                                        std::vector<client::SilentServer>* silent) = 0;

  /// From any thread: calls of this object and of its tables that wait now end soon with kCancelled.
  virtual void CancelCalls() = 0;
};

}  // namespace cellar::hql
