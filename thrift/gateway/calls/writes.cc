#include "thrift/gateway/calls/generated.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/calls/packed_arguments.h"

namespace cellar::thrift {
namespace {

// ---- What a call carries: one cell, or several, or packed ones

template <typename Arguments>
Status SetThoseOf(const Arguments& arguments, OpenMutator& mutator) {
  if constexpr (requires { arguments.cell; }) {
    return mutator.Set(std::span(&arguments.cell, 1));
  } else if constexpr (requires { arguments.flush; }) {
    return mutator.SetPacked(arguments.cells, arguments.flush);
  } else if constexpr (std::is_same_v<decltype(arguments.cells), std::string>) {
    return mutator.SetPacked(arguments.cells, /*flush=*/false);
  } else {
    return mutator.Set(std::span(arguments.cells));
  }
}

// ---- Mutators

Status Open(const CallSite& site, const api::ClientService_mutator_open_args& arguments, int64_t* id) {
  ASSIGN_OR_RETURN(std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(
      const std::shared_ptr<OpenMutator> mutator,
      OpenMutator::Open(site.parts.tables, std::move(path), OptionsOf(arguments.flags), site.parts.logger));
  ASSIGN_OR_RETURN(*id, site.objects->Add(mutator));
  if (arguments.flush_interval > 0) site.parts.flushes.Add(mutator, arguments.flush_interval * kMillisecond);
  return Status();
}

Status Close(const CallSite& site, const api::ClientService_mutator_close_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator, site.objects->Remove<OpenMutator>(arguments.mutator));
  return mutator->Flush();
}

Status Flush(const CallSite& site, const api::ClientService_mutator_flush_args& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator, site.objects->Find<OpenMutator>(arguments.mutator));
  return mutator->Flush();
}

template <typename Arguments>
Status Set(const CallSite& site, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator, site.objects->Find<OpenMutator>(arguments.mutator));
  return SetThoseOf(arguments, *mutator);
}

// ---- The mutators that all share

Status RefreshShared(const CallSite& site, const api::ClientService_shared_mutator_refresh_args& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  return site.parts.shared_mutators.Refresh(path, arguments.mutate_spec);
}

template <typename Arguments>
Status Offer(const CallSite& site, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator,
                   site.parts.shared_mutators.Find(path, arguments.mutate_spec));
  return SetThoseOf(arguments, *mutator);
}

// ---- Without a mutator of the client's

template <typename Arguments>
Status SetNow(const CallSite& site, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::string path, site.PathOf(arguments.ns, arguments.table_name));
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenMutator> mutator,
                   OpenMutator::Open(site.parts.tables, path, client::MutatorOptions(), site.parts.logger));
  RETURN_IF_ERROR(SetThoseOf(arguments, *mutator));
  return mutator->Flush();
}

void BindMutators(MethodTable& table) {
  table.Bind<api::ClientService_mutator_open_result>({"mutator_open", "open_mutator"}, Open);
  table.Bind<api::ClientService_mutator_close_result>({"mutator_close", "close_mutator"}, Close);
  table.Bind<api::ClientService_mutator_flush_result>({"mutator_flush", "flush_mutator"}, Flush);
  table.Bind<api::ClientService_mutator_set_cell_result>({"mutator_set_cell"},
                                                         Set<api::ClientService_mutator_set_cell_args>);
  table.Bind<api::ClientService_mutator_set_cell_as_array_result>(
      {"mutator_set_cell_as_array"}, Set<api::ClientService_mutator_set_cell_as_array_args>);
  table.Bind<api::ClientService_mutator_set_cells_result>({"mutator_set_cells"},
                                                          Set<api::ClientService_mutator_set_cells_args>);
  table.Bind<api::ClientService_mutator_set_cells_as_arrays_result>(
      {"mutator_set_cells_as_arrays"}, Set<api::ClientService_mutator_set_cells_as_arrays_args>);
  table.Bind<api::ClientService_mutator_set_cells_serialized_result>({"mutator_set_cells_serialized"},
                                                                     Set<PackedArguments>);
}

void BindSharedMutators(MethodTable& table) {
  table.Bind<api::ClientService_shared_mutator_refresh_result>({"shared_mutator_refresh", "refresh_shared_mutator"},
                                                               RefreshShared);
  table.Bind<api::ClientService_shared_mutator_set_cells_result>(
      {"shared_mutator_set_cells", "offer_cells"}, Offer<api::ClientService_shared_mutator_set_cells_args>);
  table.Bind<api::ClientService_shared_mutator_set_cells_as_arrays_result>(
      {"shared_mutator_set_cells_as_arrays", "offer_cells_as_arrays"},
      Offer<api::ClientService_shared_mutator_set_cells_as_arrays_args>);
  table.Bind<api::ClientService_shared_mutator_set_cell_result>({"shared_mutator_set_cell", "offer_cell"},
                                                                Offer<api::ClientService_shared_mutator_set_cell_args>);
  table.Bind<api::ClientService_shared_mutator_set_cell_as_array_result>(
      {"shared_mutator_set_cell_as_array", "offer_cell_as_array"},
      Offer<api::ClientService_shared_mutator_set_cell_as_array_args>);
}

}  // namespace

void BindWriteMethods(MethodTable& table) {
  BindMutators(table);
  BindSharedMutators(table);
  table.Bind<api::ClientService_set_cell_result>({"set_cell"}, SetNow<api::ClientService_set_cell_args>);
  table.Bind<api::ClientService_set_cell_as_array_result>({"set_cell_as_array"},
                                                          SetNow<api::ClientService_set_cell_as_array_args>);
  table.Bind<api::ClientService_set_cells_result>({"set_cells"}, SetNow<api::ClientService_set_cells_args>);
  table.Bind<api::ClientService_set_cells_as_arrays_result>({"set_cells_as_arrays"},
                                                            SetNow<api::ClientService_set_cells_as_arrays_args>);
  table.Bind<api::ClientService_set_cells_serialized_result>({"set_cells_serialized"},
                                                             SetNow<api::ClientService_set_cells_serialized_args>);
}

}  // namespace cellar::thrift
