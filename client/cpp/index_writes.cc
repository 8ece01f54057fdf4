#include "client/cpp/index_writes.h"

#include <algorithm>
#include <utility>

#include "client/cpp/nested_tasks.h"

namespace cellar::client {
namespace {

/// One frame of entries. Their order does not matter, so each has a session that no other has at the time, and none
/// waits for another.
struct EntryUpdate {
  ClientCore& core;
  const model::TableId table;
  BatchNumbers numbers;
  FrameUpdate update;

  EntryUpdate(ClientCore& core_in, TableFrame frame, Deadline deadline)
      : core(core_in),
        table(frame.table),
        numbers(core.SessionFor(table)),
        update(core.UpdatesOf(numbers), std::move(frame), deadline) {}

  Task<void> Run() {
    const bool settled = co_await update.FirstTry();
    if (!settled) co_await update.Finish();
    if (settled && update.report().status.ok()) core.sessions().GiveBack(table, numbers);
  }
};

}  // namespace

EntryFrames::EntryFrames(std::shared_ptr<const model::Schema> schema)
    : EntryFrames(std::move(schema), {std::begin(model::kIndexKinds), std::end(model::kIndexKinds)}) {}

EntryFrames::EntryFrames(std::shared_ptr<const model::Schema> schema, const std::vector<model::IndexKind>& kinds)
    : schema_(std::move(schema)) {
  for (const model::IndexKind kind : kinds) {
    if (schema_->indexed_families(kind).any()) indexes_.emplace_back(kind, *schema_->definition().index_table(kind));
  }
}

void EntryFrames::AddEntriesOf(const model::CellView& cell) {
  if (cell.key.flag != model::KeyFlag::kInsert) return;
  for (Index& index : indexes_) {
    if (!schema_->indexed_families(index.kind)[cell.key.family.get()]) continue;
    const model::IndexEntry entry = model::EntryOf(index.kind, cell);
    model::KeyView key;
    key.row = entry.row;
    key.family = model::kIndexFamily;
    key.qualifier = entry.qualifier;
    index.builder.Add(key, std::string_view());
  }
}

void EntryFrames::AddRow(const model::FrameView& frame, const model::RowExtent& row) {
  if (indexes_.empty()) return;
  std::string row_name;
  model::AppendUnescaped(row.escaped_row, &row_name);
  std::string qualifier;
  model::CellReader reader(frame.cells_of(row));
  model::EncodedCell encoded;
  while (reader.Next(&encoded)) {
    const model::EncodedKeyParts parts = model::SplitKeyPrefix(encoded.key_prefix);
    qualifier.clear();
    model::AppendUnescaped(parts.qualifier, &qualifier);
    model::CellView cell;
    cell.key.row = row_name;
    cell.key.family = parts.family;
    cell.key.qualifier = qualifier;
    cell.key.flag = parts.flag;
    cell.value = encoded.value;
    AddEntriesOf(cell);
  }
}

std::vector<TableFrame> EntryFrames::Build() {
  std::vector<TableFrame> frames;
  for (Index& index : indexes_) {
    if (index.builder.empty()) continue;
    TableFrame& frame = frames.emplace_back();
    frame.table = index.table;
    frame.schema = model::IndexTableSchema();
    frame.bytes = index.builder.Build();
  }
  return frames;
}

Task<Result<std::optional<Nanos>>> WriteEntries(ClientCore& core, std::vector<TableFrame> entries, Deadline deadline) {
  std::vector<std::unique_ptr<EntryUpdate>> updates;
  NestedTasks group(core.executor());
  for (TableFrame& frame : entries) {
    updates.push_back(std::make_unique<EntryUpdate>(core, std::move(frame), deadline));
    group.Spawn(updates.back()->Run(), "index entries");
  }
  co_await group.Join();
  std::optional<Nanos> takes_until;
  for (const auto& update : updates) {
    const Status& status = update->update.report().status;
    // Whatever became of the entries: nothing of the cells was sent.
    if (status.Is(StatusCode::kTimedOut)) co_return common::Unavailable("writing index entries: " + status.ToString());
    if (status.Is(StatusCode::kNotFound)) {
      co_return common::StaleSchema("an index of the table has been dropped or is made anew");
    }
    if (!status.ok()) co_return Status(status).WithContext("writing index entries");
    const std::optional<model::Revision>& oldest = update->update.oldest_base();
    if (!oldest) co_return common::Corruption("the answer to an update of an index has no revision");
    const Nanos until = oldest->get() + kEntryLife;
    takes_until = takes_until ? std::min(*takes_until, until) : until;
  }
  co_return takes_until;
}

}  // namespace cellar::client
