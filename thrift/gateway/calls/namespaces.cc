#include "hql/executor/path.h"
#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"

namespace cellar::thrift {
namespace {

constexpr int32_t kNamespaceNotFound = 40;
constexpr int32_t kIsATable = 41;

std::string FromRoot(std::string_view path) {
  return hql::ResolvePath("/", path);
}

Status Create(const CallSite& site, const api::ClientService_namespace_create_args& arguments) {
  return site.parts.client.CreateNamespace(FromRoot(arguments.ns));
}

Status Open(const CallSite& site, const api::ClientService_namespace_open_args& arguments, int64_t* id) {
  std::string path = FromRoot(arguments.ns);
  ASSIGN_OR_RETURN(const bool exists, site.parts.client.NamespaceExists(path));
  if (!exists) return common::NotFound("namespace '" + path + "' does not exist").WithDetail(kNamespaceNotFound);
  ASSIGN_OR_RETURN(*id, site.objects->Add(std::make_shared<OpenNamespace>(std::move(path))));
  return Status();
}

Status Close(const CallSite& site, const api::ClientService_namespace_close_args& arguments) {
  return site.objects->Remove<OpenNamespace>(arguments.ns).status();
}

Status Exists(const CallSite& site, const api::ClientService_namespace_exists_args& arguments, bool* exists) {
  const Result<bool> answer = site.parts.client.NamespaceExists(FromRoot(arguments.ns));
  *exists = answer.ok() && *answer;
  return answer.ok() || answer.status().detail() == kIsATable ? Status() : answer.status();
}

Status Drop(const CallSite& site, const api::ClientService_namespace_drop_args& arguments) {
  return site.parts.client.DropNamespace(FromRoot(arguments.ns), arguments.if_exists);
}

Result<std::vector<client::ListingEntry>> List(const CallSite& site, int64_t id) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(id, ""));
  return site.parts.client.List(path);
}

Status GetListing(const CallSite& site, const api::ClientService_namespace_get_listing_args& arguments,
                  std::vector<api::NamespaceListing>* listing) {
  ASSIGN_OR_RETURN(const std::vector<client::ListingEntry> entries, List(site, arguments.ns));
  for (const client::ListingEntry& entry : entries) {
    api::NamespaceListing& out = listing->emplace_back();
    out.name = entry.name;
    out.is_namespace = entry.is_namespace;
  }
  return Status();
}

Status GetTables(const CallSite& site, const api::ClientService_get_tables_args& arguments,
                 std::vector<std::string>* tables) {
  ASSIGN_OR_RETURN(const std::vector<client::ListingEntry> entries, List(site, arguments.ns));
  for (const client::ListingEntry& entry : entries) {
    if (!entry.is_namespace) tables->push_back(entry.name);
  }
  return Status();
}

}  // namespace

void BindNamespaceMethods(MethodTable& table) {
  table.Bind<api::ClientService_namespace_create_result>({"namespace_create", "create_namespace"}, Create);
  table.Bind<api::ClientService_namespace_open_result>({"namespace_open", "open_namespace"}, Open);
  table.Bind<api::ClientService_namespace_close_result>({"namespace_close", "close_namespace"}, Close);
  table.Bind<api::ClientService_namespace_exists_result>({"namespace_exists", "exists_namespace"}, Exists);
  table.Bind<api::ClientService_namespace_drop_result>({"namespace_drop", "drop_namespace"}, Drop);
  table.Bind<api::ClientService_namespace_get_listing_result>({"namespace_get_listing", "get_listing"}, GetListing);
  table.Bind<api::ClientService_get_tables_result>({"get_tables"}, GetTables);
}

}  // namespace cellar::thrift
