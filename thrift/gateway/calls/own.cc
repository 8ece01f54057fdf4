#include <optional>

#include "client/cpp/include/row_mutation.h"
#include "model/error_codes.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/calls/scans.h"
#include "thrift/gateway/calls/statements.h"
#include "thrift/gateway/translate/scan_spec.h"
#include "thrift/idl/gen/CellarService.h"
#include "thrift/packed/error_codes.h"

// Cellar's own methods (Cellar.thrift).

namespace cellar::thrift {
namespace {

constexpr int32_t kApi = 1;

Status GetVersion(const CallSite& site, const gen::CellarService_server_version_args&, gen::ServerVersion* version) {
  version->version = site.parts.options.version;
  version->api = kApi;
  version->max_frame_bytes = static_cast<int64_t>(site.parts.options.max_frame_bytes);
  version->max_value_bytes = static_cast<int64_t>(model::kDefaultMaxValueBytes);
  version->cells_version = kPackedVersion2;
  return Status();
}

// ---- One row at once

Status BadArgument(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(kInvalidArgument);
}

Result<client::RowCondition> ToCondition(const gen::CellCondition& from, const model::Schema& schema) {
  using Expectation = client::RowCondition::Expectation;
  const model::ColumnFamily* family = schema.FindFamily(from.column_family);
  if (family == nullptr) {
    return common::InvalidArgument("the table has no column family " + model::QuoteBytes(from.column_family))
        .WithDetail(model::kBadKey);
  }
  std::optional<Expectation> expectation;
  switch (static_cast<int>(from.operation)) {
    case gen::CompareOperation::ABSENT:
      expectation = Expectation::kAbsent;
      break;
    case gen::CompareOperation::PRESENT:
      expectation = Expectation::kPresent;
      break;
    case gen::CompareOperation::EQUAL:
      expectation = Expectation::kEquals;
      break;
    case gen::CompareOperation::NOT_EQUAL:
      expectation = Expectation::kNotEquals;
      break;
    case gen::CompareOperation::LESS:
      expectation = Expectation::kLess;
      break;
    case gen::CompareOperation::LESS_OR_EQUAL:
      expectation = Expectation::kLessOrEqual;
      break;
    case gen::CompareOperation::GREATER:
      expectation = Expectation::kGreater;
      break;
    case gen::CompareOperation::GREATER_OR_EQUAL:
      expectation = Expectation::kGreaterOrEqual;
      break;
    case gen::CompareOperation::PREFIX:
      expectation = Expectation::kStartsWith;
      break;
    default:
      return BadArgument("a condition with an unknown operation");
  }
  return client::RowCondition(family->id, from.column_qualifier, *expectation, from.value);
}

Result<std::vector<model::Cell>> ToCells(const gen::CellarService_check_and_mutate_args& arguments,
                                         const model::Schema& schema) {
  std::vector<model::Cell> cells;
  PackedCellsReader reader(arguments.mutations);
  PackedCell packed;
  std::string scratch;
  while (reader.Next(&packed)) {
    if (packed.row != arguments.row) {
      return BadArgument("a mutation is of row " + model::QuoteBytes(packed.row) + ", the conditions are of row " +
                         model::QuoteBytes(arguments.row));
    }
    model::CellView cell;
    RETURN_IF_ERROR(ToCellView(schema, packed, &scratch, &cell));
    RETURN_IF_ERROR(model::CheckValue(cell.value));
    cells.emplace_back(cell);
  }
  RETURN_IF_ERROR(reader.status());
  if (cells.empty()) return BadArgument("there is no mutation");
  return cells;
}

Status CheckAndMutate(const CallSite& site, const gen::CellarService_check_and_mutate_args& arguments,
                      gen::CheckResult* result) {
  RETURN_IF_ERROR(model::CheckRow(arguments.row));
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  const auto mutate = [&arguments](const std::shared_ptr<client::Table>& table) -> Result<client::RowMutationOutcome> {
    std::vector<client::RowCondition> conditions;
    for (const gen::CellCondition& from : arguments.conditions) {
      ASSIGN_OR_RETURN(client::RowCondition condition, ToCondition(from, *table->schema()));
      conditions.push_back(std::move(condition));
    }
    ASSIGN_OR_RETURN(std::vector<model::Cell> cells, ToCells(arguments, *table->schema()));
    return table->MutateRow(std::move(conditions), std::move(cells));
  };
  ASSIGN_OR_RETURN(const client::RowMutationOutcome outcome, site.parts.tables.With(path, mutate));
  result->applied = outcome.applied;
  if (outcome.applied) {
    result->__set_revision(outcome.revision.get());
  } else if (!outcome.failed.empty()) {
    result->__set_failed_condition(static_cast<int32_t>(outcome.failed.front().index));
    if (outcome.failed.front().value) result->__set_current_value(*outcome.failed.front().value);
  }
  return Status();
}

Status InsertIfAbsent(const CallSite& site, const gen::CellarService_insert_if_absent_args& arguments,
                      gen::InsertResult* result) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const client::RowMutationOutcome outcome,
                   site.parts.tables.With(path, [&arguments](const std::shared_ptr<client::Table>& table) {
                     return table->InsertIfAbsent(arguments.row, arguments.column_family, arguments.column_qualifier,
                                                  arguments.value);
                   }));
  result->inserted = outcome.applied;
  if (!outcome.applied && !outcome.failed.empty() && outcome.failed.front().value) {
    result->__set_current_value(*outcome.failed.front().value);
  }
  return Status();
}

Status Increment(const CallSite& site, const gen::CellarService_increment_args& arguments, int64_t* value) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(*value, site.parts.tables.With(path, [&arguments](const std::shared_ptr<client::Table>& table) {
    return table->Increment(arguments.row, arguments.column_family, arguments.column_qualifier, arguments.delta);
  }));
  return Status();
}

// ---- Mutators and scans

Status OpenWith(const CallSite& site, const gen::CellarService_mutator_open_with_args& arguments, int64_t* id) {
  client::MutatorOptions options;
  switch (static_cast<int>(arguments.options.durability)) {
    case gen::Durability::TABLE:
      break;
    case gen::Durability::SYNC:
      options.durability = model::Durability::kSync;
      break;
    case gen::Durability::FLUSH:
      options.durability = model::Durability::kFlush;
      break;
    case gen::Durability::NONE:
      options.durability = model::Durability::kNone;
      break;
    default:
      return BadArgument("there is no such durability");
  }
  ASSIGN_OR_RETURN(std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator,
                   OpenMutator::Open(site.parts.tables, std::move(path), options, site.parts.logger));
  ASSIGN_OR_RETURN(*id, site.objects->Add(mutator));
  if (arguments.options.flush_interval > 0) {
    site.parts.flushes.Add(mutator, arguments.options.flush_interval * kMillisecond);
  }
  return Status();
}

Status OpenResumable(const CallSite& site, const gen::CellarService_resumable_scan_open_args& arguments, int64_t* id) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const model::ScanSpec spec, ToScanSpec(arguments.scan_spec));
  const auto open = [&](const std::shared_ptr<client::Table>& table) {
    return OpenScanner::OpenResumable(table, spec, arguments.token, site.parts.options.batches);
  };
  ASSIGN_OR_RETURN(std::shared_ptr<OpenScanner> scanner, site.parts.tables.With(path, open));
  ASSIGN_OR_RETURN(*id, site.objects->Add(std::move(scanner)));
  return Status();
}

Status NextResumable(const CallSite& site, const gen::CellarService_resumable_scan_next_args& arguments,
                     gen::ScanBatch* batch) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenScanner> scanner, site.objects->Find<OpenScanner>(arguments.scanner));
  PackedList list(kPackedVersion2);
  const size_t bytes = arguments.max_bytes > 0 ? static_cast<size_t>(arguments.max_bytes) : 0;
  RETURN_IF_ERROR(scanner->ReadResumable(bytes, &list, &batch->token, &batch->done));
  batch->cells = list.Finish(batch->done);
  return Status();
}

// ---- HQL

Status RunHql(const CallSite& site, const gen::CellarService_hql_run_args& arguments, gen::HqlAnswer* out) {
  StatementRequest request;
  request.namespace_id = arguments.ns;
  request.command = arguments.command;
  request.noflush = arguments.options.noflush;
  request.unbuffered = arguments.options.unbuffered;
  request.cells_version = kPackedVersion2;
  PackedList list(kPackedVersion2);
  ListTaker taker(list);
  ASSIGN_OR_RETURN(StatementAnswer answer, RunStatement(site, request, taker));
  if (answer.has_cells && !answer.scanner) out->__set_cells(list.Finish(/*end_of_scan=*/true));
  SetAllButCells(std::move(answer), out);
  return Status();
}

}  // namespace

void BindOwnMethods(MethodTable& table) {
  table.Bind<gen::CellarService_server_version_result>({"server_version"}, GetVersion);
  table.Bind<gen::CellarService_check_and_mutate_result>({"check_and_mutate"}, CheckAndMutate);
  table.Bind<gen::CellarService_insert_if_absent_result>({"insert_if_absent"}, InsertIfAbsent);
  table.Bind<gen::CellarService_increment_result>({"increment"}, Increment);
  table.Bind<gen::CellarService_mutator_open_with_result>({"mutator_open_with"}, OpenWith);
  table.Bind<gen::CellarService_resumable_scan_open_result>({"resumable_scan_open"}, OpenResumable);
  table.Bind<gen::CellarService_resumable_scan_next_result>({"resumable_scan_next"}, NextResumable);
  table.Bind<gen::CellarService_hql_run_result>({"hql_run"}, RunHql);
}

}  // namespace cellar::thrift
