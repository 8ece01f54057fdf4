#pragma once

#include <string>

#include "model/scan_spec.h"

namespace cellar::tests {

/// What is left of a spec when it is said as a SELECT: rows as a set, predicates that decide on rows, no cell intervals
/// and no times.
model::ScanSpec AsSaidInHql(model::ScanSpec spec);

/// Of one that AsSaidInHql has made. `table`: as in a statement.
std::string ToHql(const std::string& table, const model::ScanSpec& spec);

}  // namespace cellar::tests
