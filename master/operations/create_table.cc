#include "master/operations/create_table.h"

#include <utility>

#include "master/operations/names.h"
#include "model/index_entry.h"
#include "model/schema.h"

namespace cellar::master {

Task<Result<bool>> CreateTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  CO_RETURN_IF_ERROR(CheckTableName(path));
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (found) co_return common::AlreadyExists("the name " + path + " is in use").WithDetail(kNameInUse);
  if (IsProtected(path)) co_return common::InvalidArgument(path + " is reserved").WithDetail(kProtected);
  CO_RETURN_IF_ERROR(co_await CheckParent(path));
  CO_TRY(model::SchemaDefinition wanted, model::SchemaDefinition::Decode(operation->schema));
  CO_TRY(const model::Schema schema, model::Schema::Create(std::move(wanted)));
  operation->table = model::TableId{model::kUserTableSpace, core_.log().TakeTable()};
  model::SchemaDefinition definition = schema.definition();
  for (const model::IndexKind kind : model::kIndexKinds) {
    if (!definition.HasIndex(kind)) continue;
    const model::TableId table{model::kUserTableSpace, core_.log().TakeTable()};
    definition.index_table(kind) = table;
    operation->new_index_tables.emplace_back(kind, table);
  }
  operation->schema = definition.Encode();
  co_return true;
}

Task<Status> CreateTable::Run(OperationEntity operation) {
  for (const IndexTable& index : operation.new_index_tables) {
    CO_RETURN_IF_ERROR(co_await RunStep(operation.step, index.table, IndexTablePath(operation.path, index.kind),
                                        model::IndexTableSchema()->Encode()));
  }
  CO_RETURN_IF_ERROR(co_await RunStep(operation.step, operation.table, operation.path, operation.schema));
  switch (operation.step) {
    case 0:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_schema");
      break;
    case 1:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_range");
      break;
    case 2:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_load");
      break;
    default:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_path");
  }
  co_return common::OkStatus();
}

Task<Status> CreateTable::RunStep(uint32_t step, model::TableId table, std::string path, std::string schema) {
  switch (step) {
    case 0:
      co_return co_await catalog_.AddTable(table, std::move(path), std::move(schema));
    case 1:
      co_return co_await ranges_.Add(table);
    case 2:
      co_return co_await ranges_.Load(table, std::move(schema));
    default: {
      const PathEntry entry(false, table.ToString());
      co_return co_await catalog_.AddPath(std::move(path), entry);
    }
  }
}

}  // namespace cellar::master
