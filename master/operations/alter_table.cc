#include "master/operations/alter_table.h"

#include <algorithm>
#include <utility>

#include "master/operations/names.h"
#include "model/error_codes.h"
#include "model/index_entry.h"
#include "model/schema.h"

namespace cellar::master {
namespace {

using model::IndexKind;
using model::SchemaDefinition;

bool Contains(const std::vector<IndexKind>& kinds, IndexKind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// Every cell of the family still gets its entry, in the same table, under `next`.
bool StaysIndexed(const SchemaDefinition& next, const model::ColumnFamily& family, IndexKind kind,
                  const std::optional<model::TableId>& table) {
  if (next.index_table(kind) != table) return false;
  return std::any_of(next.families.begin(), next.families.end(), [&family, kind](const model::ColumnFamily& later) {
    return later.id == family.id && !later.deleted && later.has_index(kind);
  });
}

/// `current` with the word that the indexes which `next` does not keep as they are must not be read; false: all are.
bool MarkWhatChanges(const SchemaDefinition& next, SchemaDefinition* current) {
  bool changes = false;
  for (const IndexKind kind : model::kIndexKinds) {
    for (model::ColumnFamily& family : current->families) {
      const bool is_read = !family.deleted && family.has_index(kind) && !family.index_building(kind);
      if (!is_read || !current->index_table(kind)) continue;
      if (StaysIndexed(next, family, kind, current->index_table(kind))) continue;
      family.index_building(kind) = true;
      changes = true;
    }
  }
  return changes;
}

Status TakeForComplete(const IndexChange& change, SchemaDefinition* definition) {
  if (change.tables.size() != change.kinds.size()) {
    return common::InvalidArgument("complete indexes are named with their tables");
  }
  for (size_t i = 0; i < change.kinds.size(); ++i) {
    const IndexKind kind = change.kinds[i];
    if (definition->index_table(kind) != change.tables[i]) {
      return common::Conflict("another REBUILD INDICES of the table has begun meanwhile");
    }
    for (model::ColumnFamily& family : definition->families) {
      const auto found = std::find(change.families.begin(), change.families.end(), family.id);
      if (found != change.families.end()) family.index_building(kind) = false;
    }
  }
  return common::OkStatus();
}

Status CheckHasIndexes(const SchemaDefinition& definition, const std::vector<IndexKind>& kinds) {
  for (const IndexKind kind : kinds) {
    if (definition.HasIndex(kind)) continue;
    return common::InvalidArgument(std::string("the table has no ") +
                                   (kind == IndexKind::kValue ? "value" : "qualifier") + " index")
        .WithDetail(model::kBadCommand);
  }
  return common::OkStatus();
}

}  // namespace

Task<Result<bool>> AlterTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  CO_RETURN_IF_ERROR(CheckNoIndexTable(path));
  CO_TRY(const model::Schema current, co_await ReadTable(path, &operation->table));
  if (IsProtected(path)) co_return common::InvalidArgument(path + " cannot be altered").WithDetail(kProtected);
  const bool by_generation = !operation->index_change;
  if (by_generation && current.generation().get() != operation->expected_generation) {
    co_return common::StaleSchema("table " + path + " has schema generation " +
                                  std::to_string(current.generation().get()) + ", not " +
                                  std::to_string(operation->expected_generation))
        .WithDetail(kGenerationMismatch);
  }
  CO_RETURN_IF_ERROR(Plan(current, operation));
  co_return true;
}

/// What is wanted as the generation after `current`, but for the ids of index tables.
Result<model::Schema> AlterTable::NextOf(const model::Schema& current, const OperationEntity& operation) {
  if (!operation.index_change) {
    ASSIGN_OR_RETURN(SchemaDefinition wanted, SchemaDefinition::Decode(operation.schema));
    return current.Replace(std::move(wanted));
  }
  SchemaDefinition definition = current.definition();
  const IndexChange& change = *operation.index_change;
  RETURN_IF_ERROR(CheckHasIndexes(definition, change.kinds));
  if (change.complete) RETURN_IF_ERROR(TakeForComplete(change, &definition));
  return current.Succeed(std::move(definition));
}

/// Gives index tables to those indexes of `next` that need new ones, and takes away those that nobody needs.
Status AlterTable::PlanTables(const model::Schema& current, SchemaDefinition* next, OperationEntity* operation) {
  const bool rebuilds = operation->index_change && !operation->index_change->complete;
  for (const IndexKind kind : model::kIndexKinds) {
    const std::optional<model::TableId> old = current.definition().index_table(kind);
    const bool anew = rebuilds && Contains(operation->index_change->kinds, kind);
    const bool needed = next->HasIndex(kind);
    if (old && (!needed || anew)) {
      operation->old_index_tables.emplace_back(kind, *old);
      next->index_table(kind).reset();
    }
    if (!needed || next->index_table(kind)) continue;
    const model::TableId table{model::kUserTableSpace, core_.log().TakeTable()};
    operation->new_index_tables.emplace_back(kind, table);
    next->index_table(kind) = table;
    for (model::ColumnFamily& family : next->families) {
      family.index_building(kind) = family.has_index(kind) && current.is_live(family.id);
    }
  }
  return common::OkStatus();
}

Status AlterTable::Plan(const model::Schema& current, OperationEntity* operation) {
  ASSIGN_OR_RETURN(model::Schema next, NextOf(current, *operation));
  SchemaDefinition definition = next.definition();
  RETURN_IF_ERROR(PlanTables(current, &definition, operation));
  SchemaDefinition marked = current.definition();
  if (MarkWhatChanges(definition, &marked)) {
    ASSIGN_OR_RETURN(const model::Schema interim, current.Succeed(std::move(marked)));
    operation->interim_schema = interim.Encode();
    const SchemaDefinition wanted = definition;
    ASSIGN_OR_RETURN(next, NextOf(interim, *operation));
    definition = next.definition();
    for (const IndexKind kind : model::kIndexKinds) {
      definition.index_table(kind) = wanted.index_table(kind);
      for (size_t i = 0; i < definition.families.size(); ++i) {
        definition.families[i].index_building(kind) = wanted.families[i].index_building(kind);
      }
    }
  }
  if (core_.faults().Planted(Defect::kIndexReadUnfilled)) {
    for (model::ColumnFamily& family : definition.families) {
      for (const IndexKind kind : model::kIndexKinds) family.index_building(kind) = false;
    }
  }
  ASSIGN_OR_RETURN(const model::Schema last, model::Schema::FromDefinition(std::move(definition)));
  operation->schema = last.Encode();
  return common::OkStatus();
}

std::vector<AlterTable::Step> AlterTable::StepsOf(const OperationEntity& operation) {
  std::vector<Step> steps;
  if (!operation.new_index_tables.empty()) steps = {Step::kAddTables, Step::kAddRanges, Step::kLoad};
  if (!operation.interim_schema.empty()) {
    steps.insert(steps.end(), {Step::kInterimSchema, Step::kInterimServers});
  }
  steps.insert(steps.end(), {Step::kSchema, Step::kServers});
  const bool has_paths = !operation.new_index_tables.empty() || !operation.old_index_tables.empty();
  if (has_paths) steps.push_back(Step::kPaths);
  if (!operation.old_index_tables.empty()) {
    steps.insert(steps.end(),
                 {Step::kMark, Step::kUnload, Step::kRemoveRanges, Step::kRemoveFiles, Step::kRemoveTables});
  }
  return steps;
}

uint32_t AlterTable::step_count(const OperationEntity& operation) const {
  return static_cast<uint32_t>(StepsOf(operation).size());
}

Task<Status> AlterTable::Run(OperationEntity operation) {
  const Step step = StepsOf(operation).at(operation.step);
  switch (step) {
    case Step::kInterimSchema:
      CO_RETURN_IF_ERROR(co_await SaveSchema(operation.table, operation.interim_schema));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_index.after_interim_schema");
      break;
    case Step::kInterimServers:
      CO_RETURN_IF_ERROR(co_await TellServers(operation, operation.interim_schema));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_index.after_interim_servers");
      break;
    case Step::kSchema:
      CO_RETURN_IF_ERROR(co_await SaveSchema(operation.table, operation.schema));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_table.after_schema");
      break;
    case Step::kServers:
      CO_RETURN_IF_ERROR(co_await TellServers(operation, operation.schema));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_table.after_servers");
      break;
    case Step::kPaths:
      CO_RETURN_IF_ERROR(co_await MovePaths(operation));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_index.after_paths");
      break;
    case Step::kAddTables:
    case Step::kAddRanges:
    case Step::kLoad:
      for (const IndexTable& index : operation.new_index_tables) {
        CO_RETURN_IF_ERROR(co_await RunForNew(step, index, IndexTablePath(operation.path, index.kind)));
      }
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_index.after_new_index");
      break;
    default:
      for (const IndexTable& index : operation.old_index_tables) {
        CO_RETURN_IF_ERROR(co_await RunForOld(step, index));
      }
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_index.after_old_index");
  }
  co_return common::OkStatus();
}

Task<Status> AlterTable::SaveSchema(model::TableId table, std::string schema) {
  CO_TRY(const model::Schema decoded, model::Schema::Decode(schema));
  co_return co_await catalog_.AddSchema(table, decoded.generation(), std::move(schema));
}

/// Who adds, drops or rebuilds an index counts on it that nothing is taken under an earlier schema any more.
Task<Status> AlterTable::TellServers(OperationEntity operation, std::string schema) {
  CO_TRY(const SchemaDefinition definition, SchemaDefinition::Decode(schema));
  const bool settled = !operation.old_index_tables.empty() || definition.HasIndex(IndexKind::kValue) ||
                       definition.HasIndex(IndexKind::kQualifier);
  co_return co_await ranges_.TellSchema(operation.table, std::move(schema), settled);
}

Task<Status> AlterTable::RunForNew(Step step, IndexTable index, std::string path) {
  std::string schema = model::IndexTableSchema()->Encode();
  if (step == Step::kAddTables) co_return co_await catalog_.AddTable(index.table, std::move(path), std::move(schema));
  if (step == Step::kAddRanges) co_return co_await ranges_.Add(index.table);
  co_return co_await ranges_.Load(index.table, std::move(schema));
}

Task<Status> AlterTable::RunForOld(Step step, IndexTable index) {
  switch (step) {
    case Step::kMark:
      co_return co_await ranges_.Mark(index.table);
    case Step::kUnload:
      co_return co_await ranges_.Unload(index.table);
    case Step::kRemoveRanges:
      co_return co_await ranges_.Remove(index.table);
    case Step::kRemoveFiles:
      co_return co_await ranges_.RemoveFiles(index.table);
    default:
      co_return co_await catalog_.RemoveTable(index.table);
  }
}

Task<Status> AlterTable::MovePaths(OperationEntity operation) {
  for (const IndexTable& index : operation.old_index_tables) {
    const PathEntry entry(false, index.table.ToString());
    CO_RETURN_IF_ERROR(co_await catalog_.RemovePath(IndexTablePath(operation.path, index.kind), entry));
  }
  for (const IndexTable& index : operation.new_index_tables) {
    const PathEntry entry(false, index.table.ToString());
    CO_RETURN_IF_ERROR(co_await catalog_.AddPath(IndexTablePath(operation.path, index.kind), entry));
  }
  co_return common::OkStatus();
}

}  // namespace cellar::master
