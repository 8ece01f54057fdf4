#include "master/operations/operation.h"

#include "master/operations/alter_table.h"
#include "master/operations/create_namespace.h"
#include "master/operations/create_table.h"
#include "master/operations/drop_namespace.h"
#include "master/operations/drop_table.h"
#include "master/operations/names.h"
#include "master/operations/rename_table.h"
#include "master/operations/set_variables.h"

namespace cellar::master {

Task<Status> Operation::CheckParent(std::string path) {
  const std::string parent = ParentOf(path);
  CO_TRY(const std::optional<PathEntry> entry, co_await catalog_.Find(parent));
  if (!entry) co_return common::NotFound("namespace " + parent + " does not exist").WithDetail(kNamespaceNotFound);
  if (!entry->is_namespace) {
    co_return common::InvalidArgument(parent + " is a table, not a namespace").WithDetail(kBadNamespace);
  }
  co_return common::OkStatus();
}

std::unique_ptr<Operation> MakeOperation(OperationKind kind, MasterCore& core) {
  switch (kind) {
    case OperationKind::kCreateNamespace:
      return std::make_unique<CreateNamespace>(core);
    case OperationKind::kDropNamespace:
      return std::make_unique<DropNamespace>(core);
    case OperationKind::kCreateTable:
      return std::make_unique<CreateTable>(core);
    case OperationKind::kDropTable:
      return std::make_unique<DropTable>(core);
    case OperationKind::kAlterTable:
      return std::make_unique<AlterTable>(core);
    case OperationKind::kRenameTable:
      return std::make_unique<RenameTable>(core);
    case OperationKind::kSetVariables:
      return std::make_unique<SetVariables>(core);
  }
  return nullptr;
}

}  // namespace cellar::master
