#include "rangeserver/range/compaction.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "rangeserver/range/file_ids.h"
#include "rangeserver/range/state_source.h"
#include "storage/cellstore/cellstore_writer.h"
#include "storage/key_bounds.h"
#include "storage/merge_source.h"

namespace cellar::rangeserver {

using model::FileId;
using model::kDroppedFileGrace;
using storage::CellSource;

namespace {

storage::KeyBounds BoundsOf(const model::RangeKey& range, const model::ManifestFile& file) {
  const model::RowInterval rows = model::RowInterval::Range(range.start_row, range.end_row);
  return storage::KeyBounds::Of(rows.Intersect(model::RowInterval::Range(file.start_row, file.end_row)));
}

uint64_t PayloadBytes(const PinnedGroup& group) {
  uint64_t bytes = 0;
  for (const auto& cache : group.caches) bytes += cache->stats().payload_bytes;
  return bytes;
}

/// Delete markers among all cells of the group.
double MarkerShare(const PinnedGroup& group) {
  uint64_t cells = 0;
  uint64_t markers = 0;
  for (const Store& store : group.stores) {
    cells += store.reader->trailer().cell_count;
    markers += store.reader->trailer().delete_count();
  }
  for (const auto& cache : group.caches) {
    const CellCache::Stats stats = cache->stats();
    cells += stats.cell_count;
    for (const uint64_t count : stats.marker_count) markers += count;
  }
  return cells == 0 ? 0 : static_cast<double>(markers) / static_cast<double>(cells);
}

}  // namespace

Compaction::Compaction(const RangeEnvironment& environment, const std::atomic<bool>& stopping, CompactionInput input)
    : environment_(environment),
      stopping_(stopping),
      input_(std::move(input)),
      output_(std::make_shared<CompactionOutput>()) {}

Result<std::optional<ManifestEdit>> Compaction::Run() {
  bool advances = input_.manifest.groups.size() < input_.groups.size();
  for (const model::ManifestGroup& group : input_.manifest.groups)
    advances = advances || group.flushed < input_.flushed;
  bool rewrites = false;
  std::vector<Choice> choices;
  for (const PinnedGroup& group : input_.groups) {
    choices.push_back(Choose(group));
    rewrites = rewrites || !choices.back().none;
  }
  const bool releases = std::any_of(input_.manifest.dropped.begin(), input_.manifest.dropped.end(),
                                    [this](const model::DroppedFile& file) { return IsReleasable(file); });
  if (!rewrites && ((!advances && !releases) || input_.kind == CompactionKind::kGc)) {
    return std::optional<ManifestEdit>();
  }
  for (size_t i = 0; i < input_.groups.size(); ++i) {
    const Status status = CompactGroup(i, choices[i]);
    if (!status.ok()) {
      RemoveCreatedFiles();
      return status;
    }
  }
  return std::optional<ManifestEdit>(MakeEdit());
}

bool Compaction::IsReleasable(const model::DroppedFile& file) const {
  const bool is_unread =
      std::find(input_.unread_dropped.begin(), input_.unread_dropped.end(), file.id) != input_.unread_dropped.end();
  return is_unread && file.dropped_at + kDroppedFileGrace <= input_.now;
}

Compaction::Choice Compaction::Choose(const PinnedGroup& group) const {
  Choice choice;
  choice.first_store = group.stores.size();
  const bool is_major = input_.kind == CompactionKind::kMajor ||
                        (input_.kind == CompactionKind::kGc && MarkerShare(group) > kGcMarkerShare);
  if (is_major) {
    choice.first_store = 0;
  } else if (input_.kind == CompactionKind::kMerging) {
    uint64_t newer_bytes = std::max(PayloadBytes(group), kSmallStoreBytes);
    size_t& first = choice.first_store;
    while (first > 0 && (group.stores[first - 1].file.size_bytes <= 2 * newer_bytes || first >= kMaxGroupStores))
      newer_bytes += group.stores[--first].file.size_bytes;
    if (group.caches.empty() && group.stores.size() - first < 2) first = group.stores.size();
  }
  choice.all = choice.first_store == 0;
  choice.none = group.caches.empty() && choice.first_store == group.stores.size();
  // gc without enough garbage leaves the caches to a minor compaction.
  if (input_.kind == CompactionKind::kGc && !is_major) choice.none = group.caches.empty();
  return choice;
}

Status Compaction::CompactGroup(size_t index, const Choice& choice) {
  const PinnedGroup& group = input_.groups[index];
  GroupChange change;
  change.cache_count = group.caches.size();
  change.kept_stores = choice.first_store;
  if (!choice.none) {
    ASSIGN_OR_RETURN(std::optional<Store> store, WriteStore(index, choice));
    if (store) change.added.push_back(std::move(*store));
  }
  output_->groups.push_back(std::move(change));
  output_->names.push_back(input_.schema->groups()[index].name);
  return common::Status();
}

Result<std::optional<Store>> Compaction::WriteStore(size_t index, const Choice& choice) {
  const PinnedGroup& group = input_.groups[index];
  std::vector<std::unique_ptr<CellSource>> sources;
  for (const auto& cache : group.caches) sources.push_back(cache->NewSource("", ""));
  storage::SourceOptions source_options;
  source_options.fill_cache = false;
  for (size_t i = choice.first_store; i < group.stores.size(); ++i)
    sources.push_back(group.stores[i].reader->NewSource(BoundsOf(input_.range, group.stores[i].file), source_options));

  StateSource::Options options;
  const bool drops_markers = choice.all || environment_.Planted(Defect::kTombstoneDroppedEarly);
  options.mode = drops_markers ? StateSource::Mode::kState : StateSource::Mode::kPartial;
  options.snapshot = input_.flushed;
  options.now = input_.now;
  options.fold_counters = choice.all;
  StateSource source(input_.schema, std::make_unique<storage::MergeSource>(std::move(sources)), options);

  ASSIGN_OR_RETURN(const FileId id, environment_.file_ids->Next());
  std::unique_ptr<storage::CellStoreWriter> writer;
  RETURN_IF_ERROR(CopyCells(&source, index, id, &writer));
  const StateSource::Counts& counts = source.counts();
  dropped_cells_ = dropped_cells_ || counts.cells_dropped > 0 || counts.counters_folded > 0;
  const uint64_t written = writer == nullptr ? 0 : writer->cell_count();
  if (counts.cells_in != written + counts.cells_dropped + counts.markers_dropped + counts.counters_folded)
    return common::Corruption("compaction of " + input_.range.ToString() + " read " + std::to_string(counts.cells_in) +
                              " cells and lost some of them");
  if (writer == nullptr) return std::optional<Store>();
  ASSIGN_OR_RETURN(const storage::CellStoreTrailer trailer, writer->Finish());
  Store store;
  store.file.id = id;
  store.file.size_bytes = writer->file_size_bytes();
  store.file.cell_count = trailer.cell_count;
  storage::CellStoreReadOptions read_options;
  read_options.file = id;
  read_options.cluster = environment_.cluster;
  read_options.cache = environment_.block_cache;
  read_options.faults = environment_.faults;
  ASSIGN_OR_RETURN(store.reader, storage::CellStoreReader::Open(*environment_.files,
                                                                CellStorePath(input_.range.table, id), read_options));
  if (!(store.reader->trailer() == trailer))
    return common::Corruption(store.reader->path() + ": trailer read back differs from the one written");
  RETURN_IF_ERROR(Verify(store));
  return std::optional<Store>(std::move(store));
}

Status Compaction::CopyCells(CellSource* source, size_t index, FileId file,
                             std::unique_ptr<storage::CellStoreWriter>* writer) {
  constexpr uint64_t kCellsBetweenChecks = 1024;
  uint64_t count = 0;
  for (source->SeekToFirst(); source->Valid(); source->Next()) {
    if (*writer == nullptr) {
      storage::CellStoreIdentity identity;
      identity.cluster = environment_.cluster;
      identity.file = file;
      identity.table = input_.range.table;
      identity.generation = input_.schema->generation();
      identity.access_group = input_.schema->groups()[index].name;
      const model::GroupRules& rules = input_.schema->group_rules(index);
      identity.major = input_.kind == CompactionKind::kMajor;
      identity.in_memory = rules.in_memory;
      RETURN_IF_ERROR(environment_.files->CreateDirectories(TableDirectory(input_.range.table)));
      created_.push_back(file);
      environment_.file_ids->Begin(file);
      ASSIGN_OR_RETURN(
          *writer, storage::CellStoreWriter::Create(*environment_.files, CellStorePath(input_.range.table, file),
                                                    environment_.incarnation, identity,
                                                    storage::CellStoreOptions::For(rules), input_.schema->key_codec()));
    }
    RETURN_IF_ERROR((*writer)->Add(source->key(), source->value()));
    if (++count % kCellsBetweenChecks == 0 && stopping_.load())
      return common::Cancelled("compaction of " + input_.range.ToString() + " was stopped");
  }
  return source->status();
}

Status Compaction::Verify(const Store& store) const {
  storage::SourceOptions options;
  options.fill_cache = false;
  const std::unique_ptr<CellSource> source = store.reader->NewSource(storage::KeyBounds(), options);
  storage::CellsDigest digest;
  uint64_t count = 0;
  for (source->SeekToFirst(); source->Valid(); source->Next()) {
    digest.Add(source->key(), source->value());
    ++count;
  }
  RETURN_IF_ERROR(source->status());
  const storage::CellStoreTrailer& trailer = store.reader->trailer();
  if (count != trailer.cell_count || digest.value() != trailer.cells_digest)
    return common::Corruption(store.reader->path() + ": cells read back differ from those written");
  return common::Status();
}

ManifestEdit Compaction::MakeEdit() {
  ManifestEdit edit;
  edit.expected_number = input_.manifest.number;
  edit.output = output_;
  edit.created = created_;
  model::Manifest& next = edit.manifest;
  next = input_.manifest;
  next.number = model::ManifestNumber{next.number.get() + 1};
  next.window = input_.window;
  if (dropped_cells_) next.history_floor = std::max(next.history_floor, input_.flushed);
  std::erase_if(next.dropped, [&](const model::DroppedFile& file) {
    if (!IsReleasable(file)) return false;
    edit.released.push_back(file.id);
    return true;
  });
  std::vector<model::ManifestGroup> groups;
  for (size_t i = 0; i < output_->groups.size(); ++i) {
    const GroupChange& change = output_->groups[i];
    const std::vector<Store>& stores = input_.groups[i].stores;
    model::ManifestGroup& group = groups.emplace_back();
    group.name = output_->names[i];
    group.flushed = input_.flushed;
    for (size_t j = 0; j < stores.size(); ++j) {
      if (j < change.kept_stores) {
        group.files.push_back(stores[j].file);
      } else {
        next.dropped.push_back(model::DroppedFile{stores[j].file.id, input_.now});
      }
    }
    for (const Store& store : change.added) group.files.push_back(store.file);
  }
  next.groups = std::move(groups);
  return edit;
}

void Compaction::RemoveCreatedFiles() {
  for (const FileId id : created_) {
    // Whatever comes of it: a file that no manifest names is garbage, and the collector's.
    const Status removed = environment_.files->Remove(CellStorePath(input_.range.table, id));
    if (removed.ok() || removed.Is(StatusCode::kNotFound)) environment_.file_ids->Settle({&id, 1});
  }
}

}  // namespace cellar::rangeserver
