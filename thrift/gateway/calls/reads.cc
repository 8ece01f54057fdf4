#include "model/error_codes.h"
#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/calls/scans.h"
#include "thrift/gateway/translate/scan_spec.h"

namespace cellar::thrift {

// ---- For other files

Result<std::shared_ptr<OpenScanner>> OpenScan(const CallSite& site, int64_t namespace_id, const std::string& table,
                                              const model::ScanSpec& spec, int32_t cells_version) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(namespace_id, table));
  return site.parts.tables.With(path, [&](const std::shared_ptr<client::Table>& opened) {
    return OpenScanner::Open(opened, spec, cells_version, site.parts.options.batches);
  });
}

Status ReadAll(OpenScanner& scanner, std::vector<api::Cell>* cells) {
  auto list = ListFor(*cells);
  bool ended = false;
  return scanner.ReadAll(&list, &ended);
}

Status ReadAll(OpenScanner& scanner, std::vector<api::CellAsArray>* cells) {
  auto list = ListFor(*cells);
  bool ended = false;
  return scanner.ReadAll(&list, &ended);
}

Status ReadAll(OpenScanner& scanner, std::string* packed) {
  PackedList list(scanner.cells_version());
  bool ended = false;
  RETURN_IF_ERROR(scanner.ReadAll(&list, &ended));
  *packed = list.Finish(/*end_of_scan=*/true);
  return Status();
}

namespace {

// ---- Scanners

Status Open(const CallSite& site, const api::ClientService_scanner_open_args& arguments, int64_t* id) {
  ASSIGN_OR_RETURN(const model::ScanSpec spec, ToScanSpec(arguments.scan_spec));
  ASSIGN_OR_RETURN(const int32_t version, CellsVersionOf(arguments.scan_spec));
  ASSIGN_OR_RETURN(std::shared_ptr<OpenScanner> scanner,
                   OpenScan(site, arguments.ns, arguments.table_name, spec, version));
  ASSIGN_OR_RETURN(*id, site.objects->Add(std::move(scanner)));
  return Status();
}

Status Close(const CallSite& site, const api::ClientService_scanner_close_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner, site.objects->Remove<OpenScanner>(arguments.scanner));
  scanner->Cancel();
  return Status();
}

enum class Unit : uint8_t { kBatch, kRow };

template <typename List>
Status Read(OpenScanner& scanner, Unit unit, List* list, bool* ended) {
  return unit == Unit::kBatch ? scanner.ReadBatch(list, ended) : scanner.ReadRow(list, ended);
}

/// As cells, or as arrays: by the type of `cells`.
template <Unit kUnit, typename Arguments, typename Cells>
Status NextListed(const CallSite& site, const Arguments& arguments, Cells* cells) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner, site.objects->Find<OpenScanner>(arguments.scanner));
  auto list = ListFor(*cells);
  bool ended = false;
  return Read(*scanner, kUnit, &list, &ended);
}

template <Unit kUnit, typename Arguments>
Status NextPacked(const CallSite& site, const Arguments& arguments, std::string* cells) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner, site.objects->Find<OpenScanner>(arguments.scanner));
  PackedList list(scanner->cells_version());
  bool ended = false;
  RETURN_IF_ERROR(Read(*scanner, kUnit, &list, &ended));
  *cells = list.Finish(ended);
  return Status();
}

// ---- Without a scanner of the client's

Result<model::ScanSpec> RowSpec(const std::string& row) {
  RETURN_IF_ERROR(model::CheckRow(row));
  model::ScanSpec spec;
  spec.row_intervals.push_back(model::RowInterval::Row(row));
  spec.max_versions = 1;
  return spec;
}

template <typename Arguments>
const std::string& TableName(const Arguments& arguments) {
  if constexpr (requires { arguments.table_name; }) {
    return arguments.table_name;
  } else {
    return arguments.name;
  }
}

template <typename Arguments, typename Cells>
Status GetRow(const CallSite& site, const Arguments& arguments, Cells* cells) {
  ASSIGN_OR_RETURN(const model::ScanSpec spec, RowSpec(arguments.row));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner,
                   OpenScan(site, arguments.ns, TableName(arguments), spec, kPackedVersion1));
  return ReadAll(*scanner, cells);
}

template <typename Arguments, typename Cells>
Status GetCells(const CallSite& site, const Arguments& arguments, Cells* cells) {
  ASSIGN_OR_RETURN(const model::ScanSpec spec, ToScanSpec(arguments.scan_spec));
  ASSIGN_OR_RETURN(const int32_t version, CellsVersionOf(arguments.scan_spec));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner,
                   OpenScan(site, arguments.ns, TableName(arguments), spec, version));
  return ReadAll(*scanner, cells);
}

Status GetCell(const CallSite& site, const api::ClientService_get_cell_args& arguments, std::string* value) {
  ASSIGN_OR_RETURN(model::ScanSpec spec, RowSpec(arguments.row));
  ASSIGN_OR_RETURN(model::ColumnSelector column, ToColumnSelector(arguments.column));
  spec.columns.push_back(std::move(column));
  spec.cell_limit = 1;
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner,
                   OpenScan(site, arguments.ns, arguments.table_name, spec, kPackedVersion1));
  std::vector<api::Cell> cells;
  RETURN_IF_ERROR(ReadAll(*scanner, &cells));
  if (!cells.empty()) *value = std::move(cells.front().value);
  return Status();
}

using Cells = std::vector<api::Cell>;
using Arrays = std::vector<api::CellAsArray>;

void BindScanners(MethodTable& table) {
  table.Bind<api::ClientService_scanner_open_result>({"scanner_open", "open_scanner"}, Open);
  table.Bind<api::ClientService_scanner_close_result>({"scanner_close", "close_scanner"}, Close);
  table.Bind<api::ClientService_scanner_get_cells_result>(
      {"scanner_get_cells", "next_cells"}, NextListed<Unit::kBatch, api::ClientService_scanner_get_cells_args, Cells>);
  table.Bind<api::ClientService_scanner_get_cells_as_arrays_result>(
      {"scanner_get_cells_as_arrays", "next_cells_as_arrays"},
      NextListed<Unit::kBatch, api::ClientService_scanner_get_cells_as_arrays_args, Arrays>);
  table.Bind<api::ClientService_scanner_get_cells_serialized_result>(
      {"scanner_get_cells_serialized", "next_cells_serialized"},
      NextPacked<Unit::kBatch, api::ClientService_scanner_get_cells_serialized_args>);
  table.Bind<api::ClientService_scanner_get_row_result>(
      {"scanner_get_row", "next_row"}, NextListed<Unit::kRow, api::ClientService_scanner_get_row_args, Cells>);
  table.Bind<api::ClientService_scanner_get_row_as_arrays_result>(
      {"scanner_get_row_as_arrays", "next_row_as_arrays"},
      NextListed<Unit::kRow, api::ClientService_scanner_get_row_as_arrays_args, Arrays>);
  table.Bind<api::ClientService_scanner_get_row_serialized_result>(
      {"scanner_get_row_serialized", "next_row_serialized"},
      NextPacked<Unit::kRow, api::ClientService_scanner_get_row_serialized_args>);
}

}  // namespace

void BindReadMethods(MethodTable& table) {
  BindScanners(table);
  table.Bind<api::ClientService_get_row_result>({"get_row"}, GetRow<api::ClientService_get_row_args, Cells>);
  table.Bind<api::ClientService_get_row_as_arrays_result>({"get_row_as_arrays"},
                                                          GetRow<api::ClientService_get_row_as_arrays_args, Arrays>);
  table.Bind<api::ClientService_get_row_serialized_result>(
      {"get_row_serialized"}, GetRow<api::ClientService_get_row_serialized_args, std::string>);
  table.Bind<api::ClientService_get_cell_result>({"get_cell"}, GetCell);
  table.Bind<api::ClientService_get_cells_result>({"get_cells"}, GetCells<api::ClientService_get_cells_args, Cells>);
  table.Bind<api::ClientService_get_cells_as_arrays_result>(
      {"get_cells_as_arrays"}, GetCells<api::ClientService_get_cells_as_arrays_args, Arrays>);
  table.Bind<api::ClientService_get_cells_serialized_result>(
      {"get_cells_serialized"}, GetCells<api::ClientService_get_cells_serialized_args, std::string>);
}

}  // namespace cellar::thrift
