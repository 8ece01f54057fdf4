#include "rangeserver/range/state_source.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/base/check.h"
#include "model/counter.h"

namespace cellar::rangeserver {

using model::KeyFlag;
using model::Revision;

namespace {

/// Length of esc(row) with its terminator at the front of a bound; 0 when it has none.
size_t TerminatedRowLength(std::string_view bound) {
  for (size_t nul = bound.find('\0'); nul != std::string_view::npos; nul = bound.find('\0', nul + 2))
    if (nul + 1 == bound.size() || bound[nul + 1] != '\xFF') return nul + 1;
  return 0;
}

}  // namespace

StateSource::StateSource(std::shared_ptr<const model::Schema> schema, std::unique_ptr<storage::CellSource> input,
                         Options options)
    : schema_(std::move(schema)), input_(std::move(input)), options_(options) {}

void StateSource::Reset() {
  column_.clear();
  row_prefix_length_ = 0;
  family_ = model::FamilyId{};
  family_is_live_ = false;
  row_markers_.clear();
  family_markers_.clear();
  cell_markers_.clear();
  version_markers_.clear();
  column_mode_ = ColumnMode::kUndecided;
  has_previous_ = false;
  version_count_ = 0;
  buffer_.clear();
  buffer_next_ = 0;
}

void StateSource::SeekToFirst() {
  Reset();
  input_->SeekToFirst();
  Settle();
}

void StateSource::Seek(std::string_view target) {
  Reset();
  const size_t row_length = TerminatedRowLength(target);
  if (row_length == 0 || row_length >= target.size() || options_.mode == Mode::kPartial) {
    input_->Seek(target);  // The start of a row: nothing stands before it there.
  } else {
    TakeMarkersBefore(target, target.substr(0, row_length), KeyFlag::kDeleteRow);
    TakeMarkersBefore(target, target.substr(0, row_length + 1), KeyFlag::kDeleteFamily);
    if (input_->Valid() && input_->key() < target) input_->Seek(target);
  }
  Settle();
}

void StateSource::TakeMarkersBefore(std::string_view target, std::string_view start, KeyFlag flag) {
  input_->Seek(start);
  for (; input_->Valid() && input_->key() < target; input_->Next()) {
    const std::string_view key = input_->key();
    if (model::FlagOfKey(key) != flag || !key.starts_with(start)) return;
    if (model::KeyRevision(key) > options_.snapshot) continue;
    EnterCell(key);
    ++counts_.cells_in;
    TakeMarker(key, flag);
  }
}

void StateSource::Next() {
  DCHECK(Valid());
  if (place_ == Place::kBuffer && ++buffer_next_ < buffer_.size()) return;
  if (place_ == Place::kInput) input_->Next();
  buffer_.clear();
  Settle();
}

std::string_view StateSource::key() const {
  return place_ == Place::kBuffer ? std::string_view(buffer_[buffer_next_].first) : input_->key();
}

std::string_view StateSource::value() const {
  return place_ == Place::kBuffer ? std::string_view(buffer_[buffer_next_].second) : input_->value();
}

void StateSource::Settle() {
  place_ = Place::kNone;
  while (input_->Valid() && status_.ok()) {
    const std::string_view key = input_->key();
    if (model::KeyRevision(key) <= options_.snapshot) {
      EnterCell(key);
      if (CollectsColumn(key)) {
        if (buffer_.empty()) continue;  // The input stands on the first cell behind the column.
        place_ = Place::kBuffer;
        buffer_next_ = 0;
        return;
      }
      if (KeepsCell(key)) {
        place_ = Place::kInput;
        return;
      }
    }
    input_->Next();
  }
}

bool StateSource::CollectsColumn(std::string_view key) {
  if (!family_is_live_ || model::FlagOfKey(key) != KeyFlag::kInsert) return false;
  if (column_mode_ == ColumnMode::kUndecided) column_mode_ = DecideColumn();
  if (column_mode_ == ColumnMode::kReplay) {
    ReplayColumn();
  } else if (column_mode_ == ColumnMode::kFold) {
    FoldColumn();
  } else {
    return false;
  }
  return true;
}

bool StateSource::KeepsCell(std::string_view key) {
  ++counts_.cells_in;
  const KeyFlag flag = model::FlagOfKey(key);
  if (model::IsDeleteMarker(flag)) return TakeMarker(key, flag);
  if (family_is_live_ && (column_mode_ == ColumnMode::kKeepAll || KeepsStreamed(key))) return true;
  ++counts_.cells_dropped;
  return false;
}

void StateSource::EnterRow(std::string_view key) {
  row_prefix_length_ = model::RowPrefixLength(key);
  row_markers_.clear();
  family_ = model::FamilyId{};
}

void StateSource::EnterCell(std::string_view key) {
  const size_t column_length = model::ColumnPrefixLength(key);
  const std::string_view column = key.substr(0, column_length);
  if (common::EqualBytes(column, column_.view())) return;
  const bool same_row = !column_.empty() && column.size() > row_prefix_length_ &&
                        common::EqualBytes(column.data(), column_.data(), row_prefix_length_) &&
                        column[row_prefix_length_] != '\xFF';
  if (!same_row) EnterRow(key);
  const model::FamilyId family{static_cast<uint8_t>(key[row_prefix_length_])};
  if (!same_row || family != family_) {
    family_ = family;
    family_is_live_ = schema_->is_live(family);
    family_markers_.clear();
  }
  column_.assign(column);
  cell_markers_.clear();
  version_markers_.clear();
  column_mode_ = ColumnMode::kUndecided;
  version_count_ = 0;
  has_previous_ = false;
}

bool StateSource::TakeMarker(std::string_view key, KeyFlag flag) {
  if (flag != KeyFlag::kDeleteRow && !family_is_live_) {
    ++counts_.markers_dropped;
    return false;
  }
  const Marker marker{schema_->key_codec().Timestamp(key), model::KeyRevision(key), flag};
  switch (flag) {
    case KeyFlag::kDeleteRow:
      row_markers_.push_back(marker);
      break;
    case KeyFlag::kDeleteFamily:
      family_markers_.push_back(marker);
      break;
    case KeyFlag::kDeleteCell:
      cell_markers_.push_back(marker);
      break;
    default:
      version_markers_.push_back(marker);
  }
  if (options_.mode == Mode::kPartial) return true;
  ++counts_.markers_dropped;
  return false;
}

StateSource::ColumnMode StateSource::DecideColumn() const {
  const model::FamilyRules& rules = schema_->rules(family_);
  if (options_.mode == Mode::kPartial) {
    if (rules.counter) return ColumnMode::kKeepAll;
    const bool depends_on_others = rules.max_versions > 0 && (rules.oldest_first || !version_markers_.empty());
    return depends_on_others ? ColumnMode::kKeepAll : ColumnMode::kStream;
  }
  if (rules.counter && options_.fold_counters && rules.ttl_seconds == 0) return ColumnMode::kFold;
  const bool depends_on_order =
      rules.max_versions > 0 &&
      (!version_markers_.empty() || (rules.oldest_first && (HasIntervalMarkers() || rules.ttl_seconds > 0)));
  return depends_on_order ? ColumnMode::kReplay : ColumnMode::kStream;
}

bool StateSource::IsHidden(int64_t timestamp, Revision revision) const {
  for (const Markers* markers : {&row_markers_, &family_markers_, &cell_markers_})
    for (const Marker& marker : *markers)
      if (timestamp <= marker.timestamp && revision < marker.revision) return true;
  for (const Marker& marker : version_markers_)
    if (timestamp == marker.timestamp && revision < marker.revision) return true;
  return false;
}

bool StateSource::IsExpired(int64_t timestamp, int64_t at) const {
  const int64_t ttl_seconds = schema_->rules(family_).ttl_seconds;
  return ttl_seconds > 0 && __int128{timestamp} + __int128{ttl_seconds} * kSecond <= at;
}

bool StateSource::KeepsStreamed(std::string_view key) {
  const model::FamilyRules& rules = schema_->rules(family_);
  const int64_t timestamp = schema_->key_codec().Timestamp(key, family_);
  const bool replaced = !rules.counter && has_previous_ && previous_timestamp_ == timestamp;
  has_previous_ = true;
  previous_timestamp_ = timestamp;
  if (replaced || IsExpired(timestamp, options_.now) || IsHidden(timestamp, model::KeyRevision(key))) return false;
  return rules.max_versions == 0 || ++version_count_ <= static_cast<uint32_t>(rules.max_versions);
}

bool StateSource::IsInColumn(std::string_view key) const {
  return key.substr(0, model::ColumnPrefixLength(key)) == column_.view();
}

namespace {

struct Write {
  int64_t timestamp;
  Revision revision;
  KeyFlag flag;
  size_t cell;  ///< Of an insert: its place in the column.
};

}  // namespace

void StateSource::ReplayColumn() {
  const model::FamilyRules& rules = schema_->rules(family_);
  std::vector<BufferedCell> cells;
  std::vector<Write> writes;
  for (; input_->Valid() && IsInColumn(input_->key()); input_->Next()) {
    const std::string_view key = input_->key();
    if (model::KeyRevision(key) > options_.snapshot) continue;
    writes.push_back(
        Write{schema_->key_codec().Timestamp(key), model::KeyRevision(key), KeyFlag::kInsert, cells.size()});
    cells.emplace_back(std::string(key), std::string(input_->value()));
  }
  for (const Markers* markers : {&row_markers_, &family_markers_, &cell_markers_, &version_markers_})
    for (const Marker& marker : *markers) writes.push_back(Write{marker.timestamp, marker.revision, marker.flag, 0});
  std::sort(writes.begin(), writes.end(), [](const Write& a, const Write& b) { return a.revision < b.revision; });

  std::map<int64_t, size_t> versions;  // Timestamp → cell.
  for (const Write& write : writes) {
    if (rules.ttl_seconds > 0)
      std::erase_if(versions, [&](const auto& v) { return IsExpired(v.first, write.revision.get()); });
    if (write.flag == KeyFlag::kDeleteVersion) {
      versions.erase(write.timestamp);
    } else if (write.flag != KeyFlag::kInsert) {
      versions.erase(versions.begin(), versions.upper_bound(write.timestamp));
    } else {
      versions[write.timestamp] = write.cell;
      if (versions.size() > static_cast<size_t>(rules.max_versions))
        versions.erase(rules.oldest_first ? std::prev(versions.end()) : versions.begin());
    }
  }
  std::set<size_t> kept;  // Cells are in key order.
  for (const auto& [timestamp, cell] : versions)
    if (!IsExpired(timestamp, options_.now)) kept.insert(cell);
  for (const size_t cell : kept) buffer_.push_back(std::move(cells[cell]));
  counts_.cells_in += cells.size();
  counts_.cells_dropped += cells.size() - kept.size();
}

void StateSource::FoldColumn() {
  std::vector<std::pair<Revision, std::string>> updates;
  int64_t newest = INT64_MIN;
  uint64_t hidden = 0;
  for (; input_->Valid() && IsInColumn(input_->key()); input_->Next()) {
    const std::string_view key = input_->key();
    const Revision revision = model::KeyRevision(key);
    if (revision > options_.snapshot) continue;
    ++counts_.cells_in;
    const int64_t timestamp = schema_->key_codec().Timestamp(key);
    if (IsHidden(timestamp, revision)) {
      ++hidden;
      continue;
    }
    newest = std::max(newest, timestamp);
    updates.emplace_back(revision, std::string(input_->value()));
  }
  counts_.cells_dropped += hidden;
  if (updates.empty()) return;
  std::sort(updates.begin(), updates.end());
  model::CounterUpdate sum;
  for (const auto& [revision, value] : updates) {
    const Result<model::CounterUpdate> update = model::CounterUpdate::Decode(value);
    if (!update.ok()) {
      status_ = update.status().WithContext("row " + model::QuoteBytes(model::RowOfKey(column_.view())));
      return;
    }
    sum.amount = update->reset ? update->amount : model::AddCounters(sum.amount, update->amount);
  }
  std::string key(column_.view());
  key.push_back(static_cast<char>(KeyFlag::kInsert));
  char suffix[model::kKeySuffixBytes];
  schema_->key_codec().StoreSuffix(family_, newest, updates.back().first, suffix);
  key.append(suffix, sizeof(suffix));
  counts_.counters_folded += updates.size() - 1;
  buffer_.emplace_back(std::move(key), sum.Encode());
}

}  // namespace cellar::rangeserver
