#include "tools/check/check_world.h"

#include <algorithm>
#include <utility>

#include "model/range_tiling.h"
#include "model/system_schemas.h"
#include "storage/commitlog/log_writer.h"
#include "storage/metalog/metalog.h"
#include "storage/metalog/root_record.h"

namespace cellar::check {
namespace {

using model::Cell;
using model::RangeRecord;
using model::TableId;

const Incarnation kDead({1, 1});
const Incarnation kLiving({2, 1});
constexpr TableId kTable{1, 1};

model::Schema TestSchema() {
  model::SchemaDefinition definition;
  definition.families.emplace_back().name = "a";
  auto schema = model::Schema::Create(std::move(definition));
  CHECK(schema.ok());
  return std::move(schema).value();
}

std::string TestCells(const std::string& row) {
  std::string prefix;
  model::AppendKeyPrefix(row, model::FamilyId{1}, "q", model::KeyFlag::kInsert, &prefix);
  std::string cells;
  model::AppendCell(prefix, "value", 0, false, model::kAutomaticTimestamp, &cells);
  return cells;
}

}  // namespace

CheckWorld::CheckWorld() : engine_(TestSchema()) {
  servers.term = 2;
  servers.recovered = true;
  servers.collected = true;
  LivingServer& server = servers.living.emplace_back();
  server.location = model::Location("rs1");
  server.incarnation = kLiving;
  for (const char* path : {"/", "/sys", "/tmp"}) catalog[std::string("path:") + path]["1:"] = "namespace\t0";
  catalog["path:/sys/METADATA"]["1:"] = "table\t0/0";
  catalog["path:/sys/CATALOG"]["1:"] = "table\t0/1";
  catalog["path:/t"]["1:"] = "table\t1/1";
  catalog["table:1/1"]["2:"] = "/t";
  catalog["table:1/1"]["3:00000000000000000001"] = engine_.schema().Encode();
  for (const TableId table : {model::kMetadataTable, model::kCatalogTable, kTable}) {
    const model::RangeKey all = model::AllOfTable(table);
    rows[model::MetadataRowName(table, all.end_row)] = NewRow(all);
  }
  MakeTable();
  MakeLogs();
  MakeMetaLogs();
}

RangeRecord CheckWorld::NewRow(model::RangeKey range) const {
  RangeRecord record;
  record.range = std::move(range);
  record.location = model::Location("rs1");
  record.incarnation = kLiving;
  record.epoch = Epoch({2, 2});
  record.state = model::RangeState::kServing;
  return record;
}

void CheckWorld::MakeTable() {
  for (int file = 0; file < 2; ++file) {
    std::vector<Cell> cells;
    for (int i = 0; i < 300; ++i) {
      cells.emplace_back("row" + std::to_string(1000 + i), model::FamilyId{1}, "q", model::KeyFlag::kInsert,
                         model::kAutomaticTimestamp, model::Revision(), "value " + std::to_string(file));
    }
    engine_.Apply(cells);
    // The second, major compaction reads the first one's file and drops it.
    CHECK(engine_.Compact(file == 0 ? rangeserver::CompactionKind::kMinor : rangeserver::CompactionKind::kMajor));
  }
  row(kUserRow).manifest = engine_.range().manifest().Encode();
  row(kUserRow).log_refs.push_back(model::LogRef{model::Location("rs1"), kDead});
}

void CheckWorld::MakeLogs() {
  for (const Incarnation incarnation : {kDead, kLiving}) {
    const model::LogRef ref{model::Location("rs1"), incarnation};
    for (const auto log_class : {storage::LogClass::kRoot, storage::LogClass::kMetadata, storage::LogClass::kUser}) {
      storage::LogIdentity identity;
      identity.log_class = log_class;
      identity.incarnation = incarnation;
      const std::string directory = ref.Directory() + "/" + std::string(storage::LogClassName(log_class));
      auto log = storage::LogWriter::Open(files(), directory, identity, storage::LogWriterOptions());
      CHECK(log.ok());
      storage::LoggedRange range;
      range.table = kTable;
      range.epoch = Epoch({1, 2});
      for (int i = 1; i <= 3; ++i) {
        const std::string cells = TestCells("row" + std::to_string(i));
        storage::Section section;
        section.range = &range;
        section.base = model::Revision(i);
        section.revision_count = 1;
        section.session = model::SessionId(7);
        section.sequence = model::SequenceNumber(i);
        section.cells = cells;
        CHECK((*log)->Append({&section, 1}).ok() && (*log)->Sync().ok());
      }
    }
  }
}

void CheckWorld::MakeMetaLogs() {
  RangeRecord root = NewRow(model::RootRange());
  WriteRoot(root);
  for (const auto& [directory, incarnation] : {std::make_pair("lockservice", Incarnation({0, 1})),
                                               std::make_pair("master/log-0000000002", Incarnation({2, 0}))}) {
    CHECK(files().CreateDirectories(directory).ok());
    auto log = storage::MetaLog::Open(files(), directory, ClusterId(), incarnation);
    CHECK(log.ok());
    for (uint64_t id = 1; id <= 3; ++id) {
      CHECK((*log)->Update(storage::MetaLogRecord::Update(storage::EntityKey{1, id}, "a body of some bytes")).ok());
    }
  }
  WriteFile("master/term-0000000002", "");
}

void CheckWorld::WriteRoot(const RangeRecord& record) {
  const std::string directory = storage::RootMetaLogDirectory(record.incarnation);
  CHECK(files().CreateDirectories(directory).ok());
  auto log = storage::MetaLog::Open(files(), directory, ClusterId(), record.incarnation);
  CHECK(log.ok());
  CHECK((*log)->Update(storage::MetaLogRecord::Update(storage::kRootRecord, storage::EncodeRootRecord(record))).ok());
}

void CheckWorld::WriteFile(const std::string& path, std::string_view bytes) {
  CHECK(files().CreateDirectories(path.substr(0, path.rfind('/'))).ok());
  auto file = files().Create(path, kLiving);
  CHECK(file.ok() && (*file)->Append(bytes).ok() && (*file)->Sync().ok());
}

void CheckWorld::Damage(const std::string& path, uint64_t offset) {
  auto bytes = common::ReadWholeFile(files(), path, 1 << 20);
  CHECK(bytes.ok() && offset < bytes->size());
  const char flipped = static_cast<char>(~(*bytes)[offset]);
  CHECK(files().Damage(path, offset, std::string_view(&flipped, 1)).ok());
}

void CheckWorld::EditManifest(const std::function<void(model::Manifest&)>& edit) {
  auto manifest = model::Manifest::Decode(row(kUserRow).manifest);
  CHECK(manifest.ok());
  edit(*manifest);
  row(kUserRow).manifest = manifest->Encode();
}

std::string CheckWorld::LivePath() const {
  return model::CellStorePath(kTable, model::Manifest::Decode(rows.at(kUserRow).manifest)->groups.at(0).files.at(0).id);
}

std::string CheckWorld::DroppedPath() const {
  return model::CellStorePath(kTable, model::Manifest::Decode(rows.at(kUserRow).manifest)->dropped.at(0).id);
}

Task<Result<ServersSeen>> CheckWorld::ReadServers(Deadline) {
  if (before_pass) before_pass();
  co_return servers;
}

Task<Result<std::vector<Cell>>> CheckWorld::ReadTable(TableId table, Deadline) {
  std::vector<Cell> cells;
  if (table == model::kMetadataTable) {
    for (const auto& [name, record] : rows) {
      for (Cell& cell : model::EncodeRangeRecord(record)) cells.push_back(std::move(cell));
    }
    for (const Cell& cell : extra_metadata) cells.push_back(cell);
    std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.row < b.row; });
    if (lost_metadata) cells.erase(cells.begin() + static_cast<ptrdiff_t>(*lost_metadata));
    co_return std::move(cells);
  }
  for (const auto& [name, columns] : catalog) {
    for (const auto& [column, value] : columns) {
      const model::FamilyId family(static_cast<uint8_t>(std::stoi(column)));
      cells.emplace_back(name, family, column.substr(2), model::KeyFlag::kInsert, 0, model::Revision(), value);
    }
  }
  co_return std::move(cells);
}

CheckReport CheckWorld::Check(const FileSystem& seen) {
  const CheckSeams seams{node_, *this, seen, seen};
  auto report = world_.Run(node_, CheckCluster(seams, CheckOptions()));
  CHECK(report.ok());
  return std::move(report).value();
}

std::vector<std::string> CheckWorld::Findings() {
  std::vector<std::string> lines;
  for (const Finding& finding : Check().findings) lines.push_back(std::string(finding.rule) + " " + finding.subject);
  return lines;
}

}  // namespace cellar::check
