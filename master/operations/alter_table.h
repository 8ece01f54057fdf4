#pragma once

#include <vector>

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the schema under its generation; the word to the servers that serve the table. Around them, where indexes
/// come or go (docs/internals/indexes.md):
///
///     new index tables: row, range, load  →  interim schema, servers  →  schema, servers
///         →  paths  →  old index tables: mark, unload, rows, files, table
///
/// The interim schema only says that what is about to change is not to be read; it is left out when there is no such
/// thing.
class AlterTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity& operation) const override;
  Task<Status> Run(OperationEntity operation) override;

 private:
  enum class Step : uint8_t {
    kAddTables,
    kAddRanges,
    kLoad,
    kInterimSchema,
    kInterimServers,
    kSchema,
    kServers,
    kPaths,
    kMark,
    kUnload,
    kRemoveRanges,
    kRemoveFiles,
    kRemoveTables,
  };

  static std::vector<Step> StepsOf(const OperationEntity& operation);
  Status PlanTables(const model::Schema& current, model::SchemaDefinition* next, OperationEntity* operation);
  Result<model::Schema> NextOf(const model::Schema& current, const OperationEntity& operation);
  Status Plan(const model::Schema& current, OperationEntity* operation);

  Task<Status> SaveSchema(model::TableId table, std::string schema);
  Task<Status> TellServers(OperationEntity operation, std::string schema);
  Task<Status> RunForNew(Step step, IndexTable index, std::string path);
  Task<Status> RunForOld(Step step, IndexTable index);
  Task<Status> MovePaths(OperationEntity operation);
};

}  // namespace cellar::master
