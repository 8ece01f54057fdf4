#include "client/cpp/system_tables.h"

#include <utility>

#include "client/cpp/mutate_row.h"
#include "model/system_schemas.h"

namespace cellar::client {
namespace {

using model::Cell;
using model::RangeRecord;
using model::RowInterval;
using model::TableId;

std::shared_ptr<const model::Schema> SchemaOf(TableId table) {
  return table == model::kMetadataTable ? model::MetadataSchema() : model::CatalogSchema();
}

RowInterval RowsOfTable(TableId table) {
  RowInterval rows = RowInterval::AtLeast(model::MetadataSearchKey(table, ""));
  rows.end = model::MetadataRowName(table, std::nullopt);
  rows.end_unbounded = false;
  rows.end_inclusive = true;
  return rows;
}

/// METADATA's rows for all tables but METADATA itself.
RowInterval RowsBehindRoot() {
  return RowInterval::AtLeast(*model::RootRange().end_row, false);
}

RowCondition EpochIs(Epoch epoch) {
  return RowCondition(model::metadata_family::kEpoch, "", RowCondition::Expectation::kEquals,
                      model::EncodeFencingNumber(epoch.get()));
}

RowCondition ManifestIs(const std::string& manifest) {
  if (manifest.empty()) {
    return RowCondition(model::metadata_family::kManifest, "", RowCondition::Expectation::kAbsent);
  }
  return RowCondition(model::metadata_family::kManifest, "", RowCondition::Expectation::kEquals, manifest);
}

}  // namespace

Task<Result<std::vector<Cell>>> SystemTables::Scan(TableId table, RowInterval rows, Deadline deadline) {
  model::ScanSpec spec;
  spec.row_intervals.push_back(std::move(rows));
  spec.max_versions = 1;
  co_return co_await client::ScanAll(scans_, table, SchemaOf(table), std::move(spec), deadline);
}

Task<Status> SystemTables::Mutate(TableId table, std::vector<RowCondition> conditions, std::vector<Cell> cells,
                                  Deadline deadline) {
  const std::string row = cells.at(0).row;
  CO_TRY(
      const RowMutationOutcome outcome,
      co_await client::MutateRow(updates_, table, SchemaOf(table), std::move(conditions), std::move(cells), deadline));
  if (outcome.applied) co_return common::OkStatus();
  std::string found;
  for (const model::FailedCondition& failed : outcome.failed) {
    found += " " + (failed.value ? model::QuoteBytes(*failed.value) : std::string("nothing"));
  }
  co_return common::Conflict("row " + model::QuoteBytes(row) + " is not as expected; found" + found);
}

Task<Result<std::optional<RangeRecord>>> SystemTables::ReadRange(TableId table, std::optional<std::string> end_row,
                                                                 Deadline deadline) {
  const std::string row = model::MetadataRowName(table, end_row);
  CO_TRY(const std::vector<Cell> cells, co_await Scan(model::kMetadataTable, RowInterval::Row(row), deadline));
  if (cells.empty()) co_return std::optional<RangeRecord>();
  CO_TRY(RangeRecord record, model::DecodeRangeRecord(row, cells));
  co_return std::optional<RangeRecord>(std::move(record));
}

Task<Result<std::vector<RangeRecord>>> SystemTables::ReadRanges(std::optional<TableId> table, Deadline deadline) {
  CO_TRY(const std::vector<Cell> cells,
         co_await Scan(model::kMetadataTable, table ? RowsOfTable(*table) : RowsBehindRoot(), deadline));
  co_return model::DecodeRangeRecords(cells);
}

Task<Status> SystemTables::CreateRange(RangeRecord record, Deadline deadline) {
  const RowCondition absent(model::metadata_family::kEpoch, "", RowCondition::Expectation::kAbsent);
  std::vector<RowCondition> conditions(1, absent);
  Status created =
      co_await Mutate(model::kMetadataTable, std::move(conditions), model::EncodeRangeRecord(record), deadline);
  if (created.Is(StatusCode::kConflict)) {
    co_return common::AlreadyExists("range " + record.range.ToString() + " has a row already");
  }
  co_return created;
}

Task<Status> SystemTables::UpdateRange(model::RangeKey range, Epoch expected_epoch,
                                       std::optional<std::string> expected_manifest, std::vector<Cell> cells,
                                       Deadline deadline) {
  const std::string row = model::MetadataRowName(range.table, range.end_row);
  for (Cell& cell : cells) cell.row = row;
  std::vector<RowCondition> conditions(1, EpochIs(expected_epoch));
  if (expected_manifest) conditions.push_back(ManifestIs(*expected_manifest));
  co_return co_await Mutate(model::kMetadataTable, std::move(conditions), std::move(cells), deadline);
}

Task<Result<std::vector<Cell>>> SystemTables::ReadCatalogRow(std::string row, Deadline deadline) {
  co_return co_await Scan(model::kCatalogTable, RowInterval::Row(std::move(row)), deadline);
}

Task<Result<std::vector<Cell>>> SystemTables::ReadCatalogRows(std::string prefix, Deadline deadline) {
  co_return co_await Scan(model::kCatalogTable, RowInterval::Prefix(prefix), deadline);
}

Task<Status> SystemTables::MutateCatalogRow(std::vector<RowCondition> conditions, std::vector<Cell> cells,
                                            Deadline deadline) {
  co_return co_await Mutate(model::kCatalogTable, std::move(conditions), std::move(cells), deadline);
}

}  // namespace cellar::client
