#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/calls/statements.h"
#include "thrift/idl/gen/HqlService.h"

namespace cellar::thrift {
namespace {

template <typename Arguments, typename Answer>
Status Run(const CallSite& site, const Arguments& arguments, Answer* out) {
  StatementRequest request;
  request.namespace_id = arguments.ns;
  request.command = arguments.command;
  if constexpr (requires { arguments.noflush; }) {
    request.noflush = arguments.noflush;
    request.unbuffered = arguments.unbuffered;
  }
  auto list = ListFor(out->cells);
  ListTaker taker(list);
  ASSIGN_OR_RETURN(StatementAnswer answer, RunStatement(site, request, taker));
  out->__isset.cells = answer.has_cells && !answer.scanner;
  SetAllButCells(std::move(answer), out);
  return Status();
}

}  // namespace

void BindHqlMethods(MethodTable& table) {
  table.Bind<api::HqlService_hql_exec_result>({"hql_exec"}, Run<api::HqlService_hql_exec_args, api::HqlResult>);
  table.Bind<api::HqlService_hql_query_result>({"hql_query"}, Run<api::HqlService_hql_query_args, api::HqlResult>);
  table.Bind<api::HqlService_hql_exec_as_arrays_result>(
      {"hql_exec_as_arrays"}, Run<api::HqlService_hql_exec_as_arrays_args, api::HqlResultAsArrays>);
  table.Bind<api::HqlService_hql_query_as_arrays_result>(
      {"hql_query_as_arrays"}, Run<api::HqlService_hql_query_as_arrays_args, api::HqlResultAsArrays>);
  table.Bind<api::HqlService_hql_exec2_result>({"hql_exec2"}, Run<api::HqlService_hql_exec2_args, api::HqlResult2>);
  table.Bind<api::HqlService_hql_query2_result>({"hql_query2"}, Run<api::HqlService_hql_query2_args, api::HqlResult2>);
}

}  // namespace cellar::thrift
