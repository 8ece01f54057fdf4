#include "thrift/gateway/translate/cells_out.h"

#include "model/counter.h"

namespace cellar::thrift {

Status CellList::Add(const model::CellView& cell, std::string_view family) {
  api::Cell& out = out_.emplace_back();
  out.key.row = cell.key.row;
  out.key.column_family = family;
  out.key.column_qualifier = cell.key.qualifier;
  out.key.__set_timestamp(cell.key.timestamp);
  out.key.__set_revision(cell.key.revision.get());
  out.key.flag = static_cast<api::KeyFlag::type>(ToWireFlag(cell.key.flag));
  out.__isset.key = true;
  if (!cell.value.empty()) {
    out.value = cell.value;
    out.__isset.value = true;
  }
  size_bytes_ += sizeof(out) + cell.key.row.size() + family.size() + cell.key.qualifier.size() + cell.value.size();
  return Status();
}

Status ArrayList::Add(const model::CellView& cell, std::string_view family) {
  api::CellAsArray& out = out_.emplace_back();
  out.reserve(5);
  out.emplace_back(cell.key.row);
  out.emplace_back(family);
  out.emplace_back(cell.key.qualifier);
  out.emplace_back(cell.value);
  out.push_back(std::to_string(static_cast<uint64_t>(cell.key.timestamp)));
  size_bytes_ += sizeof(out) + 5 * sizeof(std::string) + cell.key.row.size() + family.size() +
                 cell.key.qualifier.size() + cell.value.size();
  return Status();
}

void ShowCounterUpdate(const model::Schema& schema, model::CellView* cell, std::string* scratch) {
  if (cell->key.flag != model::KeyFlag::kInsert || !schema.has_family(cell->key.family)) return;
  if (!schema.rules(cell->key.family).counter) return;
  const Result<model::CounterUpdate> update = model::CounterUpdate::Decode(cell->value);
  if (!update.ok()) return;
  *scratch = update->ToText();
  cell->value = *scratch;
}

}  // namespace cellar::thrift
