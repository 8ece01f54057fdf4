#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/include/mutator.h"
#include "client/cpp/include/scanner.h"
#include "client/cpp/include/table.h"
#include "client/cpp/include/table_range.h"
#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/key_codec.h"
#include "model/schema_alteration.h"
#include "model/schema_definition.h"

namespace cellar::protocol {
class CompactRequest;
}

namespace cellar::client {

class ClientCore;
class Connection;

/// How to reach a cluster.
struct ClientOptions {
  std::string lock_service_url = "cellar://127.0.0.1:15861";  ///< As the setting `lockservice.url`.
  std::string lock_service_password_file;                     ///< As `lockservice.password_file`, for a ZooKeeper.
  Nanos timeout = 60 * kSecond;                               ///< Of one call, all retries included.

  ClientOptions() = default;
};

/// One name below a namespace.
struct ListingEntry {
  std::string name;
  bool is_namespace = false;

  friend bool operator==(const ListingEntry&, const ListingEntry&) = default;
};

/// State of the cluster as STATUS shows it.
struct ClusterHealth {
  enum class Level : uint8_t { kOk = 0, kWarning = 1, kCritical = 2, kUnknown = 3 };
  Level level = Level::kUnknown;
  std::vector<std::string> problems;  ///< One sentence each; empty when kOk.

  ClusterHealth() = default;
};

/// What Health tells of a cluster that SetReadOnly has made so.
inline constexpr std::string_view kReadOnlyProblem = "the cluster is read-only (SET READONLY=false ends it)";

/// A range server that the master knows.
struct ServerInfo {
  std::string location;  ///< "rs1"
  std::string address;   ///< "host:port"
  bool is_ready = false;

  ServerInfo() = default;
};

/// A server that should have answered.
struct SilentServer {
  std::string location;
  Status why;
};

/// Where a cluster keeps the files of its tables.
struct FilesPlace {
  std::string url;        ///< Of a broker; empty: of none.
  std::string directory;  ///< Then: on the master's machine.
  std::string cluster_id;

  FilesPlace() = default;
};

/// The public code of KillQuery's kNotFound: no scanner of that id.
inline constexpr int32_t kNoSuchQuery = 0x50007;

/// A scan that a range server answers.
struct QueryInfo {
  std::string id;     ///< "rs1_17": the server, and its number there.
  std::string table;  ///< As its client told; else the table's id.
  model::RangeKey range;
  std::string peer;
  Nanos age = 0;
  Nanos idle = 0;
  uint64_t cells = 0;
  uint64_t bytes = 0;

  QueryInfo() = default;
};

/// A compaction that waits or runs.
struct MaintenanceInfo {
  std::string server;
  model::RangeKey range;
  std::string kind;  ///< "minor", "major", "merging", "gc"
  bool running = false;
  Nanos age = 0;

  MaintenanceInfo() = default;
};

enum class CompactionType : uint8_t { kMinor = 0, kMajor = 1, kMerging = 2, kGc = 3 };

/// How far REBUILD INDICES is.
struct IndexRebuildProgress {
  uint64_t cell_count = 0;   ///< Of indexed families, read so far.
  std::string row;           ///< Entries of all cells before this row have been written.
  uint64_t blocks_read = 0;  ///< Of files.
  uint64_t block_count = 0;  ///< Of files, when it began; 0: not known. What is in memory is in none.

  IndexRebuildProgress() = default;
};

/// Told once the rebuild has begun and from time to time, from the client's own thread, never after the call has
/// returned; an error from it ends the rebuild.
using IndexRebuildWatcher = std::function<Status(const IndexRebuildProgress&)>;

/// A connection to a cluster: names, schemas, and the tables to read and write. Paths are absolute: "/ns/table".
/// Thread-safe. Calls block, at most for ClientOptions::timeout, then kTimedOut; the first error met is told.
/// Errors carry the public number in Status::detail() where the ancestor's clients know one.
class Client {
 public:
  /// Does not wait for the cluster: calls do; for a ZooKeeper it does, at most three seconds.
  static Result<std::unique_ptr<Client>> Connect(const ClientOptions& options);
  ~Client();  ///< Tables, mutators and scanners must be gone.

  Status CreateNamespace(std::string_view path, bool if_not_exists = false);
  Status DropNamespace(std::string_view path, bool if_exists = false);
  Result<std::vector<ListingEntry>> List(std::string_view path);  ///< In byte order of the names.

  Status CreateTable(std::string_view path, const model::SchemaDefinition& definition);
  Status DropTable(std::string_view path, bool if_exists = false);
  Status RenameTable(std::string_view path, std::string_view new_path);
  Status AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations);
  /// Gives the table the schema `wanted` in place of its own, as model::Schema::Replace does. Generations in `wanted`
  /// do not matter; kConflict (0x40008) unless the table's is `expected`, when given.
  Status ReplaceSchema(std::string_view path, model::SchemaDefinition wanted,
                       std::optional<model::SchemaGeneration> expected = std::nullopt);
  /// REBUILD INDICES: makes the indexes of these kinds anew from the table's cells; needed after an index was added to
  /// a family that has cells. Until it is done queries do without them. 0x60002 when there is none of them. When it
  /// ends early, by CancelCalls too, queries do without until another one ends well.
  Status RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                        IndexRebuildWatcher watcher = nullptr);
  Result<bool> TableExists(std::string_view path);
  Result<bool> NamespaceExists(std::string_view path);

  /// kNotFound (22) when there is none. Of "t^.cellstore.index" a table that lists t's blocks, to be scanned only: all
  /// else is refused (58); kInvalidArgument (54) for other pseudo-tables (model/pseudo_table.h).
  Result<std::shared_ptr<Table>> OpenTable(std::string_view path);

  /// In the order of rows, covering the table.
  Result<std::vector<TableRange>> TableRanges(std::string_view path);

  /// Compacts the ranges of a table, or the one that holds `row`; returns how many were scheduled.
  Result<int> CompactTable(std::string_view path, CompactionType type, const std::string* row, bool wait = false);

  /// The same for classes of ranges: 1 root, 2 metadata, 4 system, 8 user, or'ed.
  Result<int> CompactRanges(int classes, CompactionType type, bool wait = false);

  /// While it is read-only, writes to users' tables are refused (0x50022). Kept by the master; holds on every server
  /// when this returns OK.
  Status SetReadOnly(bool read_only);

  Result<ClusterHealth> Health();
  Result<std::vector<ServerInfo>> Servers();

  /// As the master says; for those who keep files of their own beside the cluster's.
  Result<FilesPlace> PlaceOfFiles();

  /// The scans that run, on all servers. `silent`: where to name servers that do not answer soon; without it the first
  /// of them is the error.
  Result<std::vector<QueryInfo>> Queries(std::vector<SilentServer>* silent = nullptr);
  /// Whoever reads from it hears kCancelled. kNotFound when none of that id runs.
  Status KillQuery(std::string_view id);

  /// The compactions that wait or run, on all servers. `wait`: first until there is none, or for a second. `silent` as
  /// above.
  Result<std::vector<MaintenanceInfo>> MaintenanceTasks(bool wait = false, std::vector<SilentServer>* silent = nullptr);

  /// From any thread: the calls of this object that wait now, and those of tables that say so, end with kCancelled;
  /// what they asked for may still be done. Mutators and scanners have a Cancel of their own.
  void CancelCalls();

  ClientCore& core();

 private:
  Client(std::unique_ptr<Connection> connection, Nanos timeout);
  template <typename Call, typename Request>
  auto Ask(Call call, Request request);
  template <typename Reply, typename Ask, typename Take>
  Status AskServers(Nanos patience, std::vector<SilentServer>* silent, const Ask& ask, const Take& take);
  Status SendSchema(std::string_view path, const Table& table, const model::Schema& altered);
  Result<int> CompactEverywhere(const protocol::CompactRequest& request);

  std::unique_ptr<Connection> connection_;
  const Nanos timeout_;
};

}  // namespace cellar::client
