#include "model/error_codes.h"
#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/translate/error_codes.h"
#include "thrift/gateway/translate/error_texts.h"

namespace cellar::thrift {
namespace {

Status GenerateGuid(const CallSite& site, const api::ClientService_generate_guid_args&, std::string* guid) {
  *guid = site.NewGuid();
  return Status();
}

Status CreateUnique(const std::shared_ptr<client::Table>& table, const PackedCell& packed) {
  const model::ColumnFamily* family = table->schema()->FindFamily(packed.family);
  if (family == nullptr) {
    return common::InvalidArgument("the table has no column family " + model::QuoteBytes(packed.family))
        .WithDetail(kFailedExpectation);
  }
  if (!table->schema()->rules(family->id).oldest_first) {
    return common::InvalidArgument("the column family " + model::QuoteBytes(packed.family) +
                                   " is not of TIME_ORDER DESC")
        .WithDetail(model::kBadScanSpec);
  }
  model::CellView cell;
  std::string scratch;
  RETURN_IF_ERROR(ToCellView(*table->schema(), packed, &scratch, &cell));
  std::vector<client::RowCondition> conditions;
  conditions.emplace_back(family->id, std::string(packed.qualifier), client::RowCondition::Expectation::kAbsent);
  std::vector<model::Cell> cells;
  cells.emplace_back(cell);
  ASSIGN_OR_RETURN(const client::RowMutationOutcome outcome, table->MutateRow(std::move(conditions), std::move(cells)));
  if (outcome.applied) return Status();
  return common::AlreadyExists("row " + model::QuoteBytes(packed.row) + " has this cell").WithDetail(kCellExists);
}

Status CreateCellUnique(const CallSite& site, const api::ClientService_create_cell_unique_args& arguments,
                        std::string* value) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  *value = arguments.value.empty() ? site.NewGuid() : arguments.value;
  api::Cell cell;
  cell.key = arguments.key;
  cell.key.flag = api::KeyFlag::INSERT;
  cell.value = *value;
  PackedCell packed;
  RETURN_IF_ERROR(ToPackedCell(cell, &packed));
  return site.parts.tables.With(
      path, [&packed](const std::shared_ptr<client::Table>& table) { return CreateUnique(table, packed); });
}

Status GetErrorText(const CallSite&, const api::ClientService_error_get_text_args& arguments, std::string* text) {
  *text = PublicErrorText(arguments.error_code);
  return Status();
}

Status GetStatus(const CallSite&, const api::ClientService_status_args&, api::Status* status) {
  status->code = 0;
  return Status();
}

Status ShutDown(const CallSite& site, const api::ClientService_shutdown_args&) {
  if (!site.parts.options.may_shut_down) {
    return common::Unsupported("gateway.may_shut_down is not set").WithDetail(kNotAllowed);
  }
  site.parts.options.shut_down();
  return Status();
}

}  // namespace

void BindOtherMethods(MethodTable& table) {
  table.Bind<api::ClientService_generate_guid_result>({"generate_guid"}, GenerateGuid);
  table.Bind<api::ClientService_create_cell_unique_result>({"create_cell_unique"}, CreateCellUnique);
  table.Bind<api::ClientService_error_get_text_result>({"error_get_text"}, GetErrorText);
  table.Bind<api::ClientService_status_result>({"status"}, GetStatus);
  table.Bind<api::ClientService_shutdown_result>({"shutdown"}, ShutDown);
}

}  // namespace cellar::thrift
