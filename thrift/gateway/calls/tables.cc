#include <algorithm>
#include <utility>

#include "model/error_codes.h"
#include "model/schema_text.h"
#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/translate/schema.h"

namespace cellar::thrift {
namespace {

/// What HQL calls a bad statement, or a bad argument to a compressor, is a bad schema here.
Status AsOfSchema(Status status) {
  const int32_t code = status.detail();
  if (code != model::kBadCommand && code != model::kBadCompressorArgument) return status;
  return std::move(status).WithDetail(model::kBadSchema);
}

Status Create(const CallSite& site, const api::ClientService_table_create_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const model::SchemaDefinition definition, ToSchemaDefinition(arguments.schema));
  site.parts.tables.Forget(path);
  return AsOfSchema(site.parts.client.CreateTable(path, definition));
}

Status Alter(const CallSite& site, const api::ClientService_table_alter_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const model::SchemaDefinition definition, ToSchemaDefinition(arguments.schema));
  Status status = site.parts.client.ReplaceSchema(path, definition, definition.generation);
  site.parts.tables.Forget(path);
  return AsOfSchema(std::move(status));
}

Status Refresh(const CallSite& site, const api::ClientService_refresh_table_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  return site.parts.tables.Reopen(path).status();
}

Status Exists(const CallSite& site, const api::ClientService_exists_table_args& arguments, bool* exists) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.name));
  ASSIGN_OR_RETURN(*exists, site.parts.client.TableExists(path));
  return Status();
}

Result<std::shared_ptr<client::Table>> OpenNow(const CallSite& site, int64_t ns, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(ns, name));
  return site.parts.tables.Reopen(path);
}

Status GetId(const CallSite& site, const api::ClientService_table_get_id_args& arguments, std::string* id) {
  ASSIGN_OR_RETURN(const auto table, OpenNow(site, arguments.ns, arguments.table_name));
  *id = table->id().ToString();
  return Status();
}

Status GetSchemaText(const CallSite& site, const api::ClientService_table_get_schema_str_args& arguments,
                     std::string* text) {
  ASSIGN_OR_RETURN(const auto table, OpenNow(site, arguments.ns, arguments.table_name));
  *text = model::SchemaToXml(*table->schema(), /*with_ids=*/false);
  return Status();
}

Status GetSchemaTextWithIds(const CallSite& site,
                            const api::ClientService_table_get_schema_str_with_ids_args& arguments, std::string* text) {
  ASSIGN_OR_RETURN(const auto table, OpenNow(site, arguments.ns, arguments.table_name));
  *text = model::SchemaToXml(*table->schema(), /*with_ids=*/true);
  return Status();
}

Status GetSchema(const CallSite& site, const api::ClientService_table_get_schema_args& arguments, api::Schema* schema) {
  ASSIGN_OR_RETURN(const auto table, OpenNow(site, arguments.ns, arguments.table_name));
  *schema = FromSchema(*table->schema());
  return Status();
}

bool IsNumericAddress(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

Status GetSplits(const CallSite& site, const api::ClientService_table_get_splits_args& arguments,
                 std::vector<api::TableSplit>* splits) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::vector<client::TableRange> ranges, site.parts.client.TableRanges(path));
  for (const client::TableRange& range : ranges) {
    api::TableSplit& split = splits->emplace_back();
    split.__set_start_row(range.start_row.value_or(""));
    if (range.end_row) split.__set_end_row(*range.end_row);
    if (!range.location.empty()) split.__set_location(range.location);
    const std::string host = range.address.substr(0, range.address.rfind(':'));
    if (host.empty()) continue;
    split.__set_hostname(host);
    if (IsNumericAddress(host)) split.__set_ip_address(host);
  }
  return Status();
}

Status Rename(const CallSite& site, const api::ClientService_rename_table_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.name));
  ASSIGN_OR_RETURN(const std::string new_path, site.PathOf(arguments.ns, arguments.new_name));
  const Status status = site.parts.client.RenameTable(path, new_path);
  site.parts.tables.Forget(path);
  site.parts.tables.Forget(new_path);
  return status;
}

Status Drop(const CallSite& site, const api::ClientService_drop_table_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.name));
  const Status status = site.parts.client.DropTable(path, arguments.if_exists);
  site.parts.tables.Forget(path);
  return status;
}

}  // namespace

void BindTableMethods(MethodTable& table) {
  table.Bind<api::ClientService_table_create_result>({"table_create"}, Create);
  table.Bind<api::ClientService_table_alter_result>({"table_alter"}, Alter);
  table.Bind<api::ClientService_refresh_table_result>({"refresh_table"}, Refresh);
  table.Bind<api::ClientService_exists_table_result>({"exists_table", "table_exists"}, Exists);
  table.Bind<api::ClientService_table_get_id_result>({"table_get_id", "get_table_id"}, GetId);
  table.Bind<api::ClientService_table_get_schema_str_result>({"table_get_schema_str", "get_schema_str"}, GetSchemaText);
  table.Bind<api::ClientService_table_get_schema_str_with_ids_result>(
      {"table_get_schema_str_with_ids", "get_schema_str_with_ids"}, GetSchemaTextWithIds);
  table.Bind<api::ClientService_table_get_schema_result>({"table_get_schema", "get_schema"}, GetSchema);
  table.Bind<api::ClientService_table_get_splits_result>({"table_get_splits", "get_table_splits"}, GetSplits);
  table.Bind<api::ClientService_rename_table_result>({"rename_table", "table_rename"}, Rename);
  table.Bind<api::ClientService_drop_table_result>({"drop_table", "table_drop"}, Drop);
}

}  // namespace cellar::thrift
