#include "master/operations/create_table.h"

#include <utility>

#include "master/operations/names.h"
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
  CO_TRY(model::SchemaDefinition definition, model::SchemaDefinition::Decode(operation->schema));
  CO_TRY(const model::Schema schema, model::Schema::Create(std::move(definition)));
  operation->schema = schema.Encode();
  operation->table = model::TableId{model::kUserTableSpace, core_.log().TakeTable()};
  co_return true;
}

Task<Status> CreateTable::Run(OperationEntity operation) {
  switch (operation.step) {
    case 0:
      CO_RETURN_IF_ERROR(co_await catalog_.AddTable(operation.table, operation.path, operation.schema));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_schema");
      break;
    case 1:
      CO_RETURN_IF_ERROR(co_await AddRange(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_range");
      break;
    case 2:
      CO_RETURN_IF_ERROR(co_await LoadRange(operation));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_load");
      break;
    default: {
      const PathEntry entry(false, operation.table.ToString());
      CO_RETURN_IF_ERROR(co_await catalog_.AddPath(operation.path, entry));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.create_table.after_path");
    }
  }
  co_return common::OkStatus();
}

Task<Status> CreateTable::AddRange(model::TableId table) {
  const std::optional<Server> server = core_.servers().Choose();
  if (!server) co_return common::Unavailable("no range server is ready");
  model::RangeRecord record;
  record.range = model::RangeKey(table, std::nullopt, std::nullopt);
  record.location = server->location;
  record.incarnation = server->incarnation;
  record.epoch = core_.NextEpoch();
  const Status created = co_await core_.tables().CreateRange(std::move(record), core_.CallDeadline());
  co_return created.Is(StatusCode::kAlreadyExists) ? common::OkStatus() : created;
}

Task<Status> CreateTable::LoadRange(OperationEntity operation) {
  CO_TRY(std::optional<model::RangeRecord> record,
         co_await core_.tables().ReadRange(operation.table, std::nullopt, core_.CallDeadline()));
  if (!record) co_return common::Unavailable("the range of " + operation.path + " has no row yet");
  co_return co_await loader_.Load(std::move(*record), operation.schema);
}

}  // namespace cellar::master
