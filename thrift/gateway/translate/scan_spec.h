#pragma once

#include "common/base/result.h"
#include "model/scan_spec.h"
#include "thrift/gateway/translate/api.h"

namespace cellar::thrift {

/// As the ancestor reads it (docs/internals/gateway.md): intervals one after the other with limits of their own,
/// column predicates for each cell. kInvalidArgument (30) for what does not go together.
Result<model::ScanSpec> ToScanSpec(const api::ScanSpec& spec);

/// "family", "family:qualifier", "family:", "family:*", "family:^prefix", "family:/regex/", "family:\"text\"".
Result<model::ColumnSelector> ToColumnSelector(std::string_view text);

/// The version of packed cells that a scan answers with; kInvalidArgument (56) for one that does not exist.
Result<int32_t> CellsVersionOf(const api::ScanSpec& spec);

}  // namespace cellar::thrift
