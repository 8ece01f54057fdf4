#include "client/cpp/include/client.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "client/cpp/client_core.h"
#include "client/cpp/connection.h"
#include "client/cpp/index_rebuild.h"
#include "common/concurrency/block_on.h"
#include "model/pseudo_table.h"
#include "model/system_schemas.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

using protocol::MasterStub;

constexpr int32_t kSchemaGenerationMismatch = 0x40008;  // docs/reference/errors.md
constexpr Nanos kListingPatience = 5 * kSecond;         // with a server, by those who can do without

}  // namespace

Client::Client(std::unique_ptr<Connection> connection, Nanos timeout)
    : connection_(std::move(connection)), timeout_(timeout) {}

Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::Connect(const ClientOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(options));
  return std::unique_ptr<Client>(new Client(std::move(connection), options.timeout));
}

ClientCore& Client::core() {
  return connection_->core();
}

template <typename Call, typename Request>
auto Client::Ask(Call call, Request request) {
  const Deadline deadline = Deadline::After(core().executor().clock(), timeout_);
  return connection_->calls().Run(core().AskMaster(call, std::move(request), deadline));
}

void Client::CancelCalls() {
  connection_->calls().Cancel();
}

Status Client::CreateNamespace(std::string_view path, bool if_not_exists) {
  protocol::CreateNamespaceRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.if_not_exists = if_not_exists;
  return Ask(&MasterStub::CreateNamespace, std::move(request));
}

Status Client::DropNamespace(std::string_view path, bool if_exists) {
  protocol::DropNamespaceRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.if_exists = if_exists;
  return Ask(&MasterStub::DropNamespace, std::move(request));
}

Result<std::vector<ListingEntry>> Client::List(std::string_view path) {
  protocol::ListNamespaceRequest request;
  request.path = path;
  ASSIGN_OR_RETURN(protocol::ListNamespaceResponse response, Ask(&MasterStub::ListNamespace, std::move(request)));
  std::vector<ListingEntry> entries;
  for (protocol::ListingEntry& entry : response.entries) {
    entries.push_back(ListingEntry{std::move(entry.name), entry.is_namespace});
  }
  return entries;
}

Status Client::CreateTable(std::string_view path, const model::SchemaDefinition& definition) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(model::Schema::Create(definition).status());
  protocol::CreateTableRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.schema = definition.Encode();
  return Ask(&MasterStub::CreateTable, std::move(request)).status();
}

Status Client::DropTable(std::string_view path, bool if_exists) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  protocol::DropTableRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.if_exists = if_exists;
  return Ask(&MasterStub::DropTable, std::move(request));
}

Status Client::RenameTable(std::string_view path, std::string_view new_path) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(model::CheckNoPseudoTable(new_path));
  protocol::RenameTableRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.new_path = new_path;
  return Ask(&MasterStub::RenameTable, std::move(request));
}

Status Client::AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, OpenTable(path));
  ASSIGN_OR_RETURN(const model::Schema altered, table->schema()->Alter(alterations));
  return SendSchema(path, *table, altered);
}

Status Client::ReplaceSchema(std::string_view path, model::SchemaDefinition wanted,
                             std::optional<model::SchemaGeneration> expected) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, OpenTable(path));
  const model::SchemaGeneration now = table->schema()->generation();
  if (expected && *expected != now) {
    return common::Conflict("the schema is of generation " + std::to_string(now.get()) + " now")
        .WithDetail(kSchemaGenerationMismatch);
  }
  ASSIGN_OR_RETURN(const model::Schema replaced, table->schema()->Replace(std::move(wanted)));
  return SendSchema(path, *table, replaced);
}

Status Client::SendSchema(std::string_view path, const Table& table, const model::Schema& altered) {
  protocol::AlterTableRequest request;
  request.id = core().NewRequestId();
  request.path = path;
  request.schema = altered.Encode();
  request.expected_generation = table.schema()->generation().get();
  return Ask(&MasterStub::AlterTable, std::move(request)).status();
}

namespace {

Task<void> SetTrue(std::shared_ptr<bool> flag) {
  *flag = true;
  co_return;
}

}  // namespace

Status Client::RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds, IndexRebuildWatcher watcher) {
  // A rebuild that nobody waits for any more goes on until it would tell somebody.
  const auto is_left = std::make_shared<bool>(false);  // loop only
  const auto watch = [is_left, watcher = std::move(watcher)](const IndexRebuildProgress& progress) {
    if (*is_left) return common::Cancelled("nobody waits for it any more");
    return watcher ? watcher(progress) : common::OkStatus();
  };
  Status rebuilt =
      connection_->calls().Run(client::RebuildIndexes(core(), std::string(path), std::move(kinds), timeout_, watch));
  if (rebuilt.Is(StatusCode::kCancelled)) common::BlockOn(core().executor(), SetTrue(is_left));
  return rebuilt;
}

Result<bool> Client::TableExists(std::string_view path) {
  auto table = OpenTable(path);
  if (table.ok()) return true;
  if (table.status().Is(StatusCode::kNotFound)) return false;
  return std::move(table).status();
}

Result<bool> Client::NamespaceExists(std::string_view path) {
  auto entries = List(path);
  if (entries.ok()) return true;
  if (entries.status().Is(StatusCode::kNotFound)) return false;
  return std::move(entries).status();
}

Result<std::shared_ptr<Table>> Client::OpenTable(std::string_view path) {
  ASSIGN_OR_RETURN(const std::optional<model::PseudoTableName> pseudo, model::ParsePseudoTable(path));
  protocol::OpenTableRequest request;
  request.path = pseudo ? pseudo->table_path : std::string(path);
  ASSIGN_OR_RETURN(const protocol::OpenTableResponse response, Ask(&MasterStub::OpenTable, std::move(request)));
  ASSIGN_OR_RETURN(model::Schema schema, model::Schema::Decode(response.schema));
  const model::TableId id{static_cast<uint32_t>(response.table.space), static_cast<uint32_t>(response.table.number)};
  auto of_scans = pseudo ? model::CellStoreIndexSchema() : std::make_shared<const model::Schema>(std::move(schema));
  return std::make_shared<Table>(core(), std::string(path), id, std::move(of_scans), timeout_);
}

namespace {

/// Borrows `core` from its caller, who waits.
Task<Result<std::vector<TableRange>>> ReadTableRanges(ClientCore& core, model::TableId table, Deadline deadline) {
  CO_TRY(const std::vector<model::RangeRecord> records, co_await core.system_tables().ReadRanges(table, deadline));
  std::map<std::string, std::string> addresses;
  std::vector<TableRange> ranges;
  for (const model::RangeRecord& record : records) {
    TableRange range;
    range.start_row = record.range.start_row;
    range.end_row = record.range.end_row;
    range.location = record.location.get();
    if (!range.location.empty() && !addresses.contains(range.location)) {
      const auto address = co_await core.directory().AddressOf(record.location, deadline);
      addresses[range.location] = address.ok() ? *address : "";
    }
    range.address = addresses[range.location];
    ranges.push_back(std::move(range));
  }
  co_return ranges;
}

}  // namespace

Result<std::vector<TableRange>> Client::TableRanges(std::string_view path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, OpenTable(path));
  const Deadline deadline = Deadline::After(core().executor().clock(), timeout_);
  return connection_->calls().Run(ReadTableRanges(core(), table->id(), deadline));
}

Result<int> Client::CompactTable(std::string_view path, CompactionType type, const std::string* row, bool wait) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, OpenTable(path));
  protocol::CompactRequest request;
  request.kind = static_cast<protocol::CompactionKind::type>(type);
  request.__set_table(protocol::ToMessage(table->id()));
  if (row != nullptr) request.__set_row(*row);
  request.__set_wait(wait);
  return CompactEverywhere(std::move(request));
}

Result<int> Client::CompactRanges(int classes, CompactionType type, bool wait) {
  protocol::CompactRequest request;
  request.kind = static_cast<protocol::CompactionKind::type>(type);
  request.__set_classes(classes);
  request.__set_wait(wait);
  return CompactEverywhere(std::move(request));
}

Result<int> Client::CompactEverywhere(const protocol::CompactRequest& request) {
  ASSIGN_OR_RETURN(const protocol::MasterStatusResponse status,
                   Ask(&MasterStub::MasterStatus, protocol::MasterStatusRequest()));
  const Deadline deadline = Deadline::After(core().executor().clock(), timeout_);
  int count = 0;
  for (const protocol::ServerEntry& server : status.servers) {
    if (server.state != "ready") continue;
    ASSIGN_OR_RETURN(const protocol::CompactResponse response,
                     connection_->calls().Run(core().range_servers().Compact(server.address, request, deadline)));
    count += response.range_count;
  }
  return count;
}

Result<std::vector<ServerInfo>> Client::Servers() {
  ASSIGN_OR_RETURN(const protocol::MasterStatusResponse status,
                   Ask(&MasterStub::MasterStatus, protocol::MasterStatusRequest()));
  std::vector<ServerInfo> servers;
  for (const protocol::ServerEntry& entry : status.servers) {
    ServerInfo& server = servers.emplace_back();
    server.location = entry.location;
    server.address = entry.address;
    server.is_ready = entry.state == "ready";
  }
  return servers;
}

Result<FilesPlace> Client::PlaceOfFiles() {
  ASSIGN_OR_RETURN(protocol::MasterStatusResponse status,
                   Ask(&MasterStub::MasterStatus, protocol::MasterStatusRequest()));
  FilesPlace place;
  place.url = std::move(status.data_url);
  place.directory = std::move(status.data_directory);
  place.cluster_id = std::move(status.cluster_id);
  return place;
}

/// Asks every ready server and takes what each answers. One that does not within `patience` is named in `silent`, or is
/// the error.
template <typename Reply, typename Ask, typename Take>
Status Client::AskServers(Nanos patience, std::vector<SilentServer>* silent, const Ask& ask, const Take& take) {
  ASSIGN_OR_RETURN(const std::vector<ServerInfo> servers, Servers());
  for (const ServerInfo& server : servers) {
    if (!server.is_ready) continue;
    const Deadline deadline = Deadline::After(core().executor().clock(), patience);
    Result<Reply> reply = connection_->calls().Run(ask(server.address, deadline));
    if (reply.ok()) {
      take(server, *reply);
    } else if (silent == nullptr || reply.status().Is(StatusCode::kCancelled)) {
      return std::move(reply).status().WithContext("range server " + server.location);
    } else {
      silent->push_back(SilentServer{server.location, std::move(reply).status()});
    }
  }
  return common::OkStatus();
}

Result<std::vector<QueryInfo>> Client::Queries(std::vector<SilentServer>* silent) {
  std::vector<QueryInfo> queries;
  const auto ask = [this](const std::string& address, Deadline deadline) {
    return core().range_servers().ListQueries(address, deadline);
  };
  const auto take = [&queries](const ServerInfo& server, const protocol::ListQueriesResponse& response) {
    for (const protocol::QueryEntry& entry : response.queries) {
      QueryInfo& query = queries.emplace_back();
      const model::TableId table = protocol::FromMessage(entry.table);
      query.id = server.location + "_" + std::to_string(entry.query);
      query.table = entry.table_name.empty() ? table.ToString() : entry.table_name;
      query.range = protocol::FromMessage(table, entry.bounds);
      query.peer = entry.peer;
      query.age = entry.age;
      query.idle = entry.idle;
      query.cells = static_cast<uint64_t>(entry.cells);
      query.bytes = static_cast<uint64_t>(entry.bytes);
    }
  };
  const Nanos patience = silent == nullptr ? timeout_ : std::min(timeout_, kListingPatience);
  RETURN_IF_ERROR(AskServers<protocol::ListQueriesResponse>(patience, silent, ask, take));
  return queries;
}

Status Client::KillQuery(std::string_view id) {
  const Status none = common::NotFound("no query '" + std::string(id) + "' runs").WithDetail(kNoSuchQuery);
  const size_t underscore = id.rfind('_');
  protocol::KillQueryRequest request;
  if (underscore == std::string_view::npos) return none;
  const std::string_view number = id.substr(underscore + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), request.query);
  if (error != std::errc() || end != number.data() + number.size()) return none;
  ASSIGN_OR_RETURN(const std::vector<ServerInfo> servers, Servers());
  const Deadline deadline = Deadline::After(core().executor().clock(), timeout_);
  for (const ServerInfo& server : servers) {
    if (!server.is_ready || server.location != id.substr(0, underscore)) continue;
    const Status killed = connection_->calls().Run(core().range_servers().KillQuery(server.address, request, deadline));
    return killed.Is(StatusCode::kNotFound) ? none : killed;
  }
  return none;
}

Result<std::vector<MaintenanceInfo>> Client::MaintenanceTasks(bool wait, std::vector<SilentServer>* silent) {
  constexpr std::string_view kKinds[] = {"minor", "major", "merging", "gc"};
  std::vector<MaintenanceInfo> tasks;
  const auto ask = [this, wait](const std::string& address, Deadline deadline) {
    protocol::MaintenanceRequest request;
    request.wait = wait;
    return core().range_servers().Maintenance(address, std::move(request), deadline);
  };
  const auto take = [&tasks, &kKinds](const ServerInfo& server, const protocol::MaintenanceResponse& response) {
    for (const protocol::MaintenanceEntry& entry : response.tasks) {
      MaintenanceInfo& task = tasks.emplace_back();
      task.server = server.location;
      task.range = protocol::FromMessage(entry.range);
      const auto kind = static_cast<size_t>(entry.kind);
      task.kind = kind < std::size(kKinds) ? kKinds[kind] : "unknown";
      task.running = entry.running;
      task.age = entry.age;
    }
  };
  const Nanos patience = silent == nullptr ? timeout_ : std::min(timeout_, kListingPatience);
  RETURN_IF_ERROR(AskServers<protocol::MaintenanceResponse>(patience, silent, ask, take));
  return tasks;
}

Status Client::SetReadOnly(bool read_only) {
  protocol::SetVariablesRequest request;
  request.id = core().NewRequestId();
  request.__set_read_only(read_only);
  return Ask(&MasterStub::SetVariables, std::move(request));
}

Result<ClusterHealth> Client::Health() {
  ASSIGN_OR_RETURN(const protocol::MasterStatusResponse status,
                   Ask(&MasterStub::MasterStatus, protocol::MasterStatusRequest()));
  ClusterHealth health;
  health.problems = status.problems;
  if (status.read_only) health.problems.emplace_back(kReadOnlyProblem);
  health.level = health.problems.empty() ? ClusterHealth::Level::kOk : ClusterHealth::Level::kWarning;
  if (!status.recovered) {
    health.level = ClusterHealth::Level::kCritical;
    health.problems.push_back("not every range is served yet");
  }
  return health;
}

}  // namespace cellar::client
