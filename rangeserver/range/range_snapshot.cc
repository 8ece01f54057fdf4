#include "rangeserver/range/range_snapshot.h"

#include <utility>

#include "rangeserver/range/access_group.h"
#include "storage/cellstore/block_count.h"
#include "storage/key_bounds.h"

namespace cellar::rangeserver {

namespace {

using SourceList = std::vector<std::unique_ptr<storage::CellSource>>;

/// Families of `wanted` by the access group that holds them.
std::vector<std::vector<model::FamilyId>> ByGroup(const model::Schema& schema, const model::FamilySet& wanted) {
  std::vector<std::vector<model::FamilyId>> families(schema.groups().size());
  for (const model::ColumnFamily& family : schema.families())
    if (!family.deleted && wanted[family.id.get()]) families[schema.group_index(family.id)].push_back(family.id);
  return families;
}

enum class LeftOut : uint8_t { kNo, kByRows, kByFilter };

model::RowInterval RowsIn(const Store& store, const model::RowInterval& rows) {
  return rows.Intersect(model::RowInterval::Range(store.file.start_row, store.file.end_row));
}

/// Whether the file need not be looked at for `clipped`, which RowsIn gave.
Result<LeftOut> IsLeftOut(const Store& store, const model::RowInterval& clipped,
                          std::span<const model::FamilyId> families) {
  const storage::CellStoreTrailer& trailer = store.reader->trailer();
  if (clipped.IsEmpty() || (!clipped.end_unbounded && clipped.end < trailer.first_row) ||
      (!clipped.start_unbounded && clipped.start > trailer.last_row))
    return LeftOut::kByRows;
  if (!clipped.IsSingleRow()) return LeftOut::kNo;
  ASSIGN_OR_RETURN(const bool may_contain, store.reader->MayContain(clipped.start, families));
  return may_contain ? LeftOut::kNo : LeftOut::kByFilter;
}

Status AddStores(const PinnedGroup& group, const model::RowInterval& rows, std::span<const model::FamilyId> families,
                 storage::SourceReads* reads, SourceList* sources) {
  storage::SourceOptions options;
  options.reads = reads;
  for (const Store& store : group.stores) {
    const model::RowInterval clipped = RowsIn(store, rows);
    ASSIGN_OR_RETURN(const LeftOut left_out, IsLeftOut(store, clipped, families));
    if (left_out != LeftOut::kNo) continue;
    sources->push_back(store.reader->NewSource(storage::KeyBounds::Of(clipped), options));
  }
  return common::Status();
}

Result<StoreToRead> ExplainStore(const Store& store, const std::vector<model::RowInterval>& intervals,
                                 std::span<const model::FamilyId> families) {
  StoreToRead explained;
  explained.path = store.reader->path();
  explained.blocks = store.reader->trailer().block_count;
  bool is_read = false;
  for (const model::RowInterval& rows : intervals) {
    const model::RowInterval clipped = RowsIn(store, rows);
    ASSIGN_OR_RETURN(const LeftOut left_out, IsLeftOut(store, clipped, families));
    if (left_out == LeftOut::kByFilter) explained.left_out = "filter";
    if (left_out != LeftOut::kNo) continue;
    is_read = true;
    ASSIGN_OR_RETURN(const storage::BlockCount count, CountBlocks(*store.reader, storage::KeyBounds::Of(clipped)));
    explained.blocks_to_read += count.blocks;
    explained.bytes_to_read += count.bytes;
  }
  if (is_read) {
    explained.left_out.clear();
  } else if (explained.left_out.empty()) {
    explained.left_out = "rows";
  }
  return explained;
}

}  // namespace

Result<std::vector<std::unique_ptr<storage::CellSource>>> RangeSnapshot::Sources(const model::FamilySet& families,
                                                                                 const model::RowInterval& rows,
                                                                                 storage::SourceReads* reads) const {
  std::vector<std::unique_ptr<storage::CellSource>> sources;
  const model::RowInterval inside = rows.Intersect(model::RowInterval::Range(range_.start_row, range_.end_row));
  if (inside.IsEmpty()) return sources;
  const storage::KeyBounds bounds = storage::KeyBounds::Of(inside);
  const std::vector<std::vector<model::FamilyId>> by_group = ByGroup(*schema_, families);
  for (size_t i = 0; i < by_group.size(); ++i) {
    if (by_group[i].empty()) continue;
    const PinnedGroup& group = groups_->groups[i];
    for (const auto& cache : group.caches)
      if (!cache->empty()) sources.push_back(cache->NewSource(bounds.start, bounds.end.value_or("")));
    RETURN_IF_ERROR(AddStores(group, inside, by_group[i], reads, &sources));
  }
  return sources;
}

std::vector<StoreRows> RangeSnapshot::Stores(const model::RowInterval& rows) const {
  std::vector<StoreRows> stores;
  for (const PinnedGroup& group : groups_->groups) {
    for (const Store& store : group.stores) {
      const model::RowInterval clipped = RowsIn(store, rows);
      if (!clipped.IsEmpty()) stores.push_back({store.reader, clipped});
    }
  }
  return stores;
}

Result<std::vector<GroupToRead>> RangeSnapshot::Explain(const model::FamilySet& families,
                                                        const std::vector<model::RowInterval>& intervals) const {
  std::vector<model::RowInterval> inside;
  for (const model::RowInterval& rows : intervals) {
    inside.push_back(rows.Intersect(model::RowInterval::Range(range_.start_row, range_.end_row)));
  }
  std::vector<GroupToRead> explained;
  const std::vector<std::vector<model::FamilyId>> by_group = ByGroup(*schema_, families);
  for (size_t i = 0; i < by_group.size(); ++i) {
    if (by_group[i].empty()) continue;
    GroupToRead& group = explained.emplace_back();
    group.name = schema_->groups()[i].name;
    for (const auto& cache : groups_->groups[i].caches) group.caches += cache->empty() ? 0 : 1;
    for (const Store& store : groups_->groups[i].stores) {
      ASSIGN_OR_RETURN(StoreToRead of_store, ExplainStore(store, inside, by_group[i]));
      group.stores.push_back(std::move(of_store));
    }
  }
  return explained;
}

}  // namespace cellar::rangeserver
