#include "master/operations/drop_namespace.h"

#include "master/operations/names.h"

namespace cellar::master {

Task<Result<bool>> DropNamespace::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  if (IsProtected(path)) co_return common::InvalidArgument(path + " cannot be dropped").WithDetail(kProtected);
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found && operation->lenient) co_return false;
  if (!found) co_return common::NotFound("namespace " + path + " does not exist").WithDetail(kNamespaceNotFound);
  if (!found->is_namespace) {
    co_return common::InvalidArgument(path + " is a table, not a namespace").WithDetail(kBadNamespace);
  }
  CO_TRY(const std::vector<ListedName> children, co_await catalog_.List(path, 1));
  if (!children.empty()) {
    co_return common::Conflict("namespace " + path + " is not empty: it holds " + children[0].name)
        .WithDetail(kNamespaceNotEmpty);
  }
  operation->schema = found->id;
  co_return true;
}

Task<Status> DropNamespace::Run(OperationEntity operation) {
  const PathEntry entry(true, operation.schema);
  CO_RETURN_IF_ERROR(co_await catalog_.RemovePath(operation.path, entry));
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_namespace.after_path");
  co_return common::OkStatus();
}

}  // namespace cellar::master
