#include "rangeserver/write/frame_router.h"

#include <algorithm>
#include <utility>

#include "model/counter.h"
#include "model/error_codes.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {

storage::LogClass LogClassOf(const model::RangeKey& range) {
  if (range.table != model::kMetadataTable) return storage::LogClass::kUser;
  return range == model::RootRange() ? storage::LogClass::kRoot : storage::LogClass::kMetadata;
}

namespace {

/// Whether cells have to be looked at one by one.
bool HasOddFamily(const model::FamilySet& families, const model::Schema& schema) {
  for (int id = model::kMinFamilyId; id <= model::kMaxFamilyId; ++id) {
    const model::FamilyId family{static_cast<uint8_t>(id)};
    if (families[family.get()] && (!schema.is_live(family) || schema.rules(family).counter)) return true;
  }
  return false;
}

}  // namespace

/// Consecutive rows of one range, or of no range served here.
struct FrameRouter::Run {
  std::shared_ptr<LoadedRange> loaded;
  std::shared_ptr<Range> range;
  std::shared_ptr<const model::Schema> schema;
  Status status;                 ///< Not OK: every row of it is refused.
  Status writable;               ///< Not OK: rows of it that were not applied before are refused.
  bool was_seen_before = false;  ///< Some row of this batch was applied here.
  bool checks_cells = false;     ///< Some family of the frame is a counter, or not there.
  size_t first_row = 0;
  size_t end_row = 0;
  std::vector<size_t> accepted;  ///< Row indexes, ascending.

  bool Takes(std::string_view row) const { return loaded != nullptr && loaded->record.range.Contains(row); }
};

bool FrameRouter::Route(PendingBatch* pending, bool holds_rows) const {
  pending->parts.clear();
  pending->rebuilt.clear();
  pending->outcome = WriteOutcome();
  const model::TableId table = pending->batch.table;
  const bool ask_locks = !holds_rows && locks_.HasAny(table);
  Run run;
  std::string row;
  for (size_t i = 0; i < pending->frame.rows.size(); ++i) {
    row.clear();
    model::AppendUnescaped(pending->frame.rows[i].escaped_row, &row);
    if (ask_locks && locks_.IsHeld(table, row)) return false;
    if (i == 0 || !run.Takes(row)) {
      EndRun(&run, pending);
      run = StartRun(*pending, row);
      run.first_row = i;
    }
    run.end_row = i + 1;
    // What was applied may be of a family that has been dropped since.
    if (run.status.ok() && WasApplied(*pending, run, row, &pending->outcome)) continue;
    Status status = run.status.ok() && run.checks_cells ? CheckRow(*pending, run, i) : run.status;
    if (status.ok()) status = run.writable;
    if (status.ok()) {
      run.accepted.push_back(i);
    } else {
      Refuse(static_cast<uint32_t>(i), status, &pending->outcome);
    }
  }
  // Left in the log, a refused row would come back with the next replay: the defect "refused-row-logged" does that.
  if (seams_.faults.Planted(Defect::kRefusedRowLogged) && run.accepted.empty() && run.range != nullptr &&
      !run.was_seen_before) {
    for (size_t i = run.first_row; i < run.end_row; ++i) run.accepted.push_back(i);
  }
  EndRun(&run, pending);
  return true;
}

FrameRouter::Run FrameRouter::StartRun(const PendingBatch& pending, std::string_view row) const {
  Run run;
  run.loaded = seams_.ranges.Find(pending.batch.table, row);
  if (run.loaded != nullptr && run.loaded->state == LoadedRange::State::kServing) {
    run.range = run.loaded->range;
    run.schema = run.range->schema();
  }
  run.status = CheckRun(pending, run.loaded.get());
  if (seams_.check_writable && !pending.batch.table.is_system()) run.writable = seams_.check_writable();
  if (run.status.ok()) run.checks_cells = HasOddFamily(pending.frame.families, *run.schema);
  if (run.status.ok() && pending.batch.session != model::SessionId())
    run.was_seen_before = run.range->KnowsBatch(pending.batch.session, pending.batch.sequence);
  return run;
}

Status FrameRouter::CheckServing(const LoadedRange& loaded) {
  const std::string range_name = loaded.record.range.ToString();
  switch (loaded.state) {
    case LoadedRange::State::kLoading:
      return common::Unavailable(range_name + " is being loaded");
    case LoadedRange::State::kUnloading:
      return common::NotOwner(range_name + " is being unloaded");
    case LoadedRange::State::kOffline:
      return loaded.problem;
    case LoadedRange::State::kServing:
      break;
  }
  return common::OkStatus();
}

Result<model::KeyCodec> FrameRouter::CodecOf(model::TableId table) const {
  Status refusal = common::NotOwner("no range of table " + table.ToString() + " is served here");
  for (const std::shared_ptr<LoadedRange>& loaded : seams_.ranges.OfTable(table)) {
    if (loaded->range != nullptr) return loaded->range->schema()->key_codec();
    refusal = CheckServing(*loaded);
  }
  return refusal;
}

Status FrameRouter::CheckRun(const PendingBatch& pending, const LoadedRange* loaded) const {
  const model::TableId table = pending.batch.table;
  if (loaded == nullptr) return common::NotOwner("no range of table " + table.ToString() + " here holds the row");
  RETURN_IF_ERROR(CheckServing(*loaded));
  const std::string range_name = loaded->record.range.ToString();
  if (pending.batch.master_term != 0 && pending.batch.master_term < seams_.ranges.master_term())
    return common::Fenced("this server has heard of a later master than that of the write to " + range_name);
  if (LogClassOf(loaded->record.range) != log_class_) return common::NotOwner(range_name + " is written elsewhere");
  if (!seams_.lease.Holds()) return common::NotOwner("the server's lease has run out");
  const model::SchemaGeneration generation = loaded->range->schema()->generation();
  if (pending.batch.generation < generation)
    return common::StaleSchema("table " + table.ToString() + " has a newer schema");
  if (pending.batch.generation > generation) {
    if (seams_.on_newer_schema) seams_.on_newer_schema(table);
    return common::Unavailable(range_name + " has not seen the newest schema yet");
  }
  if (pending.batch.session != model::SessionId()) RETURN_IF_ERROR(loaded->range->CheckRoom(pending.batch.session));
  if (seams_.admit && !table.is_system()) RETURN_IF_ERROR(seams_.admit());
  return common::OkStatus();
}

/// Families that are not there, and values that no counter takes: they would fail every read of the row.
Status FrameRouter::CheckRow(const PendingBatch& pending, const Run& run, size_t row_index) const {
  model::CellReader cells(pending.frame.cells_of(pending.frame.rows[row_index]));
  model::EncodedCell cell;
  while (cells.Next(&cell)) {
    const model::FamilyId family{static_cast<uint8_t>(cell.key_prefix[model::RowPrefixLength(cell.key_prefix)])};
    if (family == model::FamilyId{}) continue;
    if (!run.schema->is_live(family)) {
      return common::InvalidArgument("column family " + std::to_string(family.get()) + " does not exist");
    }
    const bool is_update =
        run.schema->rules(family).counter && cell.key_prefix.back() == static_cast<char>(model::KeyFlag::kInsert);
    if (is_update && !model::CounterUpdate::Decode(cell.value).ok()) {
      return common::InvalidArgument("the value of a counter's cell is no encoded update").WithDetail(model::kBadKey);
    }
  }
  return cells.status();
}

bool FrameRouter::WasApplied(const PendingBatch& pending, const Run& run, std::string_view row,
                             WriteOutcome* outcome) const {
  if (!run.was_seen_before) return false;
  const auto entry = run.range->FindApplied(pending.batch.session, pending.batch.sequence, row);
  if (!entry) return false;
  outcome->base = entry->base;
  outcome->result = entry->last == pending.batch.sequence ? entry->result : std::string();
  return true;
}

void FrameRouter::Refuse(uint32_t row_index, const Status& status, WriteOutcome* outcome) {
  if (!outcome->refused.empty()) {
    RefusedRows& last = outcome->refused.back();
    if (last.first_row + last.row_count == row_index && last.status == status) {
      ++last.row_count;
      return;
    }
  }
  outcome->refused.emplace_back(row_index, 1, status);
}

void FrameRouter::EndRun(Run* run, PendingBatch* pending) {
  if (run->accepted.empty()) return;
  const std::vector<model::RowExtent>& rows = pending->frame.rows;
  PendingBatch::Part part;
  part.loaded = run->loaded;
  part.range = run->range;
  part.is_refused = !run->status.ok();
  const model::RowExtent& first = rows[run->accepted.front()];
  const model::RowExtent& last = rows[run->accepted.back()];
  if (run->accepted.size() == run->accepted.back() - run->accepted.front() + 1) {
    part.section.cells = pending->frame.cells.substr(first.offset, last.offset + last.size - first.offset);
  } else {  // Only accepted rows are logged.
    std::string& cells = pending->rebuilt.emplace_back();
    for (const size_t i : run->accepted) cells.append(pending->frame.cells_of(rows[i]));
    part.section.cells = cells;
  }
  auto logged = std::make_shared<storage::LoggedRange>();
  const model::RangeKey& key = run->range->key();
  logged->table = key.table;
  logged->start_row = key.start_row;
  logged->end_row = key.end_row;
  logged->epoch = run->range->epoch();
  part.section.range = logged.get();
  part.logged = std::move(logged);
  part.section.revision_count = std::max<uint32_t>(1, pending->frame.ordinal_span);
  part.section.session = pending->batch.session;
  part.section.sequence = pending->batch.sequence;
  part.section.expires_at = pending->batch.expires_at;
  if (pending->batch.settles) part.section.flags |= storage::kSectionSettles;
  pending->durability = pending->batch.table.is_system()
                            ? model::Durability::kSync
                            : std::min(pending->batch.durability, run->schema->durability());
  pending->parts.push_back(std::move(part));
}

}  // namespace cellar::rangeserver
