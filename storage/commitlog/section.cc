#include "storage/commitlog/section.h"

#include "model/key.h"

namespace cellar::storage {
namespace {

constexpr uint8_t kHasStart = 1;
constexpr uint8_t kHasEnd = 2;

std::strong_ordering CompareBounds(const std::optional<std::string>& a, const std::optional<std::string>& b,
                                   bool unbounded_is_last) {
  if (a && b) return a->compare(*b) <=> 0;
  if (a.has_value() == b.has_value()) return std::strong_ordering::equal;
  const bool a_is_less = b.has_value() != unbounded_is_last;
  return a_is_less ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace

bool LoggedRange::OverlapsRows(const std::optional<std::string>& other_start,
                               const std::optional<std::string>& other_end) const {
  const bool before = end_row && other_start && *end_row <= *other_start;
  const bool after = other_end && start_row && *other_end <= *start_row;
  return !before && !after;
}

std::string LoggedRange::ToString() const {
  return table.ToString() + " (" + (start_row ? model::QuoteBytes(*start_row) : std::string("-inf")) + ", " +
         (end_row ? model::QuoteBytes(*end_row) + "]" : std::string("+inf)")) + " epoch " + epoch.get().ToString();
}

std::strong_ordering Compare(const LoggedRange& a, const LoggedRange& b) {
  if (&a == &b) return std::strong_ordering::equal;
  if (const auto order = a.table <=> b.table; order != 0) return order;
  if (const auto order = CompareBounds(a.end_row, b.end_row, true); order != 0) return order;
  if (const auto order = CompareBounds(a.start_row, b.start_row, false); order != 0) return order;
  return a.epoch <=> b.epoch;
}

void PutLoggedRange(std::string* out, const LoggedRange& range) {
  common::PutVarint32(out, range.table.space);
  common::PutVarint32(out, range.table.number);
  common::PutFixed8(out, static_cast<uint8_t>((range.start_row ? kHasStart : 0) | (range.end_row ? kHasEnd : 0)));
  if (range.start_row) common::PutLengthPrefixed(out, *range.start_row);
  if (range.end_row) common::PutLengthPrefixed(out, *range.end_row);
  common::PutVarint32(out, range.epoch.get().term);
  common::PutVarint64(out, range.epoch.get().counter);
}

bool GetLoggedRange(common::Reader* in, LoggedRange* range) {
  uint8_t bounds = 0;
  if (!in->GetVarint32(&range->table.space) || !in->GetVarint32(&range->table.number)) return false;
  if (!in->GetFixed8(&bounds) || bounds > (kHasStart | kHasEnd)) return false;
  range->start_row.reset();
  range->end_row.reset();
  std::string_view row;
  if ((bounds & kHasStart) != 0) {
    if (!in->GetLengthPrefixed(&row)) return false;
    range->start_row.emplace(row);
  }
  if ((bounds & kHasEnd) != 0) {
    if (!in->GetLengthPrefixed(&row)) return false;
    range->end_row.emplace(row);
  }
  FencingNumber epoch;
  if (!in->GetVarint32(&epoch.term) || !in->GetVarint64(&epoch.counter)) return false;
  range->epoch = Epoch(epoch);
  return true;
}

}  // namespace cellar::storage
