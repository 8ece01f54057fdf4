#include "rangeserver/range/range.h"

#include <algorithm>

#include "common/base/check.h"
#include "model/cell_codec.h"
#include "rangeserver/range/access_group.h"
#include "rangeserver/range/compaction.h"
#include "rangeserver/range/file_ids.h"
#include "storage/commitlog/section.h"

namespace cellar::rangeserver {

using common::MutexLock;
using model::Revision;

Range::Range(const RangeEnvironment& environment, model::RangeKey key, Epoch epoch,
             std::shared_ptr<const model::Schema> schema, model::Manifest manifest)
    : environment_(environment),
      key_(std::move(key)),
      epoch_(epoch),
      schema_(std::move(schema)),
      manifest_(std::move(manifest)),
      applied_(manifest_.max_flushed()),
      replayed_(manifest_.min_flushed()),
      window_(manifest_.window) {}

Range::~Range() = default;

Result<std::unique_ptr<Range>> Range::Open(const RangeEnvironment& environment, model::RangeKey key, Epoch epoch,
                                           std::shared_ptr<const model::Schema> schema, model::Manifest manifest) {
  if (manifest.number == model::ManifestNumber{}) {
    manifest.start_row = key.start_row;
    manifest.end_row = key.end_row;
  }
  const std::string name = key.ToString();
  if (manifest.start_row != key.start_row || manifest.end_row != key.end_row)
    return common::Corruption("range " + name + ": its manifest is of other bounds");
  std::unique_ptr<Range> range(new Range(environment, std::move(key), epoch, std::move(schema), std::move(manifest)));
  RETURN_IF_ERROR(range->OpenGroups().WithContext("range " + name));
  return range;
}

Status Range::OpenGroups() {
  const model::Manifest manifest = this->manifest();
  std::vector<std::unique_ptr<AccessGroup>> groups;
  for (const model::ManifestGroup& group : manifest.groups) {
    std::vector<Store> stores;
    for (const model::ManifestFile& file : group.files) {
      storage::CellStoreReadOptions options;
      options.file = file.id;
      options.cluster = environment_.cluster;
      options.cache = environment_.block_cache;
      options.faults = environment_.faults;
      ASSIGN_OR_RETURN(
          std::shared_ptr<const storage::CellStoreReader> reader,
          storage::CellStoreReader::Open(*environment_.files, CellStorePath(key_.table, file.id), options));
      stores.emplace_back(file, std::move(reader));
    }
    groups.push_back(std::make_unique<AccessGroup>(group.name, std::move(stores)));
  }
  MutexLock lock(mutex_);
  for (const model::ManifestGroup& group : manifest.groups)
    if (schema_->definition().FindGroup(group.name) == nullptr)
      return common::Corruption("manifest names the access group '" + group.name + "', which the schema has not");
  groups_ = std::move(groups);
  ArrangeGroups();
  return common::Status();
}

void Range::ArrangeGroups() {
  std::vector<std::unique_ptr<AccessGroup>> arranged;
  for (const model::AccessGroup& wanted : schema_->groups()) {
    const auto same = std::find_if(groups_.begin(), groups_.end(),
                                   [&](const auto& group) { return group != nullptr && group->name() == wanted.name; });
    arranged.push_back(same == groups_.end() ? std::make_unique<AccessGroup>(wanted.name, std::vector<Store>())
                                             : std::move(*same));
  }
  groups_ = std::move(arranged);
  Pin();
}

void Range::Pin() {
  auto pinned = std::make_shared<PinnedGroups>();
  for (const auto& group : groups_) pinned->groups.push_back(group->Pin());
  pinned_ = std::move(pinned);
}

std::shared_ptr<const model::Schema> Range::schema() const {
  MutexLock lock(mutex_);
  return schema_;
}

void Range::SetSchema(std::shared_ptr<const model::Schema> schema) {
  MutexLock apply_lock(apply_mutex_);  // No batch is half-way in under the old groups.
  MutexLock lock(mutex_);
  if (schema->generation() <= schema_->generation()) return;
  schema_ = std::move(schema);
  ArrangeGroups();
}

model::Manifest Range::manifest() const {
  MutexLock lock(mutex_);
  return manifest_;
}

Revision Range::applied() const {
  MutexLock lock(mutex_);
  return applied_;
}

Revision Range::revision_floor() const {
  MutexLock lock(mutex_);
  return std::max(applied_, manifest_.max_flushed());
}

std::optional<model::WindowEntry> Range::FindApplied(model::SessionId session, model::SequenceNumber sequence,
                                                     std::string_view row) const {
  MutexLock lock(mutex_);
  const model::WindowEntry* const entry = window_.Find(session, sequence, row);
  if (entry == nullptr) return std::nullopt;
  return *entry;
}

bool Range::KnowsBatch(model::SessionId session, model::SequenceNumber sequence) const {
  MutexLock lock(mutex_);
  return window_.Knows(session, sequence);
}

Status Range::CheckRoom(model::SessionId session) {
  const Nanos now = environment_.clock->WallNow();
  MutexLock lock(mutex_);
  return window_.CheckRoom(session, now);
}

Range::Caches Range::ActiveCaches() const {
  Caches caches;
  for (const auto& group : groups_) caches.push_back(group->active());
  return caches;
}

namespace {

/// Sorts the cells of a section into the caches of their groups, a bounded number at a time.
class CellDistributor {
 public:
  CellDistributor(const std::vector<std::shared_ptr<CellCache>>& caches, const model::Schema& schema, Revision base)
      : caches_(caches), schema_(schema), base_(base), pending_(caches.size()) {}

  void Add(const model::EncodedCell& cell, model::FamilyId family) {
    if (family == model::FamilyId{}) {  // A row delete is in every group.
      for (size_t i = 0; i < caches_.size(); ++i) AddTo(i, cell, family, false);
    } else {
      AddTo(schema_.group_index(family), cell, family, schema_.rules(family).ttl_seconds > 0);
    }
  }

  void Finish() {
    for (size_t i = 0; i < caches_.size(); ++i) Flush(i);
  }

 private:
  void AddTo(size_t group, const model::EncodedCell& cell, model::FamilyId family, bool expirable) {
    if (caches_[group] == nullptr) return;
    CellCache::Input& input = pending_[group].emplace_back();
    input.cell = cell;
    input.family = family;
    input.expirable = expirable;
    if (pending_[group].size() == CellCache::kMaxAddCells) Flush(group);
  }

  void Flush(size_t group) {
    if (pending_[group].empty()) return;
    caches_[group]->Add(pending_[group], base_, schema_.key_codec());
    pending_[group].clear();
  }

  const std::vector<std::shared_ptr<CellCache>>& caches_;  ///< Null: the group has these cells already.
  const model::Schema& schema_;
  const Revision base_;
  std::vector<std::vector<CellCache::Input>> pending_;
};

Status BadCells(std::string_view why) {
  return common::Corruption("section of a commit log: " + std::string(why));
}

}  // namespace

void Range::Apply(const storage::Section& section) {
  MutexLock apply_lock(apply_mutex_);
  std::shared_ptr<const model::Schema> schema;
  Caches caches;
  {
    MutexLock lock(mutex_);
    CHECK(section.base > applied_);
    schema = schema_;
    caches = ActiveCaches();
  }
  CellDistributor distributor(caches, *schema, section.base);
  model::CellReader reader(section.cells);
  model::EncodedCell cell;
  while (reader.Next(&cell)) {
    const model::FamilyId family{static_cast<uint8_t>(cell.key_prefix[model::RowPrefixLength(cell.key_prefix)])};
    CHECK(family == model::FamilyId{} || schema->has_family(family));
    distributor.Add(cell, family);
  }
  CHECK(reader.status().ok());
  distributor.Finish();
  MutexLock lock(mutex_);
  applied_ = section.last_revision();
  replayed_ = std::max(replayed_, applied_);
  window_.Record(section);
}

Result<bool> Range::Replay(const storage::Section& section) {
  MutexLock apply_lock(apply_mutex_);
  std::shared_ptr<const model::Schema> schema;
  Caches caches;
  {
    MutexLock lock(mutex_);
    if (section.last_revision() <= replayed_) return false;
    schema = schema_;
    caches = ActiveCaches();
    for (size_t i = 0; i < caches.size(); ++i) {
      const model::ManifestGroup* const group = manifest_.FindGroup(groups_[i]->name());
      if (group != nullptr && section.last_revision() <= group->flushed) caches[i] = nullptr;
    }
  }
  CellDistributor distributor(caches, *schema, section.base);
  model::CellReader reader(section.cells);
  model::EncodedCell cell;
  model::EncodedKeyParts parts;
  std::string row;
  while (reader.Next(&cell)) {
    if (!model::ParseKeyPrefix(cell.key_prefix, &parts)) return BadCells("malformed key");
    if (parts.family != model::FamilyId{} && !schema->has_family(parts.family)) return BadCells("unknown family");
    if (cell.ordinal >= section.revision_count) return BadCells("ordinal beyond the section's revisions");
    row.clear();
    model::AppendUnescaped(parts.row, &row);
    if (key_.Contains(row)) distributor.Add(cell, parts.family);
  }
  if (!reader.status().ok()) return BadCells(reader.status().message());
  distributor.Finish();
  MutexLock lock(mutex_);
  replayed_ = section.last_revision();
  applied_ = std::max(applied_, replayed_);
  window_.Record(section);
  return true;
}

RangeSnapshot Range::Snapshot() const {
  RangeSnapshot snapshot;
  snapshot.range_ = key_;
  snapshot.epoch_ = epoch_;
  MutexLock lock(mutex_);
  snapshot.revision_ = applied_;
  snapshot.history_floor_ = manifest_.history_floor;
  snapshot.schema_ = schema_;
  snapshot.groups_ = pinned_;
  return snapshot;
}

CompactionInput Range::FreezeAndCollect(CompactionKind kind) {
  CompactionInput input;
  input.kind = kind;
  input.range = key_;
  input.now = environment_.clock->WallNow();
  MutexLock apply_lock(apply_mutex_);
  MutexLock lock(mutex_);
  input.schema = schema_;
  input.manifest = manifest_;
  input.flushed = std::max(applied_, manifest_.max_flushed());
  // The defect: as if the newest cell of the file told, which may have been given its revision before others of the
  // same log were applied.
  if (environment_.Planted(Defect::kFlushedRevisionAsFileMaximum))
    input.flushed = std::max(input.flushed, model::Revision{input.now});
  input.now = std::max(input.now, input.flushed.get());
  input.window = window_.Entries(input.now);
  for (const auto& group : groups_) {
    group->Freeze();
    PinnedGroup& pinned = input.groups.emplace_back(group->Pin());
    pinned.caches.pop_back();  // The new active one.
  }
  Pin();
  std::erase_if(dropped_readers_, [](const auto& dropped) { return dropped.second.expired(); });
  for (const model::DroppedFile& file : UnreadDropped()) input.unread_dropped.push_back(file.id);
  return input;
}

std::vector<model::DroppedFile> Range::UnreadDropped() const {
  std::vector<model::DroppedFile> unread;
  for (const model::DroppedFile& file : manifest_.dropped) {
    const bool is_read = std::any_of(dropped_readers_.begin(), dropped_readers_.end(), [&file](const auto& dropped) {
      return dropped.first == file.id && !dropped.second.expired();
    });
    if (!is_read) unread.push_back(file);
  }
  return unread;
}

Result<std::optional<ManifestEdit>> Range::Compact(CompactionKind kind) {
  if (stopping_.load()) return common::Cancelled("range " + key_.ToString() + " is stopping");
  return Compaction(environment_, stopping_, FreezeAndCollect(kind)).Run();
}

void Range::Installed(const ManifestEdit& edit) {
  environment_.file_ids->Settle(edit.created);
  std::shared_ptr<const PinnedGroups> old_pinned;  // Freed after the lock: caches may be large.
  MutexLock lock(mutex_);
  CHECK(edit.expected_number == manifest_.number && edit.output != nullptr);
  old_pinned = pinned_;
  for (size_t i = 0; i < edit.output->names.size(); ++i) {
    const auto group =
        std::find_if(groups_.begin(), groups_.end(), [&](const auto& g) { return g->name() == edit.output->names[i]; });
    CHECK(group != groups_.end());
    GroupChange& change = edit.output->groups[i];
    for (size_t j = change.kept_stores; j < (*group)->stores().size(); ++j)
      dropped_readers_.emplace_back((*group)->stores()[j].file.id, (*group)->stores()[j].reader);
    (*group)->Replace(change.cache_count, change.kept_stores, std::move(change.added));
  }
  manifest_ = edit.manifest;
  Pin();
}

void Range::RemoveReleased(const ManifestEdit& edit) {
  for (const model::FileId id : edit.released) {
    const Status removed = environment_.files->Remove(CellStorePath(key_.table, id));
    // Named by nothing: harmless, and the collector's when this server has died.
    if (!removed.ok() && !removed.Is(StatusCode::kNotFound)) environment_.file_ids->Begin(id);
  }
}

void Range::RemoveCreated(const ManifestEdit& edit) {
  for (const model::FileId id : edit.created) {
    const Status removed = environment_.files->Remove(CellStorePath(key_.table, id));
    if (removed.ok() || removed.Is(StatusCode::kNotFound)) environment_.file_ids->Settle({&id, 1});
  }
}

void Range::Abandoned(const ManifestEdit& edit) {
  MutexLock lock(mutex_);
  CHECK(edit.output != nullptr);
  edit.output->groups.clear();  // Closes the readers of its files.
  edit.output->names.clear();
}

RangeStats Range::stats() const {
  RangeStats stats;
  const Nanos now = environment_.clock->WallNow();
  MutexLock lock(mutex_);
  for (const model::DroppedFile& file : UnreadDropped()) {
    if (file.dropped_at + model::kDroppedFileGrace <= now) ++stats.released_count;
  }
  for (const auto& group : groups_) {
    const PinnedGroup pinned = group->Pin();
    for (const auto& cache : pinned.caches) {
      const CellCache::Stats cache_stats = cache->stats();
      stats.cache_bytes += cache_stats.memory_bytes;
      stats.cache_cells += cache_stats.cell_count;
      for (const uint64_t count : cache_stats.marker_count) stats.marker_count += count;
    }
    for (const Store& store : pinned.stores) {
      stats.store_bytes += store.file.size_bytes;
      stats.store_cells += store.file.cell_count;
    }
    stats.store_count += static_cast<uint32_t>(pinned.stores.size());
    stats.max_group_stores = std::max(stats.max_group_stores, static_cast<uint32_t>(pinned.stores.size()));
  }
  return stats;
}

}  // namespace cellar::rangeserver
