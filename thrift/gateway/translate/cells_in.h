#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "model/cell.h"
#include "model/schema.h"
#include "thrift/gateway/translate/api.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {

// The three forms in which clients send cells become one, whose views hold as long as what they came from.

/// kInvalidArgument (9) for an unknown flag.
Status ToPackedCell(const api::Cell& from, PackedCell* to);

/// 1 to 7 texts: row, family, qualifier, value, timestamp, revision, flag; numbers as C writes them (0x…, 0…), unsigned
/// or signed. kInvalidArgument (9) for anything else.
Status ToPackedCell(const api::CellAsArray& from, PackedCell* to);

/// A cell of the table with `schema`, as a mutator takes it. `scratch` holds a counter's update. kInvalidArgument (9)
/// for a family that is missing or unknown, an empty row, the null timestamp, a version delete without timestamp.
Status ToCellView(const model::Schema& schema, const PackedCell& from, std::string* scratch, model::CellView* to);

}  // namespace cellar::thrift
