#include "master/operations/set_variables.h"

#include <utility>
#include <vector>

namespace cellar::master {

Task<Result<bool>> SetVariables::Check(OperationEntity* operation) {
  if (!operation->read_only) co_return false;
  VariablesEntity next = core_.log().variables();
  next.read_only = *operation->read_only;
  ++next.generation;
  operation->path = next.read_only ? "READONLY=true" : "READONLY=false";
  operation->schema = next.Encode();
  co_return true;
}

Task<Status> SetVariables::Run(OperationEntity operation) {
  if (operation.step == 0) {
    CO_TRY(const VariablesEntity variables, VariablesEntity::Decode(operation.schema));
    co_await core_.SaveSurely(variables);
    CO_FAULT_POINT(core_.executor(), core_.faults(), "master.set_variables.after_record");
    co_return common::OkStatus();
  }
  CO_RETURN_IF_ERROR(co_await TellServers());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.set_variables.after_servers");
  co_return common::OkStatus();
}

Task<Status> SetVariables::TellServers() {
  std::vector<std::string> addresses;
  for (const auto& [location, server] : core_.servers().all()) {
    if (server.state == ServerState::kReady) addresses.push_back(server.address);
  }
  protocol::UpdateVariablesRequest request;
  request.variables = core_.variables();
  for (const std::string& address : addresses) {
    CO_RETURN_IF_ERROR(co_await core_.range_servers().UpdateVariables(address, request, core_.CallDeadline()));
  }
  co_return common::OkStatus();
}

}  // namespace cellar::master
