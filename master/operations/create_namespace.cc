#include "master/operations/create_namespace.h"

#include "master/operations/names.h"

namespace cellar::master {

Task<Result<bool>> CreateNamespace::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(operation->path));
  if (found && found->is_namespace && operation->lenient) co_return false;
  if (found && found->is_namespace) {
    co_return common::AlreadyExists("namespace " + operation->path + " exists").WithDetail(kNamespaceExists);
  }
  if (found) {
    co_return common::AlreadyExists("the name " + operation->path + " is in use by a table").WithDetail(kNameInUse);
  }
  if (IsProtected(operation->path)) {
    co_return common::InvalidArgument(operation->path + " is reserved").WithDetail(kProtected);
  }
  CO_RETURN_IF_ERROR(co_await CheckParent(operation->path));
  co_return true;
}

Task<Status> CreateNamespace::Run(OperationEntity operation) {
  const PathEntry entry(true, std::to_string(operation.id));
  CO_RETURN_IF_ERROR(co_await catalog_.AddPath(operation.path, entry));
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_namespace.after_path");
  co_return common::OkStatus();
}

}  // namespace cellar::master
