#include "client/cpp/index_rows.h"

#include <algorithm>
#include <utility>

#include "model/scan_block.h"

namespace cellar::client {
namespace {

using model::RowInterval;

bool ByRow(const FoundEntry& a, const FoundEntry& b) {
  return a.row < b.row;
}

size_t SizeOf(const FoundEntry& found) {
  return sizeof(FoundEntry) + found.row.size() + found.entry.row.size() + found.entry.qualifier.size();
}

/// How many of the sorted entries lead to rows up to and with `bound`.
std::vector<FoundEntry>::iterator EndOf(std::vector<FoundEntry>* entries, const std::string& bound) {
  return std::partition_point(entries->begin(), entries->end(),
                              [&bound](const FoundEntry& found) { return found.row <= bound; });
}

}  // namespace

/// Keeps those of the entries it is given that lead to the first rows.
class IndexRows::Collector {
 public:
  Collector(const std::vector<RowInterval>& rows, std::optional<std::string> after, size_t budget_bytes)
      : rows_(rows), after_(std::move(after)), budget_bytes_(budget_bytes) {}

  void Add(FoundEntry found) {
    if (after_ && found.row <= *after_) return;
    if (bound_ && found.row > *bound_) return;
    const auto behind = std::partition_point(rows_.begin(), rows_.end(), [&found](const RowInterval& interval) {
      return interval.start_unbounded || interval.start <= found.row;
    });
    if (behind == rows_.begin() || !std::prev(behind)->Contains(found.row)) return;
    bytes_ += SizeOf(found);
    entries_.push_back(std::move(found));
    if (bytes_ > 2 * budget_bytes_) Trim();
  }

  /// Nothing behind this row is kept any more.
  const std::optional<std::string>& bound() const { return bound_; }

  FoundRows Take() {
    std::stable_sort(entries_.begin(), entries_.end(), ByRow);
    FoundRows rows;
    rows.entries = std::move(entries_);
    rows.bound = std::move(bound_);
    return rows;
  }

 private:
  /// Rows as far as they fit, at least one, and of each a few entries.
  void Trim() {
    std::stable_sort(entries_.begin(), entries_.end(), ByRow);
    std::vector<FoundEntry> kept;
    size_t of_row = 0;
    bytes_ = 0;
    for (FoundEntry& found : entries_) {
      const bool begins_row = kept.empty() || kept.back().row != found.row;
      if (begins_row && bytes_ > budget_bytes_) {
        bound_ = kept.back().row;
        break;
      }
      of_row = begins_row ? 1 : of_row + 1;
      if (of_row > kMaxEntriesOfRow) continue;
      bytes_ += SizeOf(found);
      kept.push_back(std::move(found));
    }
    entries_ = std::move(kept);
  }

  static constexpr size_t kMaxEntriesOfRow = 16;

  const std::vector<RowInterval>& rows_;
  const std::optional<std::string> after_;
  const size_t budget_bytes_;
  size_t bytes_ = 0;
  std::vector<FoundEntry> entries_;
  std::optional<std::string> bound_;
};

Task<Result<FoundRows>> IndexRows::Find(std::optional<std::string> after, Nanos patience) {
  if (rows_.empty()) co_return FoundRows();
  co_return co_await FindFor(plan_, std::move(after), patience);
}

Task<Result<FoundRows>> IndexRows::FindFor(const IndexPlan& plan, std::optional<std::string> after, Nanos patience) {
  if (plan.kind == IndexPlan::Kind::kLookup) co_return co_await FindBy(*plan.lookup, std::move(after), patience);
  std::vector<FoundRows> found;
  for (const IndexPlan& child : plan.children) {
    CO_TRY(FoundRows rows, co_await FindFor(child, after, patience));
    found.push_back(std::move(rows));
  }
  co_return Join(std::move(found), plan.kind == IndexPlan::Kind::kAnd);
}

Task<Result<FoundRows>> IndexRows::FindBy(const IndexLookup& lookup, std::optional<std::string> after, Nanos patience) {
  Collector collector(rows_, after, budget_bytes_);
  CO_RETURN_IF_ERROR(co_await Read(lookup, lookup.unsorted(), false, &collector, patience));
  for (const RowInterval& interval : lookup.sorted()) {
    std::vector<RowInterval> rest(1, after ? lookup.Behind(interval, *after) : interval);
    if (rest.front().IsEmpty()) continue;
    CO_RETURN_IF_ERROR(co_await Read(lookup, std::move(rest), true, &collector, patience));
  }
  co_return collector.Take();
}

/// Ends where entries are sorted and nothing of the rest would be kept.
Task<Status> IndexRows::Read(const IndexLookup& lookup, std::vector<RowInterval> entries, bool is_sorted,
                             Collector* collector, Nanos patience) {
  if (entries.empty()) co_return common::OkStatus();
  ScanStream stream(seams_, lookup.table(), model::IndexTableSchema(), IndexLookup::SpecOf(std::move(entries)));
  stream.set_label(label_.ForIndex(lookup.kind()));
  while (true) {
    CO_TRY(const std::optional<std::string> block,
           co_await stream.Next(Deadline::After(seams_.executor.clock(), patience)));
    if (!block) co_return common::OkStatus();
    if (*cancelled_) {
      co_await stream.Close(Deadline::After(seams_.executor.clock(), patience));
      co_return common::Cancelled("the scan was cancelled");
    }
    model::ScanBlockReader reader(*block);
    model::CellView cell;
    bool is_over = false;
    while (reader.Next(&cell)) {
      std::optional<model::IndexHint> hint = lookup.Read(cell.key.row, cell.key.qualifier);
      if (!hint) continue;
      is_over = is_sorted && collector->bound() && hint->row > *collector->bound();
      if (is_over) break;
      FoundEntry found;
      found.row = std::move(hint->row);
      found.kind = lookup.kind();
      found.family = hint->family;
      found.entry.row = cell.key.row;
      found.entry.qualifier = cell.key.qualifier;
      found.written_at = cell.key.timestamp;
      collector->Add(std::move(found));
    }
    CO_RETURN_IF_ERROR(reader.status());
    if (!is_over) continue;
    co_await stream.Close(Deadline::After(seams_.executor.clock(), patience));
    co_return common::OkStatus();
  }
}

/// Of all of them: those that every one has; or those that some has. Up to where all are known.
FoundRows IndexRows::Join(std::vector<FoundRows> found, bool all_of_them) {
  // Where every one must have a row, those that are known to the end say enough: the rows are looked at anyway.
  const bool some_whole = std::any_of(found.begin(), found.end(), [](const FoundRows& rows) { return !rows.bound; });
  if (all_of_them && some_whole) std::erase_if(found, [](const FoundRows& rows) { return rows.bound.has_value(); });
  FoundRows joined;
  for (const FoundRows& rows : found) {
    if (rows.bound && (!joined.bound || *rows.bound < *joined.bound)) joined.bound = rows.bound;
  }
  std::vector<FoundEntry> all;
  for (FoundRows& rows : found) {
    const auto end = joined.bound ? EndOf(&rows.entries, *joined.bound) : rows.entries.end();
    std::vector<FoundEntry> part(std::make_move_iterator(rows.entries.begin()), std::make_move_iterator(end));
    if (!all_of_them || &rows == &found.front()) {
      const auto middle = static_cast<std::ptrdiff_t>(all.size());
      std::move(part.begin(), part.end(), std::back_inserter(all));
      std::inplace_merge(all.begin(), all.begin() + middle, all.end(), ByRow);
      continue;
    }
    std::erase_if(
        all, [&part](const FoundEntry& entry) { return !std::binary_search(part.begin(), part.end(), entry, ByRow); });
  }
  joined.entries = std::move(all);
  return joined;
}

}  // namespace cellar::client
