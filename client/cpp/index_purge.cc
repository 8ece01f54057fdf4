#include "client/cpp/index_purge.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "client/cpp/row_reads.h"
#include "model/cell_codec.h"

namespace cellar::client {
namespace {

/// What of a row and an entry makes them belong together.
using Belonging = std::tuple<model::IndexKind, std::string, model::IndexEntry>;

/// Everything stored that the suspects may be entries of.
model::ScanSpec StoredSpec(const model::Schema& schema, const std::vector<FoundEntry>& suspects) {
  model::ScanSpec spec;
  spec.return_deletes = true;
  spec.expired_too = true;
  std::set<std::pair<std::string, std::optional<std::string>>> columns;
  for (const FoundEntry& suspect : suspects) {
    const model::ColumnFamily* family = schema.FindFamily(suspect.family);
    if (family == nullptr) continue;
    const auto hint = model::ReadEntry(suspect.kind, suspect.entry.row, suspect.entry.qualifier);
    columns.emplace(family->name, hint ? hint->qualifier : std::nullopt);
  }
  for (const auto& [family, qualifier] : columns) {
    model::QualifierMatch match;
    if (qualifier) match = model::QualifierMatch(model::QualifierMatch::Kind::kExact, *qualifier);
    spec.columns.emplace_back(family, std::move(match));
  }
  return spec;
}

std::set<Belonging> EntriesOf(const std::vector<model::Cell>& cells) {
  std::set<Belonging> entries;
  for (const model::Cell& cell : cells) {
    if (cell.flag != model::KeyFlag::kInsert) continue;
    for (const model::IndexKind kind : model::kIndexKinds) {
      entries.emplace(kind, cell.row, model::EntryOf(kind, cell.view()));
    }
  }
  return entries;
}

/// Delete markers that hide the entries and nothing that is written later.
std::vector<TableFrame> MarkersFor(const model::Schema& schema, const std::vector<FoundEntry>& stale) {
  std::vector<TableFrame> frames;
  for (const model::IndexKind kind : model::kIndexKinds) {
    const auto& table = schema.definition().index_table(kind);
    model::FrameBuilder builder(model::IndexTableSchema()->key_codec());
    for (const FoundEntry& found : stale) {
      if (found.kind != kind) continue;
      model::KeyView key;
      key.row = found.entry.row;
      key.family = model::kIndexFamily;
      key.qualifier = found.entry.qualifier;
      key.flag = model::KeyFlag::kDeleteCell;
      key.timestamp = found.written_at;
      builder.Add(key, std::string_view());
    }
    if (builder.empty() || !table) continue;
    TableFrame& frame = frames.emplace_back();
    frame.table = *table;
    frame.schema = model::IndexTableSchema();
    frame.bytes = builder.Build();
  }
  return frames;
}

}  // namespace

Task<size_t> PurgeStale(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                        std::vector<FoundEntry> suspects, Deadline deadline) {
  // Only to spare the servers what they would refuse: the decision is by their clocks.
  const Nanos now = core.executor().clock().WallNow();
  std::erase_if(suspects, [now](const FoundEntry& found) { return found.written_at + kEntryLife > now; });
  model::ScanSpec spec = StoredSpec(*schema, suspects);
  if (spec.columns.empty()) co_return 0;
  std::vector<std::string> rows;
  for (const FoundEntry& suspect : suspects) {
    if (rows.empty() || rows.back() != suspect.row) rows.push_back(suspect.row);
  }
  // By this schema or not at all: by another one the families' names may mean others.
  ScanSeams seams = core.scans();
  seams.schemas = nullptr;
  const auto settled = co_await GetSettledRows(seams, table, schema, std::move(spec), std::move(rows), deadline);
  if (!settled.ok()) co_return 0;
  const std::set<Belonging> stored = EntriesOf(settled->cells);
  const Nanos latest = settled->settled_at - kEntryLife - kPurgeMargin;
  std::erase_if(suspects, [&stored, latest](const FoundEntry& found) {
    return found.written_at > latest || stored.contains(Belonging(found.kind, found.row, found.entry));
  });
  if (suspects.empty()) co_return 0;
  const auto written = co_await WriteEntries(core, MarkersFor(*schema, suspects), deadline);
  co_return written.ok() ? suspects.size() : 0;
}

}  // namespace cellar::client
