#pragma once

#include "common/base/result.h"
#include "hql/ast.h"
#include "model/scan_spec.h"

namespace cellar::hql {

/// From SELECT to the data model: ROW conditions become disjoint intervals (AND intersects, OR unites), CELL conditions
/// a union of intervals, in which rows may be too, conditions on columns one tree, limits count over the whole result.
/// VALUE REGEXP, and several of them under OR, choose cells; under OR with what decides on rows it does so as well.
/// Conditions that no row can meet give a spec with one empty interval.
///
/// Errors: public code 11 for TIMESTAMP under OR, CELL under OR with others than ROW, and a thing bounded twice, and 30
/// for a reversed interval, ROW together with CELL by AND, and what ScanSpec::Check finds.
Result<model::ScanSpec> ToScanSpec(const Select& select);

}  // namespace cellar::hql
