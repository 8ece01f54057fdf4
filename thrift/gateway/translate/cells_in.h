#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/short_bytes.h"
#include "model/cell.h"
#include "model/cell_limits.h"
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

/// ToCellView for many cells of one table. Nearly all insert into a family that is no counter, most often into that of
/// the cell before, and have nothing wrong: those are done by a look. Used by one thread.
class CellTranslator {
 public:
  /// `to` holds as long as `from` and until the next call.
  Status ToCellView(const std::shared_ptr<const model::Schema>& schema, const PackedCell& from, model::CellView* to) {
    if (schema != schema_) Learn(schema);
    const PlainFamily* family = from.flag == model::KeyFlag::kInsert ? Find(from.family) : nullptr;
    if (family != nullptr) {
      to->key.row = from.row;
      to->key.family = family->id;
      to->key.qualifier = from.qualifier;
      to->key.flag = from.flag;
      to->key.timestamp = from.timestamp;
      to->key.revision = model::Revision();
      to->value = from.value;
      if (model::IsWithinLimits(*to, model::CellLimits())) return Status();
    }
    return thrift::ToCellView(*schema_, from, &scratch_, to);
  }

 private:
  struct PlainFamily {
    std::string_view name;
    model::FamilyId id;
  };

  void Learn(const std::shared_ptr<const model::Schema>& schema);
  const PlainFamily* Find(std::string_view name) {
    if (last_ < plain_.size() && common::EqualBytes(plain_[last_].name, name)) return &plain_[last_];
    return FindAgain(name);
  }
  const PlainFamily* FindAgain(std::string_view name);

  std::shared_ptr<const model::Schema> schema_;
  std::vector<PlainFamily> plain_;  ///< Live ones that do not count; their names are the schema's.
  size_t last_ = 0;                 ///< That of the last cell.
  std::string scratch_;
};

}  // namespace cellar::thrift
