#include "master/service/master_service.h"

#include <limits>
#include <utility>

#include "master/operations/names.h"
#include "protocol/message.h"
#include "protocol/values.h"

namespace cellar::master {
namespace {

OperationEntity Wanted(OperationKind kind, const protocol::RequestId& id, std::string path) {
  OperationEntity operation;
  operation.kind = kind;
  operation.session = id.session;
  operation.sequence = id.sequence;
  operation.path = std::move(path);
  return operation;
}

protocol::OperationEntry EntryOf(const OperationEntity& operation) {
  protocol::OperationEntry entry;
  entry.id = static_cast<int64_t>(operation.id);
  entry.kind = OperationKindName(operation.kind);
  entry.state = "step " + std::to_string(operation.step);
  if (operation.done) entry.state = operation.outcome().ToString();
  entry.subject = operation.path;
  entry.done = operation.done;
  return entry;
}

Result<std::optional<IndexChange>> IndexChangeOf(const protocol::IndexChange& message) {
  IndexChange change;
  change.complete = message.complete;
  for (const int32_t kind : message.kinds) {
    if (kind != 0 && kind != 1) return common::InvalidArgument("unknown kind of index " + std::to_string(kind));
    change.kinds.push_back(static_cast<model::IndexKind>(kind));
  }
  if (change.kinds.empty() || change.kinds.size() > std::size(model::kIndexKinds)) {
    return common::InvalidArgument("a change of indexes names one kind or both");
  }
  for (const int32_t family : message.families) {
    if (family < model::kMinFamilyId || family > model::kMaxFamilyId) {
      return common::InvalidArgument("a change of indexes names the family " + std::to_string(family));
    }
    change.families.emplace_back(static_cast<uint8_t>(family));
  }
  for (const protocol::TableId& table : message.tables) change.tables.push_back(protocol::FromMessage(table));
  return std::optional<IndexChange>(std::move(change));
}

}  // namespace

template <typename Request, typename Reply>
Task<Result<rpc::Response>> MasterService::Answer(Task<Result<Reply>> (MasterService::*handler)(rpc::CallInfo, Request),
                                                  rpc::CallInfo info, rpc::Request raw) {
  CO_TRY(Request request, protocol::DecodeMessage<Request>(raw.message));
  CO_TRY(const Reply reply, co_await (this->*handler)(std::move(info), std::move(request)));
  co_return rpc::Response(protocol::EncodeMessage(reply));
}

template <typename Request, typename Reply>
void MasterService::Serve(rpc::RpcServer& server, protocol::MasterMethod method,
                          Task<Result<Reply>> (MasterService::*handler)(rpc::CallInfo, Request)) {
  const rpc::MethodId id(static_cast<rpc::MethodId::Underlying>(method));
  server.Register(id, [this, handler](rpc::CallInfo info, rpc::Request raw) {
    return Answer(handler, std::move(info), std::move(raw));
  });
}

void MasterService::RegisterWith(rpc::RpcServer& server) {
  using Method = protocol::MasterMethod;
  Serve(server, Method::kCreateNamespace, &MasterService::CreateNamespace);
  Serve(server, Method::kDropNamespace, &MasterService::DropNamespace);
  Serve(server, Method::kCreateTable, &MasterService::CreateTable);
  Serve(server, Method::kDropTable, &MasterService::DropTable);
  Serve(server, Method::kRenameTable, &MasterService::RenameTable);
  Serve(server, Method::kAlterTable, &MasterService::AlterTable);
  Serve(server, Method::kSetVariables, &MasterService::SetVariables);
  Serve(server, Method::kOpenTable, &MasterService::OpenTable);
  Serve(server, Method::kListNamespace, &MasterService::ListNamespace);
  Serve(server, Method::kRegisterServer, &MasterService::RegisterServer);
  Serve(server, Method::kServerReady, &MasterService::ServerReady);
  Serve(server, Method::kMasterStatus, &MasterService::MasterStatus);
}

Task<Result<MasterService::Done>> MasterService::Execute(OperationEntity wanted, Deadline deadline) {
  CO_TRY(const OperationEntity operation, co_await operations_.Execute(std::move(wanted), deadline));
  CO_RETURN_IF_ERROR(operation.outcome());
  co_return Done();
}

Status MasterService::CheckCatalog() const {
  if (core_.catalog_ready().is_set()) return common::OkStatus();
  return common::Unavailable("the master is recovering");
}

Task<Result<MasterService::Done>> MasterService::CreateNamespace(rpc::CallInfo info,
                                                                 protocol::CreateNamespaceRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kCreateNamespace, request.id, std::move(request.path));
  wanted.lenient = request.if_not_exists;
  co_return co_await Execute(std::move(wanted), info.deadline);
}

Task<Result<MasterService::Done>> MasterService::DropNamespace(rpc::CallInfo info,
                                                               protocol::DropNamespaceRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kDropNamespace, request.id, std::move(request.path));
  wanted.lenient = request.if_exists;
  co_return co_await Execute(std::move(wanted), info.deadline);
}

Task<Result<protocol::CreateTableResponse>> MasterService::CreateTable(rpc::CallInfo info,
                                                                       protocol::CreateTableRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kCreateTable, request.id, std::move(request.path));
  wanted.schema = std::move(request.schema);
  CO_TRY(const OperationEntity operation, co_await operations_.Execute(std::move(wanted), info.deadline));
  CO_RETURN_IF_ERROR(operation.outcome());
  protocol::CreateTableResponse response;
  response.table = protocol::ToMessage(operation.table);
  response.schema = operation.schema;
  co_return std::move(response);
}

Task<Result<MasterService::Done>> MasterService::DropTable(rpc::CallInfo info, protocol::DropTableRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kDropTable, request.id, std::move(request.path));
  wanted.lenient = request.if_exists;
  co_return co_await Execute(std::move(wanted), info.deadline);
}

Task<Result<MasterService::Done>> MasterService::RenameTable(rpc::CallInfo info, protocol::RenameTableRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kRenameTable, request.id, std::move(request.path));
  wanted.new_path = std::move(request.new_path);
  co_return co_await Execute(std::move(wanted), info.deadline);
}

Task<Result<protocol::AlterTableResponse>> MasterService::AlterTable(rpc::CallInfo info,
                                                                     protocol::AlterTableRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kAlterTable, request.id, std::move(request.path));
  wanted.schema = std::move(request.schema);
  wanted.expected_generation = request.expected_generation;
  if (request.__isset.indexes) {
    CO_TRY(wanted.index_change, IndexChangeOf(request.indexes));
  }
  CO_TRY(const OperationEntity operation, co_await operations_.Execute(std::move(wanted), info.deadline));
  CO_RETURN_IF_ERROR(operation.outcome());
  CO_TRY(const model::Schema schema, model::Schema::Decode(operation.schema));
  protocol::AlterTableResponse response;
  response.generation = schema.generation().get();
  response.schema = operation.schema;
  co_return std::move(response);
}

Task<Result<MasterService::Done>> MasterService::SetVariables(rpc::CallInfo info,
                                                              protocol::SetVariablesRequest request) {
  OperationEntity wanted = Wanted(OperationKind::kSetVariables, request.id, "variables");
  if (request.__isset.read_only) wanted.read_only = request.read_only;
  co_return co_await Execute(std::move(wanted), info.deadline);
}

Task<Result<protocol::OpenTableResponse>> MasterService::OpenTable(rpc::CallInfo, protocol::OpenTableRequest request) {
  CO_RETURN_IF_ERROR(CheckCatalog());
  CO_TRY(const std::string path, CanonicalPath(request.path));
  CO_TRY(const std::optional<PathEntry> entry, co_await catalog_.Find(path));
  if (!entry || entry->is_namespace) {
    co_return common::NotFound("table " + path + " does not exist").WithDetail(kTableNotFound);
  }
  CO_TRY(const model::TableId table, model::TableId::Parse(entry->id));
  CO_TRY(std::optional<std::string> schema, co_await catalog_.ReadSchema(table));
  // Dropped between the two reads, or else damaged: the next OpenTable tells.
  if (!schema) co_return common::NotFound("table " + path + " is being dropped").WithDetail(kTableNotFound);
  protocol::OpenTableResponse response;
  response.table = protocol::ToMessage(table);
  response.schema = std::move(*schema);
  co_return std::move(response);
}

Task<Result<protocol::ListNamespaceResponse>> MasterService::ListNamespace(rpc::CallInfo,
                                                                           protocol::ListNamespaceRequest request) {
  CO_RETURN_IF_ERROR(CheckCatalog());
  CO_TRY(const std::string path, CanonicalPath(request.path));
  CO_TRY(const std::optional<PathEntry> entry, co_await catalog_.Find(path));
  if (!entry) co_return common::NotFound("namespace " + path + " does not exist").WithDetail(kNamespaceNotFound);
  if (!entry->is_namespace) {
    co_return common::InvalidArgument(path + " is a table, not a namespace").WithDetail(kBadNamespace);
  }
  CO_TRY(std::vector<ListedName> names, co_await catalog_.List(path, std::numeric_limits<size_t>::max()));
  protocol::ListNamespaceResponse response;
  for (ListedName& name : names) {
    protocol::ListingEntry& listed = response.entries.emplace_back();
    listed.name = std::move(name.name);
    listed.is_namespace = name.is_namespace;
  }
  co_return std::move(response);
}

Task<Result<protocol::RegisterServerResponse>> MasterService::RegisterServer(rpc::CallInfo,
                                                                             protocol::RegisterServerRequest request) {
  co_return co_await registration_.Register(std::move(request));
}

Task<Result<MasterService::Done>> MasterService::ServerReady(rpc::CallInfo, protocol::ServerReadyRequest request) {
  CO_RETURN_IF_ERROR(co_await registration_.Ready(std::move(request)));
  co_return Done();
}

protocol::MasterStatusResponse MasterService::status() const {
  protocol::MasterStatusResponse response;
  response.term = static_cast<int32_t>(core_.log().term());
  response.recovered = recovery_.recovered();
  for (const auto& [location, server] : core_.servers().all()) {
    protocol::ServerEntry& entry = response.servers.emplace_back();
    entry.location = location.get();
    entry.address = server.address;
    entry.incarnation = protocol::ToMessage(server.incarnation.get());
    entry.state = ServerStateName(server.state);
  }
  for (const auto& [id, operation] : core_.log().operations()) response.operations.push_back(EntryOf(operation));
  response.problems = core_.problems().Sentences();
  response.collected = garbage_.collected();
  response.data_directory = core_.options().data_directory;
  response.data_url = core_.options().data_url;
  response.log_url = core_.options().log_url;
  response.cluster_id = core_.cluster().ToString();
  response.read_only = core_.log().variables().read_only;
  response.garbage_removed = static_cast<int64_t>(garbage_.removed_count());
  return response;
}

Task<Result<protocol::MasterStatusResponse>> MasterService::MasterStatus(rpc::CallInfo, protocol::MasterStatusRequest) {
  co_return status();
}

}  // namespace cellar::master
