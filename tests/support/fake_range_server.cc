#include "tests/support/fake_range_server.h"

#include <utility>

#include "model/cell_codec.h"
#include "model/evaluator.h"
#include "model/scan_block.h"
#include "model/system_schemas.h"
#include "protocol/message.h"
#include "protocol/values.h"

namespace cellar::master {
namespace {

using model::Cell;
using model::RangeKey;

std::shared_ptr<const model::Schema> SchemaOf(model::TableId table) {
  return table == model::kMetadataTable ? model::MetadataSchema() : model::CatalogSchema();
}

/// The cells of a mutation's frame, with revisions from `base` on.
std::vector<Cell> DecodeFrame(const std::string& frame, const model::Schema& schema, int64_t base) {
  auto parsed = model::ParseFrame(frame, model::CellLimits::For(model::kMetadataTable), schema.key_codec());
  CHECK(parsed.ok());
  std::vector<Cell> cells;
  model::CellReader reader(parsed->cells);
  model::EncodedCell encoded;
  while (reader.Next(&encoded)) {
    std::string key;
    model::AppendWholeKey(encoded, model::Revision(base), schema.key_codec(), &key);
    Cell& cell = cells.emplace_back();
    CHECK(schema.key_codec().Decode(key, &cell).ok());
    cell.value = encoded.value;
  }
  return cells;
}

}  // namespace

template <typename Request, typename Reply>
Task<Result<rpc::Response>> FakeRangeServer::Answer(Result<Reply> (FakeRangeServer::*handler)(Request&, std::string*),
                                                    rpc::Request raw) {
  CO_TRY(Request request, protocol::DecodeMessage<Request>(raw.message));
  std::string attachment = std::move(raw.attachment);
  CO_TRY(const Reply reply, (this->*handler)(request, &attachment));
  co_return rpc::Response(protocol::EncodeMessage(reply), std::move(attachment));
}

template <typename Request, typename Reply>
void FakeRangeServer::Serve(protocol::RangeServerMethod method,
                            Result<Reply> (FakeRangeServer::*handler)(Request&, std::string*)) {
  const rpc::MethodId id(static_cast<rpc::MethodId::Underlying>(method));
  server_.Register(id, [this, handler](rpc::CallInfo, rpc::Request raw) { return Answer(handler, std::move(raw)); });
}

FakeRangeServer::FakeRangeServer(Executor& executor, rpc::Transport& transport, std::string host, uint16_t port)
    : executor_(executor), server_(executor, transport, rpc::RpcServerOptions()) {
  using Method = protocol::RangeServerMethod;
  Serve(Method::kCreateScanner, &FakeRangeServer::CreateScanner);
  Serve(Method::kMutateRow, &FakeRangeServer::MutateRow);
  Serve(Method::kLoadRange, &FakeRangeServer::LoadRange);
  Serve(Method::kUnloadRange, &FakeRangeServer::UnloadRange);
  Serve(Method::kUpdateSchema, &FakeRangeServer::UpdateSchema);
  Serve(Method::kUpdateVariables, &FakeRangeServer::UpdateVariables);
  Serve(Method::kServerStatus, &FakeRangeServer::ServerStatus);
  CHECK(server_.Start(rpc::Address(std::move(host), port)).ok());
}

void FakeRangeServer::BeginLife(std::string location, Incarnation incarnation) {
  location_ = model::Location(std::move(location));
  incarnation_ = incarnation;
  loaded_.clear();
  variables_ = protocol::ClusterVariables();
}

std::vector<Cell> FakeRangeServer::Visible(model::TableId table, const model::ScanSpec& spec) {
  auto cells = model::Evaluate(*SchemaOf(table), history_[table], spec, model::Revision(last_revision_),
                               executor_.clock().WallNow());
  CHECK(cells.ok());
  return std::move(cells).value();
}

std::set<std::string> FakeRangeServer::Serving() const {
  std::set<std::string> names;
  for (const auto& [name, range] : loaded_) names.insert(name);
  return names;
}

void FakeRangeServer::SetManifest(model::TableId table, const std::string& encoded) {
  Store(model::kMetadataTable, Cell(model::MetadataRowName(table, std::nullopt), model::metadata_family::kManifest, "",
                                    model::KeyFlag::kInsert, 0, model::Revision(), encoded));
}

void FakeRangeServer::ForgetLogs() {
  for (const model::RangeRecord& row : Rows()) {
    Store(model::kMetadataTable,
          Cell(model::MetadataRowName(row.range.table, row.range.end_row), model::metadata_family::kLogRefs, "",
               model::KeyFlag::kDeleteFamily, 0, model::Revision(), ""));
  }
}

void FakeRangeServer::LoseRow(model::TableId table) {
  Store(model::kMetadataTable, Cell(model::MetadataRowName(table, std::nullopt), model::FamilyId(), "",
                                    model::KeyFlag::kDeleteRow, 0, model::Revision(), ""));
}

std::vector<model::RangeRecord> FakeRangeServer::Rows() {
  model::ScanSpec spec;
  spec.max_versions = 1;
  auto records = model::DecodeRangeRecords(Visible(model::kMetadataTable, spec));
  CHECK(records.ok());
  return std::move(records).value();
}

std::vector<std::string> FakeRangeServer::CatalogCells() {
  model::ScanSpec spec;
  spec.max_versions = 1;
  std::vector<std::string> lines;
  for (const Cell& cell : Visible(model::kCatalogTable, spec)) {
    lines.push_back(cell.row + " " + std::to_string(cell.family.get()) + ":" + cell.qualifier);
  }
  return lines;
}

std::vector<std::string> FakeRangeServer::PathsOfTables() {
  model::ScanSpec spec;
  spec.max_versions = 1;
  std::vector<std::string> paths;
  for (const Cell& cell : Visible(model::kCatalogTable, spec)) {
    if (cell.family == model::catalog_family::kPath) paths.push_back(cell.value);
  }
  return paths;
}

Result<RangeKey> FakeRangeServer::FindLoaded(model::TableId table, const std::string& row) const {
  for (const auto& [name, range] : loaded_) {
    if (range.first.table == table && range.first.Contains(row)) return range.first;
  }
  return common::NotOwner("no range of " + table.ToString() + " with this row is loaded");
}

void FakeRangeServer::Store(model::TableId table, Cell cell) {
  cell.revision = model::Revision(++last_revision_);
  cell.timestamp = last_revision_;
  history_[table].push_back(std::move(cell));
}

Result<protocol::ScanBlockResponse> FakeRangeServer::CreateScanner(protocol::CreateScannerRequest& request,
                                                                   std::string* attachment) {
  const model::TableId table = protocol::FromMessage(request.table);
  const RangeKey wanted = protocol::FromMessage(table, request.bounds);
  const std::string probe = wanted.end_row ? *wanted.end_row : wanted.start_row.value_or("") + std::string(1, '\xff');
  ASSIGN_OR_RETURN(const RangeKey range, FindLoaded(table, probe));
  ASSIGN_OR_RETURN(const model::ScanSpec spec, model::ScanSpec::Decode(request.scan_spec));
  model::ScanBlockWriter writer;
  for (const Cell& cell : Visible(table, spec)) {
    if (range.Contains(cell.row)) writer.Add(cell.view());
  }
  *attachment = writer.Finish();
  protocol::ScanBlockResponse response;
  response.bounds = protocol::ToMessage(range);
  response.snapshot_revision = last_revision_;
  return response;
}

Result<protocol::MutateRowResponse> FakeRangeServer::MutateRow(protocol::MutateRowRequest& request,
                                                               std::string* attachment) {
  master_terms_.insert(request.master_term);
  const auto key = std::make_pair(request.frame.session, request.frame.sequence);
  if (const auto found = answered_.find(key); found != answered_.end()) return found->second;
  const model::TableId table = protocol::FromMessage(request.frame.table);
  std::vector<Cell> cells = DecodeFrame(*attachment, *SchemaOf(table), last_revision_ + 1);
  attachment->clear();
  RETURN_IF_ERROR(FindLoaded(table, cells.at(0).row).status());
  model::ScanSpec spec;
  spec.max_versions = 1;
  spec.row_intervals.push_back(model::RowInterval::Row(cells[0].row));
  const std::vector<Cell> present = Visible(table, spec);
  protocol::MutateRowResponse response;
  response.applied = true;
  for (size_t i = 0; i < request.conditions.size(); ++i) {
    const protocol::Condition& condition = request.conditions[i];
    const Cell* found = nullptr;
    for (const Cell& cell : present) {
      if (cell.family.get() == condition.family && cell.qualifier == condition.qualifier) found = &cell;
    }
    bool holds = condition.expectation == protocol::Expectation::ABSENT ? found == nullptr : found != nullptr;
    if (condition.expectation == protocol::Expectation::EQUALS) holds = holds && found->value == condition.value;
    if (holds) continue;
    response.applied = false;
    response.current.emplace_back().condition = static_cast<int32_t>(i);
  }
  if (response.applied) {
    for (Cell& cell : cells) Store(table, std::move(cell));
  }
  response.__set_revision(last_revision_);
  answered_[key] = response;
  return response;
}

Status FakeRangeServer::TakeRow(const RangeKey& range, Epoch epoch) {
  for (const model::RangeRecord& row : Rows()) {
    if (row.range != range) continue;
    if (row.location != location_ || row.incarnation != incarnation_ || row.epoch != epoch ||
        row.state == model::RangeState::kDropping) {
      return common::Conflict("the row of " + range.ToString() + " does not grant it to this server");
    }
    Store(model::kMetadataTable,
          Cell(model::MetadataRowName(range.table, range.end_row), model::metadata_family::kState, "",
               model::KeyFlag::kInsert, 0, model::Revision(), "serving"));
    return common::OkStatus();
  }
  return common::NotFound("no row for " + range.ToString());
}

Result<protocol::LoadRangeResponse> FakeRangeServer::LoadRange(protocol::LoadRangeRequest& request, std::string*) {
  ++load_calls_;
  variables_ = request.variables;
  master_terms_.insert(request.master_term);
  const RangeKey range = protocol::FromMessage(request.range);
  const Epoch epoch(protocol::FromMessage(request.epoch));
  protocol::LoadRangeResponse response;
  response.serving = true;
  if (const auto refusal = refused_.find(range.ToString()); refusal != refused_.end()) return refusal->second;
  const auto found = loaded_.find(range.ToString());
  if (found != loaded_.end() && found->second.second == epoch) return response;
  if (!request.root) RETURN_IF_ERROR(TakeRow(range, epoch));
  loaded_[range.ToString()] = {range, epoch};
  return response;
}

Result<protocol::DoneResponse> FakeRangeServer::UnloadRange(protocol::UnloadRangeRequest& request, std::string*) {
  if (loaded_.erase(protocol::FromMessage(request.range).ToString()) == 0) return common::NotFound("not loaded");
  return protocol::DoneResponse();
}

Result<protocol::DoneResponse> FakeRangeServer::UpdateSchema(protocol::UpdateSchemaRequest& request, std::string*) {
  schemas_told_.push_back(request.schema);
  return protocol::DoneResponse();
}

Result<protocol::DoneResponse> FakeRangeServer::UpdateVariables(protocol::UpdateVariablesRequest& request,
                                                                std::string*) {
  variables_ = request.variables;
  return protocol::DoneResponse();
}

Result<protocol::ServerStatusResponse> FakeRangeServer::ServerStatus(protocol::ServerStatusRequest&, std::string*) {
  protocol::ServerStatusResponse response;
  response.location = location_.get();
  response.incarnation = protocol::ToMessage(incarnation_.get());
  for (const auto& [name, range] : loaded_) {
    protocol::RangeStats& stats = response.ranges.emplace_back();
    stats.range = protocol::ToRangeId(range.first);
    stats.epoch = protocol::ToMessage(range.second.get());
  }
  return response;
}

}  // namespace cellar::master
