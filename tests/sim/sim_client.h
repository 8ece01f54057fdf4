#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/client_core.h"
#include "client/cpp/lock_service_directory.h"
#include "client/cpp/mutator_flow.h"
#include "model/cell.h"
#include "model/schema.h"
#include "model/schema_alteration.h"
#include "model/schema_definition.h"
#include "tests/sim/sim_process.h"

namespace cellar::sim {

/// A table as a client opened it.
struct SimTable {
  std::string path;
  model::TableId id;
  std::shared_ptr<const model::Schema> schema;

  SimTable() = default;
  model::FamilyId family(std::string_view name) const { return schema->FindFamily(name)->id; }
};

/// A client's process on a machine of its own. Never dies. Its operations are coroutines on its loop; `patience` is
/// how long one may take, all tries included. kTimedOut of a write: it may have been done, or may be done still.
class SimClient {
 public:
  SimClient(const SimMachine& machine, const std::string& node, uint64_t seed);
  ~SimClient();

  void Spawn(Task<void> task) {
    node_.Post(
        [this, held = std::make_shared<Task<void>>(std::move(task))] { tasks_.Spawn(std::move(*held), "actor"); });
  }

  Task<Status> CreateTable(std::string path, model::SchemaDefinition definition, Nanos patience);
  Task<Status> DropTable(std::string path, Nanos patience);
  Task<Result<SimTable>> OpenTable(std::string path, Nanos patience);
  Task<Status> RenameTable(std::string path, std::string new_path, Nanos patience);
  Task<Status> SetReadOnly(bool read_only, Nanos patience);
  /// The next generation of the table's schema.
  Task<Status> AlterTable(SimTable table, model::SchemaAlteration alteration, Nanos patience);
  Task<Status> CreateNamespace(std::string path, Nanos patience);
  Task<Status> DropNamespace(std::string path, Nanos patience);

  Task<Result<std::vector<model::Cell>>> Scan(SimTable table, model::ScanSpec spec, Nanos patience);
  Task<Result<std::vector<model::Cell>>> Get(SimTable table, model::ScanSpec spec, std::vector<std::string> rows,
                                             Nanos patience);
  Task<Result<client::RowMutationOutcome>> Mutate(SimTable table, std::vector<client::RowCondition> conditions,
                                                  std::vector<model::Cell> cells, Nanos patience);
  Task<Status> RebuildIndexes(std::string path, Nanos patience);
  /// Does not wait for its end.
  Task<Status> Compact(SimTable table, int kind, Nanos patience);

  /// How far its machine's wall clock is off the cluster's.
  void SetClockOffset(Nanos offset) { node_.sim_clock().SetWallOffset(began_at_ + offset); }

  client::ClientCore& core() { return core_; }
  SimExecutor& node() { return node_; }
  SeededRandom& random() { return random_; }
  Deadline In(Nanos patience) const { return Deadline::After(node_.clock(), patience); }

 private:
  SeededRandom random_;
  const Nanos began_at_;
  SimExecutor node_;
  rpc::MemoryTransport transport_;
  rpc::RpcClient rpc_;
  lockservice::RemoteLockService locks_;
  client::LockServiceDirectory directory_;
  client::ClientCore core_;
  TaskGroup tasks_;
};

/// A stream of writes whose order holds, as a mutator's.
class SimWriter {
 public:
  explicit SimWriter(SimClient& client) : client_(client), flow_(client.core(), 1 << 20) {}

  /// All cells in one frame. OK: every row is written; kTimedOut: some may be; else none of the rows that failed is.
  Task<Status> Write(SimTable table, std::vector<model::Cell> cells, Nanos patience);

 private:
  SimClient& client_;
  client::MutatorFlow flow_;
};

/// An insert with an automatic timestamp.
model::Cell Insert(std::string row, model::FamilyId family, std::string qualifier, std::string value);
/// A marker with an automatic timestamp.
model::Cell Delete(model::KeyFlag flag, std::string row, model::FamilyId family, std::string qualifier);
/// The newest version of every column of one row, or of all.
model::ScanSpec NewestOf(std::optional<std::string> row);

}  // namespace cellar::sim
