#include "tests/support/client_world.h"

#include <utility>

#include "model/cell_codec.h"
#include "model/evaluator.h"
#include "model/scan_block.h"
#include "model/system_schemas.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

constexpr model::FamilyId kFamily{1};

std::shared_ptr<const model::Schema> MakeSchema() {
  model::SchemaDefinition definition;
  definition.families.emplace_back().name = "f";
  return std::make_shared<const model::Schema>(model::Schema::Create(std::move(definition)).value());
}

std::optional<std::string> Bound(const std::string& row) {
  if (row.empty()) return std::nullopt;
  return row;
}

bool Overlap(const model::RangeKey& a, const model::RangeKey& b) {
  const bool a_is_before = a.end_row && b.start_row && *a.end_row <= *b.start_row;
  const bool b_is_before = b.end_row && a.start_row && *b.end_row <= *a.start_row;
  return a.table == b.table && !a_is_before && !b_is_before;
}

model::RangeRecord Serving(model::RangeKey range, const std::string& location) {
  model::RangeRecord record;
  record.range = std::move(range);
  record.location = model::Location(location);
  record.state = model::RangeState::kServing;
  return record;
}

}  // namespace

Task<Result<std::string>> FixedDirectory::MasterAddress(Deadline) {
  co_return common::Unavailable("this world has no master");
}

Task<Result<model::Location>> FixedDirectory::RootLocation(Deadline) {
  co_return model::Location("rs1");
}

Task<Result<std::string>> FixedDirectory::AddressOf(model::Location location, Deadline) {
  const auto found = addresses.find(location.get());
  if (found == addresses.end()) co_return common::Unavailable("nobody listens for " + location.get());
  co_return found->second;
}

ClientWorld::ClientWorld(uint64_t seed)
    : world(seed),
      schema(MakeSchema()),
      altered(schema),
      rs1(node1, transport1, rpc::Address("rs1", 1),
          [this](const auto& request, std::string* cells) { return ScanSystemTable(request, cells); }),
      rs2(node2, transport2, rpc::Address("rs2", 1),
          [this](const auto& request, std::string* cells) { return ScanSystemTable(request, cells); }) {
  directory.addresses["rs1"] = "rs1:1";
  directory.addresses["rs2"] = "rs2:1";
  ranges.push_back(Serving(model::RangeKey(model::kMetadataTable, model::RootRange().end_row, std::nullopt), "rs1"));
  ranges.push_back(Serving(model::RangeKey(model::kCatalogTable, std::nullopt, std::nullopt), "rs1"));
}

ClientWorld::~ClientWorld() {
  Run(client.Stop());
  world.Run(node1, rs1.Stop());
  world.Run(node2, rs2.Stop());
}

void ClientWorld::Place(const std::string& start, const std::string& end, const std::string& location) {
  const model::RangeKey range(kTable, Bound(start), Bound(end));
  std::erase_if(ranges, [&range](const model::RangeRecord& record) { return Overlap(record.range, range); });
  ranges.push_back(Serving(range, location));
}

std::vector<model::Cell> ClientWorld::Metadata(const model::RangeKey& range) const {
  std::vector<model::Cell> history;
  for (const model::RangeRecord& record : ranges) {
    for (model::Cell& cell : model::EncodeRangeRecord(record)) {
      cell.timestamp = 1;
      cell.revision = model::Revision(1);
      if (range.Contains(cell.row)) history.push_back(std::move(cell));
    }
  }
  return history;
}

std::vector<model::Cell> ClientWorld::Catalog() const {
  std::vector<model::Cell> history;
  for (const auto& of_table : {schema, altered}) {
    if (altered == nullptr) break;
    const std::string number = std::to_string(of_table->generation().get());
    history.emplace_back(CatalogRowOf(kTable), model::catalog_family::kSchema,
                         std::string(20 - number.size(), '0') + number, model::KeyFlag::kInsert, 1, model::Revision(1),
                         of_table->Encode());
  }
  return history;
}

Result<protocol::ScanBlockResponse> ClientWorld::ScanSystemTable(const protocol::CreateScannerRequest& request,
                                                                 std::string* attachment) {
  const model::RangeKey range = protocol::FromMessage(protocol::FromMessage(request.table), request.bounds);
  const bool is_catalog = range.table == model::kCatalogTable;
  if (is_catalog) ++catalog_scan_count;
  const std::vector<model::Cell> history = is_catalog ? Catalog() : Metadata(range);
  const auto of_table = is_catalog ? model::CatalogSchema() : model::MetadataSchema();
  ASSIGN_OR_RETURN(const model::ScanSpec spec, model::ScanSpec::Decode(request.scan_spec));
  ASSIGN_OR_RETURN(const std::vector<model::Cell> cells,
                   model::Evaluate(*of_table, history, spec, model::Revision(1), 0));
  model::ScanBlockWriter writer;
  for (const model::Cell& cell : cells) writer.Add(cell.view());
  *attachment = writer.Finish();
  protocol::ScanBlockResponse response;
  response.bounds = request.bounds;
  return response;
}

void ClientWorld::LoseAnswerOfRs1() {
  network.faults().Block("rs1", "client");
  world.After(10 * kMillisecond, [this] {
    network.faults().Unblock("rs1", "client");
    network.CutAll("rs1");
  });
}

void ClientWorld::Alter(const std::vector<model::SchemaAlteration>& alterations) {
  altered = std::make_shared<const model::Schema>(altered->Alter(alterations).value());
}

TableFrame ClientWorld::Frame(const std::vector<std::string>& rows) const {
  std::vector<model::Cell> cells;
  for (const std::string& row : rows) {
    cells.emplace_back(row, kFamily, "", model::KeyFlag::kInsert, model::kAutomaticTimestamp, model::Revision(), "v");
  }
  return FrameOf(cells);
}

TableFrame ClientWorld::FrameOf(const std::vector<model::Cell>& cells) const {
  model::FrameBuilder builder(schema->key_codec());
  for (const model::Cell& cell : cells) builder.Add(cell.view());
  TableFrame frame;
  frame.table = kTable;
  frame.schema = schema;
  frame.bytes = builder.Build();
  return frame;
}

std::vector<std::string> ClientWorld::RowsOf(const protocol::UpdateRequest& request, const std::string& attachment,
                                             size_t frame) const {
  const protocol::UpdateFrame& head = request.frames.at(frame);
  const std::string bytes =
      attachment.substr(static_cast<size_t>(head.attachment_offset), static_cast<size_t>(head.attachment_length));
  const auto parsed = model::ParseFrame(bytes, model::CellLimits::For(kTable), schema->key_codec());
  std::vector<std::string> rows;
  for (const model::RowExtent& extent : parsed.value().rows) {
    model::AppendUnescaped(extent.escaped_row, &rows.emplace_back());
  }
  return rows;
}

std::string ClientWorld::Block(const std::vector<std::string>& rows) const {
  model::ScanBlockWriter writer;
  for (const std::string& row : rows) {
    writer.Add(model::Cell(row, kFamily, "", model::KeyFlag::kInsert, 1, model::Revision(1), "v").view());
  }
  return writer.Finish();
}

}  // namespace cellar::client
