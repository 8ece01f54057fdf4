#include "master/operations/rename_table.h"

#include <utility>

#include "master/operations/names.h"

namespace cellar::master {

Task<Result<bool>> RenameTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  CO_TRY(operation->new_path, CanonicalPath(operation->new_path));
  const std::string& path = operation->path;
  CO_RETURN_IF_ERROR(CheckNoIndexTable(path));
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (found && IsProtected(path)) co_return common::InvalidArgument(path + " cannot be renamed").WithDetail(kProtected);
  CO_TRY(const model::Schema schema, co_await ReadTable(path, &operation->table));
  CO_RETURN_IF_ERROR(co_await CheckNewPath(operation->new_path));
  for (const model::IndexKind kind : model::kIndexKinds) {
    const auto& table = schema.definition().index_table(kind);
    if (table) operation->new_index_tables.emplace_back(kind, *table);
  }
  co_return true;
}

Task<Status> RenameTable::CheckNewPath(std::string path) {
  CO_RETURN_IF_ERROR(CheckTableName(path));
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (found) co_return common::AlreadyExists("the name " + path + " is in use").WithDetail(kNameInUse);
  if (IsProtected(path)) co_return common::InvalidArgument(path + " is reserved").WithDetail(kProtected);
  co_return co_await CheckParent(std::move(path));
}

Task<Status> RenameTable::Run(OperationEntity operation) {
  for (const IndexTable& index : operation.new_index_tables) {
    CO_RETURN_IF_ERROR(co_await RunStep(operation.step, index.table, IndexTablePath(operation.path, index.kind),
                                        IndexTablePath(operation.new_path, index.kind)));
  }
  CO_RETURN_IF_ERROR(co_await RunStep(operation.step, operation.table, operation.path, operation.new_path));
  switch (operation.step) {
    case 0:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_new_path");
      break;
    case 1:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_old_path");
      break;
    default:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_table");
  }
  co_return common::OkStatus();
}

Task<Status> RenameTable::RunStep(uint32_t step, model::TableId table, std::string path, std::string new_path) {
  const PathEntry entry(false, table.ToString());
  switch (step) {
    case 0:
      co_return co_await catalog_.AddPath(std::move(new_path), entry);
    case 1:
      co_return co_await catalog_.RemovePath(std::move(path), entry);
    default:
      co_return co_await catalog_.SetTablePath(table, std::move(new_path));
  }
}

}  // namespace cellar::master
