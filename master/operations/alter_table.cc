#include "master/operations/alter_table.h"

#include <set>
#include <utility>
#include <vector>

#include "master/operations/names.h"
#include "model/schema.h"
#include "protocol/values.h"

namespace cellar::master {

Task<Result<bool>> AlterTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found || found->is_namespace) {
    co_return common::NotFound("table " + path + " does not exist").WithDetail(kTableNotFound);
  }
  if (IsProtected(path)) co_return common::InvalidArgument(path + " cannot be altered").WithDetail(kProtected);
  CO_TRY(operation->table, model::TableId::Parse(found->id));
  CO_TRY(const std::optional<std::string> encoded, co_await catalog_.ReadSchema(operation->table));
  if (!encoded) co_return common::Corruption("table " + path + " has no schema in the catalog");
  CO_TRY(const model::Schema current, model::Schema::Decode(*encoded));
  if (current.generation().get() != operation->expected_generation) {
    co_return common::StaleSchema("table " + path + " has schema generation " +
                                  std::to_string(current.generation().get()) + ", not " +
                                  std::to_string(operation->expected_generation))
        .WithDetail(kGenerationMismatch);
  }
  CO_TRY(model::SchemaDefinition wanted, model::SchemaDefinition::Decode(operation->schema));
  CO_TRY(const model::Schema next, current.Replace(std::move(wanted)));
  operation->schema = next.Encode();
  co_return true;
}

Task<Status> AlterTable::Run(OperationEntity operation) {
  if (operation.step == 0) {
    CO_TRY(const model::Schema schema, model::Schema::Decode(operation.schema));
    CO_RETURN_IF_ERROR(co_await catalog_.AddSchema(operation.table, schema.generation(), operation.schema));
    CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_table.after_schema");
    co_return common::OkStatus();
  }
  CO_RETURN_IF_ERROR(co_await TellServers(operation));
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.alter_table.after_servers");
  co_return common::OkStatus();
}

Task<Status> AlterTable::TellServers(OperationEntity operation) {
  CO_TRY(const std::vector<model::RangeRecord> records,
         co_await core_.tables().ReadRanges(operation.table, core_.CallDeadline()));
  std::set<std::string> addresses;
  for (const model::RangeRecord& record : records) {
    // A server that is not ready reads the schema when it loads the range.
    if (!core_.servers().IsReady(record.location, record.incarnation)) continue;
    addresses.insert(core_.servers().Find(record.location)->address);
  }
  protocol::UpdateSchemaRequest request;
  request.table = protocol::ToMessage(operation.table);
  request.schema = operation.schema;
  for (const std::string& address : addresses) {
    CO_RETURN_IF_ERROR(co_await core_.range_servers().UpdateSchema(address, request, core_.CallDeadline()));
  }
  co_return common::OkStatus();
}

}  // namespace cellar::master
