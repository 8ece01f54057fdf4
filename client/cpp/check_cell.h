#pragma once

#include <memory>

#include "common/base/status.h"
#include "model/cell.h"
#include "model/cell_limits.h"
#include "model/key.h"
#include "model/schema.h"

namespace cellar::client {

/// What a cell or delete marker must be before it is sent. kInvalidArgument (public code 9) names the field.
Status CheckCell(const model::CellView& cell, const model::Schema& schema, const model::CellLimits& limits);

/// CheckCell for many cells of one table: most are found good by a look.
class CellChecker {
 public:
  CellChecker(std::shared_ptr<const model::Schema> schema, const model::CellLimits& limits);

  /// True only if CheckCell would say OK; it may say so of others too.
  bool IsPlainlyGood(const model::CellView& cell) const {
    return plain_[cell.key.family.get()] && cell.key.flag != model::KeyFlag::kDeleteRow &&
           model::IsWithinLimits(cell, limits_);
  }
  Status Check(const model::CellView& cell) const { return CheckCell(cell, *schema_, limits_); }

 private:
  std::shared_ptr<const model::Schema> schema_;
  model::CellLimits limits_;
  model::FamilySet plain_;  ///< Live ones, no counters, of a table that may be written.
};

}  // namespace cellar::client
