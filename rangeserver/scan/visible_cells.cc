#include "rangeserver/scan/visible_cells.h"

#include <algorithm>

namespace cellar::rangeserver {

namespace {

using model::FamilyId;
using model::KeyFlag;

bool IsExpired(const model::FamilyRules& rules, int64_t timestamp, Nanos now) {
  return rules.ttl_seconds > 0 && __int128{timestamp} + __int128{rules.ttl_seconds} * kSecond <= now;
}

CellParts PartsOf(std::string_view key, size_t row_prefix_size) {
  CellParts parts;
  parts.family = FamilyId{static_cast<uint8_t>(key[row_prefix_size])};
  parts.flag = model::FlagOfKey(key);
  return parts;
}

}  // namespace

VisibleCells::VisibleCells(const ScanPlan& plan, std::unique_ptr<storage::CellSource> input, model::Revision snapshot,
                           Nanos now)
    : plan_(plan),
      input_(std::move(input)),
      snapshot_(snapshot),
      now_(now),
      stored_(plan.spec().return_deletes),
      has_time_(plan.spec().start_time != model::kMinTimestamp || plan.spec().end_time != model::kMaxTimestamp),
      max_versions_(stored_ ? 0 : plan.spec().max_versions),
      passes_all_(!stored_ && !has_time_ && max_versions_ == 0 && !plan.has_counters()) {}

void VisibleCells::Seek(std::string_view target) {
  is_folded_ = false;
  column_.clear();
  version_count_ = 0;
  row_.Forget();
  input_->Seek(target);
  if (!passes_all_) Settle();
}

void VisibleCells::Next() {
  if (!is_folded_) input_->Next();
  is_folded_ = false;  // the input stands behind the folded column
  if (!passes_all_) Settle();
}

/// Skips what is not visible from where the input stands.
void VisibleCells::Settle() {
  while (input_->Valid() && status_.ok()) {
    const std::string_view key = input_->key();
    row_.Enter(key);
    const CellParts parts = PartsOf(key, row_.prefix_size());
    if (!stored_ && plan_.is_counter(parts.family)) {
      if (FoldColumn(parts.family)) return;
      continue;  // the input stands on the next column already
    }
    const bool stays = (!stored_ || StaysOfStored(key, parts)) && (!has_time_ || IsInTime(key, parts)) &&
                       (max_versions_ == 0 || IsWithinVersions(key));
    if (stays) return;
    input_->Next();
  }
}

bool VisibleCells::StaysOfStored(std::string_view key, const CellParts& parts) const {
  if (model::KeyRevision(key) > snapshot_) return false;
  if (parts.flag == KeyFlag::kDeleteRow) return true;
  if (!plan_.schema()->is_live(parts.family)) return false;
  if (parts.flag != KeyFlag::kInsert || plan_.spec().expired_too) return true;
  const model::KeyCodec& codec = plan_.schema()->key_codec();
  return !IsExpired(plan_.schema()->rules(parts.family), codec.Timestamp(key, parts.family), now_);
}

bool VisibleCells::IsInTime(std::string_view key, const CellParts& parts) const {
  const int64_t timestamp = plan_.schema()->key_codec().Timestamp(key, parts.family);
  if (timestamp < plan_.spec().start_time) return false;
  const bool is_after_end = plan_.spec().end_time != model::kMaxTimestamp && timestamp >= plan_.spec().end_time;
  return !is_after_end || parts.flag != KeyFlag::kInsert;
}

bool VisibleCells::IsWithinVersions(std::string_view key) {
  const std::string_view column = key.substr(0, model::ColumnPrefixLength(key));
  if (column != column_) {
    column_.assign(column);
    version_count_ = 0;
  }
  return ++version_count_ <= max_versions_;
}

Status VisibleCells::CollectUpdates(FamilyId family, std::string_view column, std::vector<Update>* updates) {
  const model::KeyCodec& codec = plan_.schema()->key_codec();
  for (; input_->Valid(); input_->Next()) {
    const std::string_view key = input_->key();
    if (key.substr(0, model::ColumnPrefixLength(key)) != column) break;
    CellParts parts;
    parts.family = family;
    if (has_time_ && !IsInTime(key, parts)) continue;
    Update update;
    update.revision = model::KeyRevision(key);
    update.timestamp = codec.Timestamp(key, family);
    ASSIGN_OR_RETURN(update.change, model::CounterUpdate::Decode(input_->value()));
    updates->push_back(update);
  }
  return Status();
}

bool VisibleCells::FoldColumn(FamilyId family) {
  const std::string_view first = input_->key();
  folded_key_.assign(first.substr(0, model::ColumnPrefixLength(first)));
  std::vector<Update> updates;
  status_ = CollectUpdates(family, folded_key_, &updates);
  if (!status_.ok() || updates.empty()) return false;
  std::sort(updates.begin(), updates.end(), [](const Update& a, const Update& b) { return a.revision < b.revision; });
  int64_t total = 0;
  int64_t newest = updates.front().timestamp;
  for (const Update& update : updates) {
    total = update.change.reset ? update.change.amount : model::AddCounters(total, update.change.amount);
    newest = std::max(newest, update.timestamp);
  }
  folded_key_.push_back(static_cast<char>(KeyFlag::kInsert));
  char suffix[model::kKeySuffixBytes];
  plan_.schema()->key_codec().StoreSuffix(family, newest, updates.back().revision, suffix);
  folded_key_.append(suffix, sizeof(suffix));
  folded_value_ = std::to_string(total);
  is_folded_ = true;
  return true;
}

}  // namespace cellar::rangeserver
