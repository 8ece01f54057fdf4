#pragma once

#include <string>
#include <vector>

#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "tests/gateway/gateway_world.h"

namespace cellar::tests {

// The model's values as the Thrift API says them, and back: written from the API's description (Client.thrift), not
// from the gateway's code, so that the two are compared.

/// What is left of a spec when it is said in Thrift: no trees of predicates, intervals one after the other.
model::ScanSpec AsSaidInThrift(model::ScanSpec spec);

/// Whether the gateway refuses one of its cell intervals as reversed or empty (30).
bool HasReversedCells(const model::ScanSpec& spec);

/// Of one that AsSaidInThrift has made.
api::ScanSpec ToThrift(const model::ScanSpec& spec);

/// To be written; counters as text.
api::Cell ToThrift(const model::Cell& cell, const model::Schema& schema);
api::CellAsArray ToThriftArray(const model::Cell& cell, const model::Schema& schema);
std::string ToThriftPacked(const std::vector<model::Cell>& cells, const model::Schema& schema);

/// As read. `shows_updates`: counters come as updates, which are encoded again.
std::vector<model::Cell> FromThrift(const std::vector<api::Cell>& cells, const model::Schema& schema,
                                    bool shows_updates);
std::vector<model::Cell> FromThrift(const std::vector<api::CellAsArray>& cells, const model::Schema& schema,
                                    bool shows_updates);
/// Sets *ended by the buffer's end-of-scan bit, unless null.
std::vector<model::Cell> FromThriftPacked(const std::string& cells, const model::Schema& schema, bool shows_updates,
                                          bool* ended);

}  // namespace cellar::tests
