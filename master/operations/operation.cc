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

Task<Result<model::Schema>> Operation::ReadTable(std::string path, model::TableId* table) {
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found) co_return common::NotFound("table " + path + " does not exist").WithDetail(kTableNotFound);
  if (found->is_namespace) {
    co_return common::NotFound(path + " is a namespace, not a table").WithDetail(kTableNotFound);
  }
  CO_TRY(*table, model::TableId::Parse(found->id));
  CO_TRY(const std::optional<std::string> encoded, co_await catalog_.ReadSchema(*table));
  if (!encoded) co_return common::Corruption("table " + path + " has no schema in the catalog");
  co_return model::Schema::Decode(*encoded);
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
