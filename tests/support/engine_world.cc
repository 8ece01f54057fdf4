#include "tests/support/engine_world.h"

#include <algorithm>
#include <map>

#include "model/counter.h"
#include "rangeserver/range/state_source.h"
#include "storage/merge_source.h"
#include "tests/support/random_cells.h"

namespace cellar::tests {

using model::Cell;
using model::Revision;
using rangeserver::Range;
using rangeserver::RangeEnvironment;

EngineWorld::EngineWorld(model::Schema schema)
    : key_(model::TableId{1, 1}, std::nullopt, std::nullopt),
      schema_(std::make_shared<const model::Schema>(std::move(schema))) {
  logged_range_.table = key_.table;
  Result<std::unique_ptr<Range>> range = Range::Open(Environment(), key_, Epoch(), schema_, model::Manifest());
  CHECK(range.ok());
  range_ = std::move(range).value();
}

RangeEnvironment EngineWorld::Environment() {
  RangeEnvironment environment;
  environment.files = &files_;
  environment.clock = &clock_;
  environment.file_ids = &file_ids_;
  return environment;
}

void EngineWorld::Apply(const std::vector<Cell>& cells) {
  model::FrameBuilder builder(schema_->key_codec());
  for (const Cell& cell : cells) builder.Add(cell.view());
  const std::string frame = builder.Build();
  const Result<model::FrameView> view = model::ParseFrame(frame, model::CellLimits(), schema_->key_codec());
  CHECK(view.ok());
  LoggedSection& logged = log_.emplace_back();
  logged.cells = std::string(view->cells);
  storage::Section& section = logged.section;
  section.range = &logged_range_;
  section.base = Revision{std::max(clock_.WallNow(), range_->revision_floor().get() + 1)};
  section.revision_count = view->ordinal_span;
  section.session = model::SessionId{1};
  section.sequence = model::SequenceNumber{++sequence_};
  section.expires_at = clock_.WallNow() + 600 * kSecond;
  section.cells = logged.cells;
  for (size_t i = 0; i < cells.size(); ++i)
    history_.push_back(Written(cells[i], Revision{section.base.get() + static_cast<int64_t>(i)}));
  range_->Apply(section);
}

bool EngineWorld::Compact(rangeserver::CompactionKind kind) {
  const Result<std::optional<rangeserver::ManifestEdit>> edit = range_->Compact(kind);
  CHECK(edit.ok());
  if (!edit->has_value()) return false;
  // Through its encoded form, as METADATA keeps it.
  const Result<model::Manifest> decoded = model::Manifest::Decode((*edit)->manifest.Encode());
  CHECK(decoded.ok() && *decoded == (*edit)->manifest);
  range_->Installed(**edit);
  return true;
}

void EngineWorld::Reopen() {
  const model::Manifest manifest = range_->manifest();
  range_.reset();
  Result<std::unique_ptr<Range>> range = Range::Open(Environment(), key_, Epoch(), schema_, manifest);
  CHECK(range.ok());
  range_ = std::move(range).value();
  for (size_t i = 0; i < log_.size(); ++i) {
    const Result<bool> replayed = range_->Replay(log_[i].section);
    CHECK(replayed.ok());
    if (i % 3 != 0) continue;
    const Result<bool> again = range_->Replay(log_[i].section);  // A group appended twice.
    CHECK(again.ok() && !*again);
  }
}

void EngineWorld::AlterSchema(const std::vector<model::SchemaAlteration>& alterations) {
  Result<model::Schema> altered = schema_->Alter(alterations);
  CHECK(altered.ok());
  schema_ = std::make_shared<const model::Schema>(std::move(altered).value());
  range_->SetSchema(schema_);
}

namespace {

/// Sums the updates of each counter column, as a scan does.
std::vector<Cell> SumCounters(const model::Schema& schema, const std::vector<Cell>& cells) {
  std::vector<Cell> summed;
  for (size_t i = 0; i < cells.size();) {
    std::vector<Cell> column;
    for (;
         i < cells.size() && (column.empty() || (cells[i].row == column[0].row && cells[i].family == column[0].family &&
                                                 cells[i].qualifier == column[0].qualifier));
         ++i)
      column.push_back(cells[i]);
    if (!schema.rules(column[0].family).counter) {
      summed.insert(summed.end(), column.begin(), column.end());
      continue;
    }
    std::sort(column.begin(), column.end(), [](const Cell& a, const Cell& b) { return a.revision < b.revision; });
    Cell sum = column.back();
    int64_t total = 0;
    for (const Cell& cell : column) {
      const Result<model::CounterUpdate> update = model::CounterUpdate::Decode(cell.value);
      CHECK(update.ok());
      total = update->reset ? update->amount : model::AddCounters(total, update->amount);
      sum.timestamp = std::max(sum.timestamp, cell.timestamp);
    }
    sum.value = std::to_string(total);
    summed.push_back(std::move(sum));
  }
  return summed;
}

}  // namespace

std::vector<Cell> EngineWorld::ReadState(const model::FamilySet& families, const model::RowInterval& rows) const {
  const rangeserver::RangeSnapshot snapshot = range_->Snapshot();
  auto sources = snapshot.Sources(families, rows);
  CHECK(sources.ok());
  rangeserver::StateSource::Options options;
  options.snapshot = snapshot.revision();
  options.now = now();
  rangeserver::StateSource state(snapshot.schema(), std::make_unique<storage::MergeSource>(std::move(sources).value()),
                                 options);
  std::vector<Cell> cells;
  for (state.SeekToFirst(); state.Valid(); state.Next()) {
    Cell cell;
    CHECK(snapshot.schema()->key_codec().Decode(state.key(), &cell).ok());
    cell.value = std::string(state.value());
    cells.push_back(std::move(cell));
  }
  CHECK(state.status().ok());
  return SumCounters(*snapshot.schema(), cells);
}

std::vector<Cell> EngineWorld::ReadAll() const {
  return ReadState(model::FamilySet().set(), model::RowInterval::All());
}

std::vector<Cell> EngineWorld::ExpectedState() const {
  const Result<std::vector<Cell>> expected =
      model::Evaluate(*schema_, history_, model::ScanSpec(), range_->applied(), now());
  CHECK(expected.ok());
  return *expected;
}

}  // namespace cellar::tests
