#pragma once

#include <string>

#include "common/concurrency/task.h"
#include "master/cluster/catalog.h"
#include "master/cluster/master_core.h"
#include "master/garbage/garbage_collector.h"
#include "master/operations/operation_runner.h"
#include "master/recovery/recovery.h"
#include "master/service/registration.h"
#include "protocol/gen/master_types.h"
#include "protocol/master/methods.h"
#include "rpc/rpc_server.h"

namespace cellar::master {

/// Answers the calls of protocol/master.thrift. Owned by the Master; outlives the server that it is registered with.
/// Loop only. Borrows the parts.
class MasterService {
 public:
  MasterService(MasterCore& core, OperationRunner& operations, const Recovery& recovery,
                const GarbageCollector& garbage)
      : core_(core),
        operations_(operations),
        recovery_(recovery),
        garbage_(garbage),
        registration_(core),
        catalog_(core) {}

  /// Registers all methods. `server` goes first.
  void RegisterWith(rpc::RpcServer& server);

  Registration& registration() { return registration_; }

  /// As MasterStatus answers it; also for the status page.
  protocol::MasterStatusResponse status() const;

 private:
  using Done = protocol::DoneResponse;

  Task<Result<Done>> CreateNamespace(rpc::CallInfo info, protocol::CreateNamespaceRequest request);
  Task<Result<Done>> DropNamespace(rpc::CallInfo info, protocol::DropNamespaceRequest request);
  Task<Result<protocol::CreateTableResponse>> CreateTable(rpc::CallInfo info, protocol::CreateTableRequest request);
  Task<Result<Done>> DropTable(rpc::CallInfo info, protocol::DropTableRequest request);
  Task<Result<Done>> RenameTable(rpc::CallInfo info, protocol::RenameTableRequest request);
  Task<Result<protocol::AlterTableResponse>> AlterTable(rpc::CallInfo info, protocol::AlterTableRequest request);
  Task<Result<Done>> SetVariables(rpc::CallInfo info, protocol::SetVariablesRequest request);
  Task<Result<protocol::OpenTableResponse>> OpenTable(rpc::CallInfo info, protocol::OpenTableRequest request);
  Task<Result<protocol::ListNamespaceResponse>> ListNamespace(rpc::CallInfo info,
                                                              protocol::ListNamespaceRequest request);
  Task<Result<protocol::RegisterServerResponse>> RegisterServer(rpc::CallInfo info,
                                                                protocol::RegisterServerRequest request);
  Task<Result<Done>> ServerReady(rpc::CallInfo info, protocol::ServerReadyRequest request);
  Task<Result<protocol::MasterStatusResponse>> MasterStatus(rpc::CallInfo info, protocol::MasterStatusRequest request);

  template <typename Request, typename Reply>
  void Serve(rpc::RpcServer& server, protocol::MasterMethod method,
             Task<Result<Reply>> (MasterService::*handler)(rpc::CallInfo, Request));
  template <typename Request, typename Reply>
  Task<Result<rpc::Response>> Answer(Task<Result<Reply>> (MasterService::*handler)(rpc::CallInfo, Request),
                                     rpc::CallInfo info, rpc::Request raw);
  Task<Result<Done>> Execute(OperationEntity wanted, Deadline deadline);
  /// kUnavailable while the catalog cannot be read.
  Status CheckCatalog() const;

  MasterCore& core_;
  OperationRunner& operations_;
  const Recovery& recovery_;
  const GarbageCollector& garbage_;
  Registration registration_;
  Catalog catalog_;
};

}  // namespace cellar::master
