#include "rangeserver/range/range_snapshot.h"

#include <utility>

#include "rangeserver/range/access_group.h"
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

Status AddStores(const PinnedGroup& group, const model::RowInterval& rows, std::span<const model::FamilyId> families,
                 SourceList* sources) {
  for (const Store& store : group.stores) {
    const model::RowInterval clipped =
        rows.Intersect(model::RowInterval::Range(store.file.start_row, store.file.end_row));
    const storage::CellStoreTrailer& trailer = store.reader->trailer();
    if (clipped.IsEmpty() || (!clipped.end_unbounded && clipped.end < trailer.first_row) ||
        (!clipped.start_unbounded && clipped.start > trailer.last_row))
      continue;
    if (clipped.IsSingleRow()) {
      ASSIGN_OR_RETURN(const bool may_contain, store.reader->MayContain(clipped.start, families));
      if (!may_contain) continue;
    }
    sources->push_back(store.reader->NewSource(storage::KeyBounds::Of(clipped)));
  }
  return common::Status();
}

}  // namespace

Result<std::vector<std::unique_ptr<storage::CellSource>>> RangeSnapshot::Sources(const model::FamilySet& families,
                                                                                 const model::RowInterval& rows) const {
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
    RETURN_IF_ERROR(AddStores(group, inside, by_group[i], &sources));
  }
  return sources;
}

}  // namespace cellar::rangeserver
