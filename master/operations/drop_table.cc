#include "master/operations/drop_table.h"

#include <utility>

#include "master/operations/names.h"

namespace cellar::master {

Task<Result<bool>> DropTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  CO_RETURN_IF_ERROR(CheckNoIndexTable(path));
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found && operation->lenient) co_return false;
  if (found && IsProtected(path)) co_return common::InvalidArgument(path + " cannot be dropped").WithDetail(kProtected);
  CO_TRY(const model::Schema schema, co_await ReadTable(path, &operation->table));
  for (const model::IndexKind kind : model::kIndexKinds) {
    const auto& table = schema.definition().index_table(kind);
    if (table) operation->old_index_tables.emplace_back(kind, *table);
  }
  co_return true;
}

Task<Status> DropTable::Run(OperationEntity operation) {
  CO_RETURN_IF_ERROR(co_await RunStep(operation.step, operation.table, operation.path));
  for (const IndexTable& index : operation.old_index_tables) {
    CO_RETURN_IF_ERROR(co_await RunStep(operation.step, index.table, IndexTablePath(operation.path, index.kind)));
  }
  switch (operation.step) {
    case 0:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_path");
      break;
    case 1:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_mark");
      break;
    case 2:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_unload");
      break;
    case 3:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_rows");
      break;
    case 4:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_files");
      break;
    default:
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_table");
  }
  co_return common::OkStatus();
}

Task<Status> DropTable::RunStep(uint32_t step, model::TableId table, std::string path) {
  switch (step) {
    case 0: {
      const PathEntry entry(false, table.ToString());
      co_return co_await catalog_.RemovePath(std::move(path), entry);
    }
    case 1:
      co_return co_await ranges_.Mark(table);
    case 2:
      co_return co_await ranges_.Unload(table);
    case 3:
      co_return co_await ranges_.Remove(table);
    case 4:
      co_return co_await ranges_.RemoveFiles(table);
    default:
      co_return co_await catalog_.RemoveTable(table);
  }
}

}  // namespace cellar::master
