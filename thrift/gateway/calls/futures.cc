#include <algorithm>

#include "model/scan_block.h"
#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/calls/packed_arguments.h"
#include "thrift/gateway/objects/open_future.h"
#include "thrift/gateway/translate/error_codes.h"
#include "thrift/gateway/translate/error_texts.h"
#include "thrift/gateway/translate/scan_spec.h"

namespace cellar::thrift {
namespace {

// ---- Futures

Status Open(const CallSite& site, const api::ClientService_future_open_args& arguments, int64_t* id) {
  const size_t capacity =
      arguments.capacity > 0 ? static_cast<size_t>(arguments.capacity) : site.parts.options.future_capacity_bytes;
  ASSIGN_OR_RETURN(
      *id, site.objects->Add(std::make_shared<OpenFuture>(client::Future::Create(site.parts.client, capacity))));
  return Status();
}

Status Cancel(const CallSite& site, const api::ClientService_future_cancel_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenFuture> future, site.objects->Find<OpenFuture>(arguments.ff));
  future->future().Cancel();
  return Status();
}

Status Close(const CallSite& site, const api::ClientService_future_close_args& arguments) {
  return site.objects->Remove<OpenFuture>(arguments.ff).status();
}

template <typename Arguments, bool (client::Future::*kQuestion)()>
Status Ask(const CallSite& site, const Arguments& arguments, bool* answer) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenFuture> future, site.objects->Find<OpenFuture>(arguments.ff));
  *answer = (future->future().*kQuestion)();
  return Status();
}

// ---- Results

template <typename List>
Status AddBlock(const client::FutureResult& result, const ResultSource& source, List* list) {
  model::ScanBlockReader reader(result.block);
  model::CellView cell;
  std::string scratch;
  while (reader.Next(&cell)) {
    const model::ColumnFamily* family = result.schema->FindFamily(cell.key.family);
    if (source.shows_updates) ShowCounterUpdate(*result.schema, &cell, &scratch);
    RETURN_IF_ERROR(list->Add(cell, family == nullptr ? std::string_view() : std::string_view(family->name)));
  }
  return reader.status();
}

template <typename List>
Status AddCells(const client::FutureResult& result, const ResultSource& source, List* list) {
  return result.block.empty() ? Status() : AddBlock(result, source, list);
}

Status FillCells(const client::FutureResult& result, const ResultSource& source, std::vector<api::Cell>* cells) {
  CellList list(*cells);
  return AddCells(result, source, &list);
}
Status FillCells(const client::FutureResult& result, const ResultSource& source, std::vector<api::CellAsArray>* cells) {
  ArrayList list(*cells);
  return AddCells(result, source, &list);
}
Status FillCells(const client::FutureResult& result, const ResultSource& source, std::string* cells) {
  PackedList list(source.cells_version);
  RETURN_IF_ERROR(AddCells(result, source, &list));
  *cells = list.Finish(/*end_of_scan=*/result.block.empty());
  return Status();
}

template <typename Answer>
void FillError(const Status& status, Answer* answer) {
  answer->is_error = true;
  answer->__set_error(PublicCode(status));
  answer->__set_error_msg(std::string(PublicErrorText(answer->error)) + " - " + std::string(status.message()));
}

Status FillFlush(const FlushOutcome& outcome, api::Result* answer) {
  if (outcome.status.ok()) return Status();
  FillError(outcome.status, answer);
  answer->__isset.cells = true;
  PackedCellsReader reader(outcome.failed_cells);
  PackedCell packed;
  while (reader.Next(&packed)) {
    api::Cell& cell = answer->cells.emplace_back();
    cell.key.row = packed.row;
    cell.key.column_family = packed.family;
    cell.key.column_qualifier = packed.qualifier;
    if (packed.timestamp != model::kAutomaticTimestamp) cell.key.__set_timestamp(packed.timestamp);
    cell.key.flag = static_cast<api::KeyFlag::type>(ToWireFlag(packed.flag));
    cell.__set_value(std::string(packed.value));
  }
  return reader.status();
}
template <typename Answer>
Status FillFlush(const FlushOutcome&, Answer*) {
  return common::Unsupported("a mutator's result comes in future_get_result only").WithDetail(kNotImplemented);
}

template <typename Answer>
Status FillAnswer(const client::FutureResult& result, Answer* answer) {
  answer->is_empty = result.kind == client::FutureResult::Kind::kEnd;
  answer->id = 0;
  answer->is_scan = result.kind == client::FutureResult::Kind::kBlock;
  answer->is_error = false;
  if (answer->is_empty) return Status();
  const auto source = std::static_pointer_cast<ResultSource>(result.source);
  answer->id = source->id;
  if (!answer->is_scan) return FillFlush(*std::static_pointer_cast<FlushOutcome>(result.contents), answer);
  if (!result.status.ok()) {
    FillError(result.status, answer);
    return Status();
  }
  RETURN_IF_ERROR(FillCells(result, *source, &answer->cells));
  answer->__isset.cells = true;
  return Status();
}

/// Waits without a thread; the answer is made on one.
template <typename Arguments, typename Answer>
void GetResult(const CallSite& site, const Arguments& arguments, UniqueFunction<void(Status, Answer)> done) {
  auto found = site.objects->Find<OpenFuture>(arguments.ff);
  if (!found.ok()) return done(std::move(found).status(), Answer());
  const std::shared_ptr<OpenFuture> future = *std::move(found);
  const Nanos timeout = arguments.timeout_millis * kMillisecond;
  // The future is let go of by the pool's thread, not by the loop that calls back.
  future->future().NextLater(
      timeout, [&pool = site.parts.pool, future, done = std::move(done)](Result<client::FutureResult> result) mutable {
        pool.Submit([future = std::move(future), done = std::move(done), result = std::move(result)]() mutable {
          if (!result.ok()) return done(std::move(result).status(), Answer());
          Answer answer;
          Status status = FillAnswer(*result, &answer);
          done(std::move(status), std::move(answer));
        });
      });
}

// ---- Async scanners

Status StartScan(const CallSite& site, const api::ClientService_async_scanner_open_args& arguments, int64_t* id) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenFuture> future, site.objects->Find<OpenFuture>(arguments.future));
  ASSIGN_OR_RETURN(const model::ScanSpec spec, ToScanSpec(arguments.scan_spec));
  ASSIGN_OR_RETURN(const int32_t version, CellsVersionOf(arguments.scan_spec));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenAsyncScanner> scanner,
                   site.parts.tables.With(path, [&](const std::shared_ptr<client::Table>& table) {
                     return OpenAsyncScanner::Open(future->future(), table, spec, version);
                   }));
  ASSIGN_OR_RETURN(*id, site.objects->Add(scanner));
  scanner->SetId(*id);
  return Status();
}

Status CancelScanner(const CallSite& site, const api::ClientService_async_scanner_cancel_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenAsyncScanner> scanner,
                   site.objects->Find<OpenAsyncScanner>(arguments.scanner));
  scanner->Cancel();
  return Status();
}

Status CloseScanner(const CallSite& site, const api::ClientService_async_scanner_close_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenAsyncScanner> scanner,
                   site.objects->Remove<OpenAsyncScanner>(arguments.scanner));
  scanner->SetId(0);
  scanner->Cancel();
  return Status();
}

// ---- Async mutators

Status OpenMutatorFor(const CallSite& site, const api::ClientService_async_mutator_open_args& arguments, int64_t* id) {
  ASSIGN_OR_RETURN(std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenFuture> future, site.objects->Find<OpenFuture>(arguments.future));
  ASSIGN_OR_RETURN(
      std::shared_ptr<OpenMutator> mutator,
      OpenMutator::Open(site.parts.tables, std::move(path), OptionsOf(arguments.flags), site.parts.logger));
  if (future->future().IsCancelled()) {
    return common::Cancelled("the future was cancelled").WithDetail(kCancelledCode);
  }
  const auto async = std::make_shared<OpenAsyncMutator>(future->shared(), std::move(mutator), site.parts.pool);
  ASSIGN_OR_RETURN(*id, site.objects->Add(async));
  async->SetId(*id);
  return Status();
}

Status CancelMutator(const CallSite& site, const api::ClientService_async_mutator_cancel_args& arguments) {
  ASSIGN_OR_RETURN(const auto mutator, site.objects->Find<OpenAsyncMutator>(arguments.mutator));
  mutator->Cancel();
  return Status();
}

Status CloseMutator(const CallSite& site, const api::ClientService_async_mutator_close_args& arguments) {
  ASSIGN_OR_RETURN(const auto mutator, site.objects->Remove<OpenAsyncMutator>(arguments.mutator));
  mutator->Forget();
  return mutator->Flush();
}

Status FlushMutator(const CallSite& site, const api::ClientService_async_mutator_flush_args& arguments) {
  ASSIGN_OR_RETURN(const auto mutator, site.objects->Find<OpenAsyncMutator>(arguments.mutator));
  return mutator->Flush();
}

template <typename Arguments>
Status Set(const CallSite& site, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto mutator, site.objects->Find<OpenAsyncMutator>(arguments.mutator));
  if constexpr (requires { arguments.cell; }) {
    return mutator->Set(std::span(&arguments.cell, 1));
  } else if constexpr (requires { arguments.flush; }) {
    return mutator->SetPacked(arguments.cells, arguments.flush);
  } else {
    return mutator->Set(std::span(arguments.cells));
  }
}

void BindFutures(MethodTable& table) {
  table.Bind<api::ClientService_future_open_result>({"future_open", "open_future"}, Open);
  table.Bind<api::ClientService_future_cancel_result>({"future_cancel", "cancel_future"}, Cancel);
  table.Bind<api::ClientService_future_close_result>({"future_close", "close_future"}, Close);
  table.BindLater<api::ClientService_future_get_result_result>(
      {"future_get_result", "get_future_result"}, GetResult<api::ClientService_future_get_result_args, api::Result>);
  table.BindLater<api::ClientService_future_get_result_as_arrays_result>(
      {"future_get_result_as_arrays", "get_future_result_as_arrays"},
      GetResult<api::ClientService_future_get_result_as_arrays_args, api::ResultAsArrays>);
  table.BindLater<api::ClientService_future_get_result_serialized_result>(
      {"future_get_result_serialized", "get_future_result_serialized"},
      GetResult<api::ClientService_future_get_result_serialized_args, api::ResultSerialized>);
  table.Bind<api::ClientService_future_is_empty_result>(
      {"future_is_empty"}, Ask<api::ClientService_future_is_empty_args, &client::Future::IsEmpty>);
  table.Bind<api::ClientService_future_is_full_result>(
      {"future_is_full"}, Ask<api::ClientService_future_is_full_args, &client::Future::IsFull>);
  table.Bind<api::ClientService_future_is_cancelled_result>(
      {"future_is_cancelled"}, Ask<api::ClientService_future_is_cancelled_args, &client::Future::IsCancelled>);
  table.Bind<api::ClientService_future_has_outstanding_result>(
      {"future_has_outstanding"}, Ask<api::ClientService_future_has_outstanding_args, &client::Future::HasOutstanding>);
}

}  // namespace

void BindFutureMethods(MethodTable& table) {
  BindFutures(table);
  table.Bind<api::ClientService_async_scanner_open_result>({"async_scanner_open", "open_scanner_async"}, StartScan);
  table.Bind<api::ClientService_async_scanner_cancel_result>({"async_scanner_cancel", "cancel_scanner_async"},
                                                             CancelScanner);
  table.Bind<api::ClientService_async_scanner_close_result>({"async_scanner_close", "close_scanner_async"},
                                                            CloseScanner);
  table.Bind<api::ClientService_async_mutator_open_result>({"async_mutator_open", "open_mutator_async"},
                                                           OpenMutatorFor);
  table.Bind<api::ClientService_async_mutator_cancel_result>({"async_mutator_cancel", "cancel_mutator_async"},
                                                             CancelMutator);
  table.Bind<api::ClientService_async_mutator_close_result>({"async_mutator_close", "close_mutator_async"},
                                                            CloseMutator);
  table.Bind<api::ClientService_async_mutator_flush_result>({"async_mutator_flush", "flush_mutator_async"},
                                                            FlushMutator);
  table.Bind<api::ClientService_async_mutator_set_cell_result>({"async_mutator_set_cell", "set_cell_async"},
                                                               Set<api::ClientService_async_mutator_set_cell_args>);
  table.Bind<api::ClientService_async_mutator_set_cell_as_array_result>(
      {"async_mutator_set_cell_as_array", "set_cell_as_array_async"},
      Set<api::ClientService_async_mutator_set_cell_as_array_args>);
  table.Bind<api::ClientService_async_mutator_set_cells_result>({"async_mutator_set_cells", "set_cells_async"},
                                                                Set<api::ClientService_async_mutator_set_cells_args>);
  table.Bind<api::ClientService_async_mutator_set_cells_as_arrays_result>(
      {"async_mutator_set_cells_as_arrays", "set_cells_as_arrays_async"},
      Set<api::ClientService_async_mutator_set_cells_as_arrays_args>);
  table.Bind<api::ClientService_async_mutator_set_cells_serialized_result>(
      {"async_mutator_set_cells_serialized", "set_cells_serialized_async"}, Set<PackedArguments>);
}

}  // namespace cellar::thrift
