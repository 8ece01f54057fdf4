#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/row_interval.h"
#include "model/scan_spec.h"

namespace cellar::client {

// Which rows a scan goes over, and so which ranges.

/// All rows that the spec's intervals touch, as disjoint and ascending intervals.
std::vector<model::RowInterval> RowsOf(const model::ScanSpec& spec);

/// The first row behind `row`.
std::string RowAfter(std::string row);

/// The first row of the interval; the empty string, which no row is, when it is unbounded.
std::string FirstRowOf(const model::RowInterval& rows);

bool EndsBefore(const model::RowInterval& rows, std::string_view row);

}  // namespace cellar::client
