#include "tests/sim/sim_client.h"

#include <utility>

#include "client/cpp/index_rebuild.h"
#include "client/cpp/index_scan.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/mutate_row.h"
#include "client/cpp/row_reads.h"
#include "protocol/values.h"

namespace cellar::sim {
namespace {

using protocol::MasterStub;

/// Half of the clients wait for a server that stands still until another one serves in its place, and hear what it
/// says when it goes on.
rpc::RpcClientOptions OptionsFor(const SimMachine& machine, uint64_t seed) {
  rpc::RpcClientOptions options = CallingAs(machine.cluster);
  if (seed % 2 == 0) options.ping_timeout = 12 * kSecond;
  return options;
}

}  // namespace

SimClient::SimClient(const SimMachine& machine, const std::string& node, uint64_t seed)
    : random_(seed),
      began_at_(machine.scheduler.now()),
      node_(machine.scheduler, node),
      transport_(machine.network, node_),
      rpc_(node_, transport_, random_, OptionsFor(machine, seed)),
      locks_(node_, rpc_, rpc::Address("lockservice", kLockServicePort)),
      directory_(locks_, node_),
      core_(node_, rpc_, directory_, random_),
      tasks_(node_) {
  SetClockOffset(0);
}

SimClient::~SimClient() {
  node_.Kill();
  tasks_.DestroyAll();
}

Task<Status> SimClient::CreateTable(std::string path, model::SchemaDefinition definition, Nanos patience) {
  protocol::CreateTableRequest request;
  request.id = core_.NewRequestId();
  request.path = std::move(path);
  request.schema = definition.Encode();
  auto created = co_await core_.AskMaster(&MasterStub::CreateTable, std::move(request), In(patience));
  co_return created.status();
}

Task<Status> SimClient::DropTable(std::string path, Nanos patience) {
  protocol::DropTableRequest request;
  request.id = core_.NewRequestId();
  request.path = std::move(path);
  co_return co_await core_.AskMaster(&MasterStub::DropTable, std::move(request), In(patience));
}

Task<Status> SimClient::RenameTable(std::string path, std::string new_path, Nanos patience) {
  protocol::RenameTableRequest request;
  request.id = core_.NewRequestId();
  request.path = std::move(path);
  request.new_path = std::move(new_path);
  co_return co_await core_.AskMaster(&MasterStub::RenameTable, std::move(request), In(patience));
}

Task<Status> SimClient::SetReadOnly(bool read_only, Nanos patience) {
  protocol::SetVariablesRequest request;
  request.id = core_.NewRequestId();
  request.__set_read_only(read_only);
  co_return co_await core_.AskMaster(&MasterStub::SetVariables, std::move(request), In(patience));
}

Task<Status> SimClient::AlterTable(SimTable table, model::SchemaAlteration alteration, Nanos patience) {
  std::vector<model::SchemaAlteration> alterations(1, std::move(alteration));
  CO_TRY(const model::Schema altered, table.schema->Alter(alterations));
  protocol::AlterTableRequest request;
  request.id = core_.NewRequestId();
  request.path = table.path;
  request.schema = altered.Encode();
  request.expected_generation = table.schema->generation().get();
  auto answer = co_await core_.AskMaster(&MasterStub::AlterTable, std::move(request), In(patience));
  co_return answer.status();
}

Task<Status> SimClient::DropNamespace(std::string path, Nanos patience) {
  protocol::DropNamespaceRequest request;
  request.id = core_.NewRequestId();
  request.path = std::move(path);
  co_return co_await core_.AskMaster(&MasterStub::DropNamespace, std::move(request), In(patience));
}

Task<Status> SimClient::CreateNamespace(std::string path, Nanos patience) {
  protocol::CreateNamespaceRequest request;
  request.id = core_.NewRequestId();
  request.path = std::move(path);
  co_return co_await core_.AskMaster(&MasterStub::CreateNamespace, std::move(request), In(patience));
}

Task<Result<SimTable>> SimClient::OpenTable(std::string path, Nanos patience) {
  protocol::OpenTableRequest request;
  request.path = path;
  CO_TRY(const auto response, co_await core_.AskMaster(&MasterStub::OpenTable, std::move(request), In(patience)));
  CO_TRY(model::Schema schema, model::Schema::Decode(response.schema));
  SimTable table;
  table.path = std::move(path);
  table.id = protocol::FromMessage(response.table);
  table.schema = std::make_shared<const model::Schema>(std::move(schema));
  co_return std::move(table);
}

Task<Result<std::vector<model::Cell>>> SimClient::Scan(SimTable table, model::ScanSpec spec, Nanos patience) {
  const auto source = client::OpenScan(core_, table.id, table.schema, std::move(spec));
  co_return co_await client::ReadAll(*source, In(patience));
}

Task<Result<std::vector<model::Cell>>> SimClient::Get(SimTable table, model::ScanSpec spec,
                                                      std::vector<std::string> rows, Nanos patience) {
  co_return co_await client::GetRows(core_.scans(), table.id, table.schema, std::move(spec), std::move(rows),
                                     In(patience));
}

Task<Result<client::RowMutationOutcome>> SimClient::Mutate(SimTable table, std::vector<client::RowCondition> conditions,
                                                           std::vector<model::Cell> cells, Nanos patience) {
  client::MutateRowOptions options;
  options.wants_counters = true;
  co_return co_await client::MutateRow(core_.updates(), table.id, table.schema, std::move(conditions), std::move(cells),
                                       In(patience), options);
}

Task<Status> SimClient::RebuildIndexes(std::string path, Nanos patience) {
  std::vector<model::IndexKind> kinds(std::begin(model::kIndexKinds), std::end(model::kIndexKinds));
  co_return co_await client::RebuildIndexes(core_, std::move(path), std::move(kinds), patience, nullptr);
}

Task<Status> SimClient::Compact(SimTable table, int kind, Nanos patience) {
  const Deadline deadline = In(patience);
  CO_TRY(const client::RangeLocation location, co_await core_.locator().Locate(table.id, "", deadline));
  protocol::CompactRequest request;
  request.kind = static_cast<protocol::CompactionKind::type>(kind);
  request.__set_table(protocol::ToMessage(table.id));
  auto answer = co_await core_.range_servers().Compact(location.address, std::move(request), deadline);
  if (!answer.ok()) core_.locator().Forget(table.id, "");
  co_return answer.status();
}

Task<Status> SimWriter::Write(SimTable table, std::vector<model::Cell> cells, Nanos patience) {
  model::FrameBuilder builder(table.schema->key_codec());
  client::EntryFrames entries(table.schema);
  for (const model::Cell& cell : cells) {
    builder.Add(cell.view());
    entries.Add(cell.view());
  }
  client::TableFrame frame;
  frame.table = table.id;
  frame.schema = table.schema;
  frame.durability = table.schema->durability();
  frame.bytes = builder.Build();
  frame.entries = entries.Build();
  co_await flow_.Submit(std::move(frame), client_.In(patience));
  co_await flow_.Drain();
  Status status = flow_.first_error();
  for (const client::FailedRow& failed : flow_.TakeFailed()) {
    if (failed.status.Is(StatusCode::kTimedOut)) status = failed.status;
  }
  co_return status;
}

model::Cell Insert(std::string row, model::FamilyId family, std::string qualifier, std::string value) {
  model::Cell cell;
  cell.row = std::move(row);
  cell.family = family;
  cell.qualifier = std::move(qualifier);
  cell.value = std::move(value);
  return cell;
}

model::Cell Delete(model::KeyFlag flag, std::string row, model::FamilyId family, std::string qualifier) {
  model::Cell cell = Insert(std::move(row), family, std::move(qualifier), "");
  cell.flag = flag;
  if (flag == model::KeyFlag::kDeleteRow) cell.family = model::FamilyId();
  if (flag == model::KeyFlag::kDeleteRow || flag == model::KeyFlag::kDeleteFamily) cell.qualifier.clear();
  return cell;
}

model::ScanSpec NewestOf(std::optional<std::string> row) {
  model::ScanSpec spec;
  spec.max_versions = 1;
  if (row) spec.row_intervals.push_back(model::RowInterval::Row(*row));
  return spec;
}

}  // namespace cellar::sim
