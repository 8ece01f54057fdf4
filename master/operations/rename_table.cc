#include "master/operations/rename_table.h"

#include <utility>

#include "master/operations/names.h"

namespace cellar::master {

Task<Result<bool>> RenameTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  CO_TRY(operation->new_path, CanonicalPath(operation->new_path));
  const std::string& path = operation->path;
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found) co_return common::NotFound("table " + path + " does not exist").WithDetail(kTableNotFound);
  if (IsProtected(path)) co_return common::InvalidArgument(path + " cannot be renamed").WithDetail(kProtected);
  if (found->is_namespace) {
    co_return common::NotFound(path + " is a namespace, not a table").WithDetail(kTableNotFound);
  }
  CO_RETURN_IF_ERROR(co_await CheckNewPath(operation->new_path));
  CO_TRY(operation->table, model::TableId::Parse(found->id));
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
  const PathEntry entry(false, operation.table.ToString());
  switch (operation.step) {
    case 0:
      CO_RETURN_IF_ERROR(co_await catalog_.AddPath(operation.new_path, entry));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_new_path");
      break;
    case 1:
      CO_RETURN_IF_ERROR(co_await catalog_.RemovePath(operation.path, entry));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_old_path");
      break;
    default:
      CO_RETURN_IF_ERROR(co_await catalog_.SetTablePath(operation.table, operation.new_path));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.rename_table.after_table");
  }
  co_return common::OkStatus();
}

}  // namespace cellar::master
