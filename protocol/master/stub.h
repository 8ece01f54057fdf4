#pragma once

#include <string>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "protocol/gen/master_types.h"

namespace cellar::rpc {
class RpcClient;
}

namespace cellar::protocol {

/// Typed calls to the active master ("host:port") over one RpcClient. A small value: borrows the client, which outlives
/// every call. Errors are the master's, or kUnavailable and kBusy (nothing was done), kTimedOut (outcome unknown).
class MasterStub {
 public:
  explicit MasterStub(rpc::RpcClient& client) : client_(&client) {}

  Task<Status> CreateNamespace(std::string address, CreateNamespaceRequest request, Deadline deadline) const;
  Task<Status> DropNamespace(std::string address, DropNamespaceRequest request, Deadline deadline) const;
  Task<Result<CreateTableResponse>> CreateTable(std::string address, CreateTableRequest request,
                                                Deadline deadline) const;
  Task<Status> DropTable(std::string address, DropTableRequest request, Deadline deadline) const;
  Task<Status> RenameTable(std::string address, RenameTableRequest request, Deadline deadline) const;
  Task<Result<AlterTableResponse>> AlterTable(std::string address, AlterTableRequest request, Deadline deadline) const;
  Task<Status> SetVariables(std::string address, SetVariablesRequest request, Deadline deadline) const;
  Task<Result<OpenTableResponse>> OpenTable(std::string address, OpenTableRequest request, Deadline deadline) const;
  Task<Result<ListNamespaceResponse>> ListNamespace(std::string address, ListNamespaceRequest request,
                                                    Deadline deadline) const;
  Task<Result<RegisterServerResponse>> RegisterServer(std::string address, RegisterServerRequest request,
                                                      Deadline deadline) const;
  Task<Status> ServerReady(std::string address, ServerReadyRequest request, Deadline deadline) const;
  Task<Result<MasterStatusResponse>> MasterStatus(std::string address, MasterStatusRequest request,
                                                  Deadline deadline) const;

 private:
  rpc::RpcClient* client_;
};

}  // namespace cellar::protocol
