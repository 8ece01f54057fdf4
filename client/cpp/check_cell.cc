#include "client/cpp/check_cell.h"

#include <utility>

#include "model/counter.h"
#include "model/error_codes.h"
#include "model/pseudo_table.h"

namespace cellar::client {

Status CheckCell(const model::CellView& cell, const model::Schema& schema, const model::CellLimits& limits) {
  if (model::IsPseudo(schema)) return model::PseudoTableIsReadOnly();
  const model::KeyView& key = cell.key;
  RETURN_IF_ERROR(model::CheckRow(key.row, limits.max_row_bytes));
  RETURN_IF_ERROR(model::CheckQualifier(key.qualifier));
  if (key.timestamp != model::kAutomaticTimestamp) RETURN_IF_ERROR(model::CheckTimestamp(key.timestamp));
  RETURN_IF_ERROR(model::CheckValue(cell.value, limits.max_value_bytes));
  if (key.flag != model::KeyFlag::kDeleteRow && !schema.is_live(key.family)) {
    return common::InvalidArgument("the table has no column family with id " + std::to_string(key.family.get()))
        .WithDetail(model::kBadKey);
  }
  if (key.flag == model::KeyFlag::kInsert && schema.rules(key.family).counter) {
    const auto update = model::CounterUpdate::Decode(cell.value);
    if (!update.ok()) {
      return common::InvalidArgument("the value of a counter's cell is no encoded update").WithDetail(model::kBadKey);
    }
  }
  return common::OkStatus();
}

CellChecker::CellChecker(std::shared_ptr<const model::Schema> schema, const model::CellLimits& limits)
    : schema_(std::move(schema)), limits_(limits) {
  if (model::IsPseudo(*schema_)) return;
  for (const model::ColumnFamily& family : schema_->families()) {
    plain_[family.id.get()] = schema_->is_live(family.id) && !schema_->rules(family.id).counter;
  }
}

}  // namespace cellar::client
