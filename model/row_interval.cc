#include "model/row_interval.h"

#include <algorithm>
#include <utility>

#include "model/key.h"
#include "model/key_codec.h"

namespace cellar::model {

namespace {

/// Order of two starts: the one that lets in more is less.
int CompareStarts(const RowInterval& a, const RowInterval& b) {
  if (a.start_unbounded || b.start_unbounded) return (b.start_unbounded ? 1 : 0) - (a.start_unbounded ? 1 : 0);
  const int order = a.start.compare(b.start);
  if (order != 0) return order;
  return (b.start_inclusive ? 1 : 0) - (a.start_inclusive ? 1 : 0);
}

/// Order of two ends: the one that lets in less is less.
int CompareEnds(const RowInterval& a, const RowInterval& b) {
  if (a.end_unbounded || b.end_unbounded) return (a.end_unbounded ? 1 : 0) - (b.end_unbounded ? 1 : 0);
  const int order = a.end.compare(b.end);
  if (order != 0) return order;
  return (a.end_inclusive ? 1 : 0) - (b.end_inclusive ? 1 : 0);
}

void TakeStart(const RowInterval& from, RowInterval* to) {
  to->start = from.start;
  to->start_unbounded = from.start_unbounded;
  to->start_inclusive = from.start_inclusive;
}
void TakeEnd(const RowInterval& from, RowInterval* to) {
  to->end = from.end;
  to->end_unbounded = from.end_unbounded;
  to->end_inclusive = from.end_inclusive;
}

/// True when no row lies between the end of `a` and the start of `b`, which does not start before `a`.
bool Touch(const RowInterval& a, const RowInterval& b) {
  if (a.end_unbounded || b.start_unbounded) return true;
  const int order = b.start.compare(a.end);
  return order < 0 || (order == 0 && (a.end_inclusive || b.start_inclusive));
}

}  // namespace

RowInterval RowInterval::Row(std::string row) {
  RowInterval interval;
  interval.start_unbounded = false;
  interval.end_unbounded = false;
  interval.start = row;
  interval.end = std::move(row);
  return interval;
}

RowInterval RowInterval::Prefix(std::string_view prefix) {
  RowInterval interval = AtLeast(std::string(prefix));
  std::optional<std::string> end = PrefixEnd(prefix);
  if (end) {
    interval.end_unbounded = false;
    interval.end_inclusive = false;
    interval.end = std::move(*end);
  }
  return interval;
}

RowInterval RowInterval::Range(std::optional<std::string> start, std::optional<std::string> end) {
  RowInterval interval;
  interval.start_unbounded = !start.has_value();
  interval.start_inclusive = interval.start_unbounded;
  interval.start = std::move(start).value_or("");
  interval.end_unbounded = !end.has_value();
  interval.end = std::move(end).value_or("");
  return interval;
}

RowInterval RowInterval::AtLeast(std::string start, bool inclusive) {
  RowInterval interval;
  interval.start_unbounded = false;
  interval.start_inclusive = inclusive;
  interval.start = std::move(start);
  return interval;
}

RowInterval RowInterval::AtMost(std::string end, bool inclusive) {
  RowInterval interval;
  interval.end_unbounded = false;
  interval.end_inclusive = inclusive;
  interval.end = std::move(end);
  return interval;
}

bool RowInterval::Contains(std::string_view row) const {
  if (!start_unbounded && (start_inclusive ? row < start : row <= start)) return false;
  return end_unbounded || (end_inclusive ? row <= end : row < end);
}

bool RowInterval::IsSingleRow() const {
  return !start_unbounded && !end_unbounded && start_inclusive && end_inclusive && start == end;
}

bool RowInterval::IsEmpty() const {
  if (start_unbounded || end_unbounded) return !end_unbounded && end.empty();  // Rows are not empty.
  if (start > end) return true;
  return start == end && !(start_inclusive && end_inclusive);
}

RowInterval RowInterval::Intersect(const RowInterval& other) const {
  RowInterval both;
  TakeStart(CompareStarts(*this, other) >= 0 ? *this : other, &both);
  TakeEnd(CompareEnds(*this, other) <= 0 ? *this : other, &both);
  return both;
}

std::string RowInterval::ToString() const {
  std::string text = start_unbounded ? "(-∞" : (start_inclusive ? "[" : "(") + QuoteBytes(start);
  text += end_unbounded ? ", +∞)" : ", " + QuoteBytes(end) + (end_inclusive ? "]" : ")");
  return text;
}

std::vector<RowInterval> UnionOf(std::vector<RowInterval> intervals) {
  std::erase_if(intervals, [](const RowInterval& interval) { return interval.IsEmpty(); });
  std::sort(intervals.begin(), intervals.end(),
            [](const RowInterval& a, const RowInterval& b) { return CompareStarts(a, b) < 0; });
  std::vector<RowInterval> merged;
  for (const RowInterval& interval : intervals) {
    if (merged.empty() || !Touch(merged.back(), interval)) {
      merged.push_back(interval);
    } else if (CompareEnds(merged.back(), interval) < 0) {
      TakeEnd(interval, &merged.back());
    }
  }
  return merged;
}

std::vector<RowInterval> IntersectionOf(const std::vector<RowInterval>& a, const std::vector<RowInterval>& b) {
  std::vector<RowInterval> both;
  for (const RowInterval& left : a)
    for (const RowInterval& right : b) both.push_back(left.Intersect(right));
  return UnionOf(std::move(both));
}

CellBound CellBound::AtRow(std::string row, bool inclusive) {
  CellBound bound;
  bound.depth = Depth::kRow;
  bound.inclusive = inclusive;
  bound.row = std::move(row);
  return bound;
}

CellBound CellBound::AtFamily(std::string row, std::string family, bool inclusive) {
  CellBound bound = AtRow(std::move(row), inclusive);
  bound.depth = Depth::kFamily;
  bound.family = std::move(family);
  return bound;
}

CellBound CellBound::AtColumn(std::string row, std::string family, std::string qualifier, bool inclusive) {
  CellBound bound = AtFamily(std::move(row), std::move(family), inclusive);
  bound.depth = Depth::kColumn;
  bound.qualifier = std::move(qualifier);
  return bound;
}

}  // namespace cellar::model
