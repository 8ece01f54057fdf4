#include "storage/cellstore/cell_counter.h"

#include <algorithm>

namespace cellar::storage {

CellCounter::CellCounter(const model::KeyCodec& codec) : codec_(codec), families_(256) {}

void CellCounter::Add(std::string_view key, std::string_view value, const model::EncodedKeyParts& parts,
                      bool is_new_row) {
  const int64_t timestamp = codec_.Timestamp(key, parts.family);
  const model::Revision revision = model::KeyRevision(key);
  if (counts_.cell_count == 0) {
    counts_.min_timestamp = counts_.max_timestamp = timestamp;
    counts_.min_revision = counts_.max_revision = revision;
    counts_.first_row = model::RowOfKey(key);
  }
  counts_.min_timestamp = std::min(counts_.min_timestamp, timestamp);
  counts_.max_timestamp = std::max(counts_.max_timestamp, timestamp);
  counts_.min_revision = std::min(counts_.min_revision, revision);
  counts_.max_revision = std::max(counts_.max_revision, revision);
  ++counts_.cell_count;
  if (is_new_row) ++counts_.row_count;
  if (model::IsDeleteMarker(parts.flag)) ++counts_.marker_count[static_cast<size_t>(parts.flag)];
  FamilyStats& family = families_[parts.family.get()];
  ++family.cell_count;
  family.key_bytes += key.size();
  family.value_bytes += value.size();
  digest_.Add(key, value);
}

void CellCounter::FillIn(std::string_view last_key, CellStoreTrailer* trailer) const {
  trailer->cell_count = counts_.cell_count;
  trailer->marker_count = counts_.marker_count;
  trailer->row_count = counts_.row_count;
  trailer->min_timestamp = counts_.min_timestamp;
  trailer->max_timestamp = counts_.max_timestamp;
  trailer->min_revision = counts_.min_revision;
  trailer->max_revision = counts_.max_revision;
  trailer->first_row = counts_.first_row;
  trailer->last_row = model::RowOfKey(last_key);
  trailer->families.clear();
  for (size_t id = 0; id < families_.size(); ++id) {
    if (families_[id].cell_count == 0) continue;
    trailer->families.push_back(families_[id]);
    trailer->families.back().family = model::FamilyId{static_cast<uint8_t>(id)};
  }
  trailer->cells_digest = digest_.value();
}

}  // namespace cellar::storage
