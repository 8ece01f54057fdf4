#include "client/cpp/table_schemas.h"

#include <utility>

#include "model/error_codes.h"
#include "model/row_interval.h"
#include "model/system_schemas.h"

namespace cellar::client {

std::string CatalogRowOf(model::TableId table) {
  return "table:" + table.ToString();
}

Result<std::shared_ptr<const model::Schema>> NewestSchemaIn(const std::vector<model::Cell>& cells,
                                                            model::TableId table) {
  const model::Cell* newest = nullptr;
  for (const model::Cell& cell : cells) {
    if (cell.family != model::catalog_family::kSchema) continue;
    if (newest == nullptr || cell.qualifier > newest->qualifier) newest = &cell;
  }
  if (newest == nullptr) return common::NotFound("the catalog has no schema of table " + table.ToString());
  ASSIGN_OR_RETURN(model::Schema schema, model::Schema::Decode(newest->value));
  return std::make_shared<const model::Schema>(std::move(schema));
}

Status FamilyIsGone(const model::Schema& schema, model::FamilyId family, std::string_view qualifier) {
  std::string name = std::to_string(family.get());
  for (const model::ColumnFamily& had : schema.families()) {
    if (had.id == family) name = had.name;
  }
  return common::InvalidArgument("column " + model::QuoteBytes(name + ":" + std::string(qualifier)) +
                                 ": the column family was dropped")
      .WithDetail(model::kBadKey);
}

std::shared_ptr<const model::Schema> TableSchemas::Known(model::TableId table) const {
  const auto found = newest_.find(table);
  return found == newest_.end() ? nullptr : found->second;
}

std::shared_ptr<const model::Schema> TableSchemas::NewestOf(model::TableId table,
                                                            std::shared_ptr<const model::Schema> schema) const {
  const std::shared_ptr<const model::Schema> known = Known(table);
  return known != nullptr && known->generation() > schema->generation() ? known : schema;
}

Task<Result<std::shared_ptr<const model::Schema>>> TableSchemas::Newest(model::TableId table, Deadline deadline) {
  model::ScanSpec spec;
  spec.max_versions = 1;
  spec.row_intervals.push_back(model::RowInterval::Row(CatalogRowOf(table)));
  CO_TRY(const std::vector<model::Cell> cells,
         co_await ScanAll(scans_, model::kCatalogTable, model::CatalogSchema(), std::move(spec), deadline));
  CO_TRY(std::shared_ptr<const model::Schema> read, NewestSchemaIn(cells, table));
  read = NewestOf(table, std::move(read));
  if (newest_.size() >= kMaxTables && !newest_.contains(table)) newest_.clear();
  newest_[table] = read;
  co_return read;
}

Task<Result<std::shared_ptr<const model::Schema>>> TableSchemas::NewerThan(model::TableId table,
                                                                           model::SchemaGeneration generation,
                                                                           Deadline deadline) {
  const std::shared_ptr<const model::Schema> known = Known(table);
  if (known != nullptr && known->generation() > generation) co_return known;
  CO_TRY(std::shared_ptr<const model::Schema> read, co_await Newest(table, deadline));
  if (read->generation() > generation) co_return read;
  co_return common::Unavailable("the catalog has no newer schema of table " + table.ToString() + " yet");
}

}  // namespace cellar::client
