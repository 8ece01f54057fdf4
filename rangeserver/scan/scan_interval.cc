#include "rangeserver/scan/scan_interval.h"

#include <algorithm>
#include <utility>

#include "model/error_codes.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {

namespace {

using model::CellBound;
using model::RowInterval;
using storage::KeyBounds;

bool EndsBefore(const KeyBounds& a, const KeyBounds& b) {
  return a.end.has_value() && (!b.end.has_value() || *a.end < *b.end);
}

Result<model::FamilyId> FamilyOf(const CellBound& bound, const model::Schema& schema) {
  if (bound.depth < CellBound::Depth::kFamily) return model::FamilyId{};
  const model::ColumnFamily* family = schema.FindFamily(bound.family);
  if (family == nullptr)
    return common::InvalidArgument("column family '" + bound.family + "' does not exist")
        .WithDetail(model::kUnknownFamilyOnRead);
  return family->id;
}

/// Where the keys begin (`past` false) or end (true) that have the bound as prefix.
std::string Edge(const CellBound& bound, model::FamilyId family, bool past) {
  switch (bound.depth) {
    case CellBound::Depth::kFamily:
      return past ? model::FamilyEnd(bound.row, family) : model::FamilyStart(bound.row, family);
    case CellBound::Depth::kColumn:
      return past ? model::ColumnEnd(bound.row, family, bound.qualifier)
                  : model::ColumnStart(bound.row, family, bound.qualifier);
    default:
      return past ? model::RowEnd(bound.row) : model::RowStart(bound.row);
  }
}

Result<ScanInterval> OfCells(const model::CellInterval& cells, const model::Schema& schema) {
  ScanInterval interval;
  if (cells.start.depth != CellBound::Depth::kUnbounded) {
    ASSIGN_OR_RETURN(const model::FamilyId family, FamilyOf(cells.start, schema));
    interval.keys.start = Edge(cells.start, family, !cells.start.inclusive);
    const bool leaves_row_out = cells.start.depth == CellBound::Depth::kRow && !cells.start.inclusive;
    interval.rows = RowInterval::AtLeast(cells.start.row, !leaves_row_out);
  }
  if (cells.end.depth != CellBound::Depth::kUnbounded) {
    ASSIGN_OR_RETURN(const model::FamilyId family, FamilyOf(cells.end, schema));
    interval.keys.end = Edge(cells.end, family, cells.end.inclusive);
    const bool leaves_row_out = cells.end.depth == CellBound::Depth::kRow && !cells.end.inclusive;
    interval.rows = interval.rows.Intersect(RowInterval::AtMost(cells.end.row, !leaves_row_out));
  }
  return interval;
}

/// Joins what overlaps; drops what is empty.
std::vector<ScanInterval> Union(std::vector<ScanInterval> intervals) {
  std::erase_if(intervals, [](const ScanInterval& interval) { return interval.empty(); });
  std::sort(intervals.begin(), intervals.end(),
            [](const ScanInterval& a, const ScanInterval& b) { return a.keys.start < b.keys.start; });
  std::vector<ScanInterval> joined;
  for (ScanInterval& interval : intervals) {
    if (joined.empty() || (joined.back().keys.end.has_value() && *joined.back().keys.end < interval.keys.start)) {
      joined.push_back(std::move(interval));
    } else if (EndsBefore(joined.back().keys, interval.keys)) {
      ScanInterval& last = joined.back();
      last.keys.end = std::move(interval.keys.end);
      last.rows.end = std::move(interval.rows.end);
      last.rows.end_unbounded = interval.rows.end_unbounded;
      last.rows.end_inclusive = interval.rows.end_inclusive;
    }
  }
  return joined;
}

}  // namespace

ScanInterval ScanInterval::Within(const model::RowInterval& clip) const {
  ScanInterval within;
  within.rows = rows.Intersect(clip);
  within.keys = KeyBounds::Of(within.rows);
  within.keys.start = std::max(within.keys.start, keys.start);
  if (EndsBefore(keys, within.keys)) within.keys.end = keys.end;
  return within;
}

Result<std::vector<ScanInterval>> IntervalsOf(const model::ScanSpec& spec, const model::Schema& schema) {
  std::vector<ScanInterval> intervals;
  for (const RowInterval& rows : spec.row_intervals)
    intervals.push_back(ScanInterval{rows, storage::KeyBounds::Of(rows)});
  for (const model::CellInterval& cells : spec.cell_intervals) {
    ASSIGN_OR_RETURN(ScanInterval interval, OfCells(cells, schema));
    intervals.push_back(std::move(interval));
  }
  if (intervals.empty()) intervals.emplace_back();
  if (spec.interval_mode == model::IntervalMode::kUnion || spec.scan_and_filter_rows)
    return Union(std::move(intervals));
  return intervals;
}

}  // namespace cellar::rangeserver
