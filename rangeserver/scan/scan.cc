#include "rangeserver/scan/scan.h"

#include <algorithm>
#include <utility>

#include "common/bytes/short_bytes.h"
#include "rangeserver/range/state_source.h"
#include "storage/merge_source.h"

namespace cellar::rangeserver {

namespace {

using model::FamilyId;
using model::KeyFlag;
using storage::CellSource;
using storage::KeyBounds;

constexpr size_t kStepsBeforeSeek = 16;
constexpr size_t kNoInterval = SIZE_MAX;

std::unique_ptr<CellSource> Merge(std::vector<std::unique_ptr<CellSource>> sources) {
  if (sources.size() == 1) return std::move(sources.front());
  return std::make_unique<storage::MergeSource>(std::move(sources));
}

/// All rows from the first interval's to the last one's.
model::RowInterval Hull(const std::vector<ScanInterval>& intervals) {
  model::RowInterval hull = intervals.front().rows;
  hull.end = intervals.back().rows.end;
  hull.end_unbounded = intervals.back().rows.end_unbounded;
  hull.end_inclusive = intervals.back().rows.end_inclusive;
  return hull;
}

void Narrow(const KeyBounds& by, std::string* start, std::optional<std::string>* end) {
  *start = std::max(*start, by.start);
  if (by.end.has_value() && (!end->has_value() || *by.end < **end)) *end = by.end;
}

/// The row of a position's key, unescaped.
std::string RowOf(const ScanPosition& position) {
  std::string row;
  if (!position.key.empty()) row = model::RowOfKey(position.key);
  return row;
}

}  // namespace

Scan::Scan(std::shared_ptr<const ScanPlan> plan, ScanInput input)
    : plan_(std::move(plan)),
      input_(std::move(input)),
      now_(input_.now),
      shares_sources_(plan_->spec().scan_and_filter_rows && plan_->intervals().size() > 1),
      resumed_interval_(kNoInterval),
      decision_(*plan_),
      limits_(plan_->spec()) {
  limits_.Start(ScanLimits::Counts());
}

Result<std::unique_ptr<Scan>> Scan::Open(std::shared_ptr<const ScanPlan> plan, ScanInput input,
                                         std::string_view resume) {
  std::unique_ptr<Scan> scan(new Scan(std::move(plan), std::move(input)));
  if (!resume.empty()) {
    ASSIGN_OR_RETURN(ScanPosition position, ScanPosition::Decode(resume));
    RETURN_IF_ERROR(scan->GoOnFrom(std::move(position)));
  }
  scan->ClipIntervals();
  return scan;
}

Status Scan::GoOnFrom(ScanPosition position) {
  if (position.interval >= std::max<size_t>(1, plan_->intervals().size()))
    return common::InvalidArgument("scan position names an interval that the scan does not have");
  limits_.Start(position.counts);
  if (plan_->intervals_in_order()) next_interval_ = resumed_interval_ = position.interval;
  if (!position.row_is_complete && input_.rows.Contains(RowOf(position))) {
    if (position.snapshot != input_.snapshot)
      return common::Conflict("the scan stopped inside a row whose earlier version is no longer to be had");
    now_ = position.now;
    given_until_ = position.key;
    skips_given_ = true;
  }
  resumed_ = std::move(position);
  return Status();
}

/// Clips to the input's rows, and to what lies behind the position gone on from.
void Scan::ClipIntervals() {
  model::RowInterval rest;
  if (resumed_.has_value() && !resumed_->key.empty())
    rest = model::RowInterval::AtLeast(RowOf(*resumed_), !resumed_->row_is_complete);
  for (size_t i = 0; i < plan_->intervals().size(); ++i) {
    const bool is_clipped = !plan_->intervals_in_order() || i == resumed_interval_;
    const model::RowInterval clip = is_clipped ? input_.rows.Intersect(rest) : input_.rows;
    intervals_.push_back(plan_->intervals()[i].Within(clip));
  }
  if (plan_->intervals_in_order()) return;
  std::erase_if(intervals_, [](const ScanInterval& interval) { return interval.empty(); });
}

Status Scan::OpenCells() {
  const model::RowInterval rows = shares_sources_ ? Hull(intervals_) : interval_->rows;
  ASSIGN_OR_RETURN(auto sources, input_.open_sources(plan_->families(), rows));
  std::unique_ptr<CellSource> merged = Merge(std::move(sources));
  if (!plan_->spec().return_deletes) {
    StateSource::Options options;
    options.snapshot = input_.snapshot;
    options.now = now_;
    merged = std::make_unique<StateSource>(plan_->schema(), std::move(merged), options);
  }
  cells_ = std::make_unique<VisibleCells>(*plan_, std::move(merged), input_.snapshot, now_);
  return Status();
}

/// Chooses what is read of the interval and goes to its beginning.
void Scan::SeekInterval() {
  checks_keys_ = plan_->decides_rows();
  const KeyBounds bounds = checks_keys_ ? KeyBounds::Of(interval_->rows) : interval_->keys;
  read_start_ = bounds.start;
  read_end_ = bounds.end;
  if (interval_->rows.IsSingleRow() && !plan_->decides_rows() && !plan_->spec().return_deletes)
    Narrow(plan_->ColumnsOf(interval_->rows.start), &read_start_, &read_end_);
  // With shared sources the cells may stand at the interval, or behind its beginning, already.
  const bool is_positioned = shares_sources_ && interval_ != intervals_.data();
  // But rows that are read whole, to decide on them, may have been left by the interval before that has a part of them.
  const bool was_left = is_positioned && checks_keys_ && interval_[-1].rows.Contains(interval_->rows.start);
  const bool is_there = is_positioned && !was_left && cells_->Valid() && cells_->key() >= read_start_;
  if (!is_there) cells_->Seek(read_start_);
}

Result<bool> Scan::OpenNextInterval() {
  while (next_interval_ < intervals_.size()) {
    const size_t place = next_interval_++;
    interval_ = &intervals_[place];
    if (plan_->intervals_in_order()) {
      if (place != resumed_interval_) {
        limits_.Start(ScanLimits::Counts());
        skips_given_ = false;
        resumed_.reset();
      }
      row_.Forget();
    }
    if (interval_->empty()) continue;
    if (cells_ == nullptr || !shares_sources_) RETURN_IF_ERROR(OpenCells());
    SeekInterval();
    Load();
    if (has_cell_) return true;
    RETURN_IF_ERROR(cells_->status());
  }
  return false;
}

Result<ScanProgress> Scan::Fill(size_t block_bytes, model::ScanBlockWriter* block) {
  read_budget_ = cells_read_ + kMaxCellsPerFill;
  inside_row_ = false;
  while (!done_) {
    if (interval_ == nullptr) {
      ASSIGN_OR_RETURN(const bool opened, OpenNextInterval());
      if (!opened) {
        // The range's last row ends here.
        finished_ = !limits_.StartRow();
        done_ = true;
        break;
      }
    }
    ASSIGN_OR_RETURN(const Step step, FillFromInterval(block_bytes, block));
    if (step == Step::kBlockIsFull) return ScanProgress{true, false};
    interval_ = nullptr;
    const bool was_last = !plan_->intervals_in_order() || next_interval_ == intervals_.size();
    if (step == Step::kLimitsAreReached && was_last) done_ = finished_ = true;
  }
  return ScanProgress{false, finished_};
}

bool Scan::IsFull(size_t block_bytes, const model::ScanBlockWriter& block) const {
  return block.size_bytes() >= block_bytes || cells_read_ >= read_budget_;
}

Result<Scan::Step> Scan::FillFromInterval(size_t block_bytes, model::ScanBlockWriter* block) {
  while (has_cell_) {
    if (!row_.Holds(key_)) {
      if (IsFull(block_bytes, *block)) return Step::kBlockIsFull;
      if (!EnterRow()) return Step::kLimitsAreReached;
      if (plan_->decides_rows()) continue;  // reading went on in the row, or left it
    }
    if (!row_passes_) {
      SkipRow();
      continue;
    }
    if (!TakeCell(block)) return Step::kLimitsAreReached;
    const bool must_stop = block->size_bytes() >= 2 * block_bytes || cells_read_ >= read_budget_ + kMaxCellsPerFill;
    if (must_stop) given_until_.assign(key_);
    Advance();
    if (must_stop && has_cell_ && row_.Holds(key_)) {
      inside_row_ = true;
      return Step::kBlockIsFull;
    }
  }
  RETURN_IF_ERROR(cells_->status());
  return Step::kIntervalIsDone;
}

void Scan::Load() {
  if (buffer_.has_cell()) {
    has_cell_ = true;
    key_ = buffer_.key();
    value_ = buffer_.value();
    return;
  }
  has_cell_ = cells_->Valid();
  if (!has_cell_) return;
  key_ = cells_->key();
  value_ = cells_->value();
  has_cell_ = !read_end_.has_value() || key_ < *read_end_;
}

void Scan::Advance() {
  if (buffer_.has_cell()) {
    buffer_.Advance();
  } else {
    ++cells_read_;
    cells_->Next();
  }
  Load();
}

bool Scan::EnterRow() {
  row_.Start(key_);
  resumed_.reset();
  counts_before_row_ = limits_.counts();
  if (!limits_.StartRow()) return false;
  row_view_ = row_.prefix().substr(0, row_.prefix_size() - 1);
  if (common::FindNul(row_view_.data(), row_view_.size()) != row_view_.size()) {
    row_scratch_.clear();
    model::AppendUnescaped(row_view_, &row_scratch_);
    row_view_ = row_scratch_;
  }
  row_passes_ = plan_->RowMatches(row_view_);
  if (row_passes_ && plan_->decides_rows()) {
    row_passes_ = DecideRow();
    Load();
  }
  return true;
}

/// Reads on in the row until its predicates hold. Afterwards the buffer has the cells read, or, when there were too
/// many, reading has gone back to the row's beginning; if they do not hold, the row has been left behind.
bool Scan::DecideRow() {
  decision_.StartRow(row_view_);
  buffer_.Clear();
  for (; HasFreshCell() && row_.Holds(cells_->key()); cells_->Next(), ++cells_read_) {
    const std::string_view key = cells_->key();
    if (decision_.Passes(PartsOf(key, &qualifier_scratch_), cells_->value())) {
      if (!buffer_.overflowed()) return true;
      buffer_.Clear();
      cells_->Seek(row_.prefix().substr(0, row_.prefix_size() - 1));
      return true;
    }
    buffer_.Add(key, cells_->value());
  }
  buffer_.Clear();
  return false;
}

void Scan::SkipRow() {
  buffer_.Clear();
  for (size_t i = 0; i < kStepsBeforeSeek; ++i) {
    Advance();
    if (!has_cell_ || !row_.Holds(key_)) return;
  }
  cells_->Seek(model::RowEnd(row_view_));
  Load();
}

CellParts Scan::PartsOf(std::string_view key, std::string* scratch) const {
  CellParts parts;
  const size_t row_size = row_.prefix_size();
  parts.family = FamilyId{static_cast<uint8_t>(key[row_size])};
  parts.flag = model::FlagOfKey(key);
  parts.qualifier = key.substr(row_size + 1, key.size() - row_size - model::kKeySuffixBytes - 3);
  if (common::FindNul(parts.qualifier.data(), parts.qualifier.size()) != parts.qualifier.size()) {
    scratch->clear();
    model::AppendUnescaped(parts.qualifier, scratch);
    parts.qualifier = *scratch;
  }
  return parts;
}

bool Scan::TakeCell(model::ScanBlockWriter* block) {
  if (checks_keys_ && !interval_->keys.Contains(key_)) return true;
  const CellParts parts = PartsOf(key_, &qualifier_scratch_);
  if (!plan_->Selects(parts, value_)) return true;
  switch (limits_.Take(parts.family)) {
    case ScanLimits::Verdict::kEnough:
      return false;
    case ScanLimits::Verdict::kSkip:
      return true;
    case ScanLimits::Verdict::kGive:
      break;
  }
  if (skips_given_) {
    if (key_ <= given_until_) return true;
    skips_given_ = false;
  }
  model::CellView cell;
  cell.key.row = row_view_;
  cell.key.family = parts.family;
  cell.key.qualifier = parts.qualifier;
  cell.key.flag = parts.flag;
  cell.key.timestamp = plan_->schema()->key_codec().Timestamp(key_, parts.family);
  cell.key.revision = model::KeyRevision(key_);
  if (!plan_->spec().keys_only) cell.value = value_;
  block->Add(cell);
  ++cells_given_;
  return true;
}

std::string Scan::position() const {
  if (resumed_.has_value()) return resumed_->Encode();
  ScanPosition position;
  position.row_is_complete = !inside_row_;
  if (plan_->intervals_in_order()) position.interval = static_cast<uint32_t>(std::max<size_t>(1, next_interval_) - 1);
  position.snapshot = input_.snapshot;
  position.now = now_;
  position.counts = inside_row_ ? counts_before_row_ : limits_.counts();
  position.key.assign(inside_row_ ? std::string_view(given_until_) : row_.prefix());
  return position.Encode();
}

}  // namespace cellar::rangeserver
