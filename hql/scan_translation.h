#pragma once

#include "common/base/result.h"
#include "hql/ast.h"
#include "model/scan_spec.h"

namespace cellar::hql {

/// From SELECT to the data model: ROW conditions become disjoint intervals (AND intersects, OR unites), conditions on
/// columns one tree, limits count over the whole result. Conditions that no row can meet give a spec with one empty
/// interval.
///
/// Errors: public code 11 where conditions of different kinds are joined with OR or a thing is bounded twice, and 30
/// for a reversed interval, ROW together with CELL, and what ScanSpec::Check finds.
Result<model::ScanSpec> ToScanSpec(const Select& select);

}  // namespace cellar::hql
