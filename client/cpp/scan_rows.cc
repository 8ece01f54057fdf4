#include "client/cpp/scan_rows.h"

#include <utility>

namespace cellar::client {

using model::CellBound;
using model::RowInterval;

namespace {

/// The rows that a cell interval touches.
RowInterval RowsOf(const model::CellInterval& cells) {
  RowInterval rows;
  if (cells.start.depth != CellBound::Depth::kUnbounded) {
    rows.start = cells.start.row;
    rows.start_unbounded = false;
    rows.start_inclusive = cells.start.inclusive || cells.start.depth != CellBound::Depth::kRow;
  }
  if (cells.end.depth != CellBound::Depth::kUnbounded) {
    rows.end = cells.end.row;
    rows.end_unbounded = false;
    rows.end_inclusive = cells.end.inclusive || cells.end.depth != CellBound::Depth::kRow;
  }
  return rows;
}

}  // namespace

std::vector<RowInterval> RowsOf(const model::ScanSpec& spec) {
  std::vector<RowInterval> rows = spec.row_intervals;
  for (const model::CellInterval& cells : spec.cell_intervals) rows.push_back(RowsOf(cells));
  if (rows.empty()) rows.push_back(RowInterval::All());
  return model::UnionOf(std::move(rows));
}

std::string RowAfter(std::string row) {
  row.push_back('\0');
  return row;
}

std::string FirstRowOf(const RowInterval& rows) {
  if (rows.start_unbounded) return std::string();
  return rows.start_inclusive ? rows.start : RowAfter(rows.start);
}

bool EndsBefore(const RowInterval& rows, std::string_view row) {
  if (rows.end_unbounded) return false;
  return rows.end_inclusive ? rows.end < row : rows.end <= row;
}

}  // namespace cellar::client
