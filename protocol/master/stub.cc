#include "protocol/master/stub.h"

#include <utility>

#include "protocol/master/methods.h"
#include "protocol/typed_call.h"

namespace cellar::protocol {
namespace {

using Method = MasterMethod;

constexpr rpc::Priority kControl = rpc::Priority::kControl;

}  // namespace

Task<Status> MasterStub::CreateNamespace(std::string address, CreateNamespaceRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kCreateNamespace, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Status> MasterStub::DropNamespace(std::string address, DropNamespaceRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kDropNamespace, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Result<CreateTableResponse>> MasterStub::CreateTable(std::string address, CreateTableRequest request,
                                                          Deadline deadline) const {
  return Ask<CreateTableResponse>(*client_, std::move(address), Method::kCreateTable, std::move(request), deadline,
                                  rpc::CallOptions(kControl));
}

Task<Status> MasterStub::DropTable(std::string address, DropTableRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kDropTable, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Status> MasterStub::RenameTable(std::string address, RenameTableRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kRenameTable, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Result<AlterTableResponse>> MasterStub::AlterTable(std::string address, AlterTableRequest request,
                                                        Deadline deadline) const {
  return Ask<AlterTableResponse>(*client_, std::move(address), Method::kAlterTable, std::move(request), deadline,
                                 rpc::CallOptions(kControl));
}

Task<Status> MasterStub::SetVariables(std::string address, SetVariablesRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kSetVariables, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Result<OpenTableResponse>> MasterStub::OpenTable(std::string address, OpenTableRequest request,
                                                      Deadline deadline) const {
  return Ask<OpenTableResponse>(*client_, std::move(address), Method::kOpenTable, std::move(request), deadline,
                                rpc::CallOptions(kControl));
}

Task<Result<ListNamespaceResponse>> MasterStub::ListNamespace(std::string address, ListNamespaceRequest request,
                                                              Deadline deadline) const {
  return Ask<ListNamespaceResponse>(*client_, std::move(address), Method::kListNamespace, std::move(request), deadline,
                                    rpc::CallOptions(kControl));
}

Task<Result<RegisterServerResponse>> MasterStub::RegisterServer(std::string address, RegisterServerRequest request,
                                                                Deadline deadline) const {
  return Ask<RegisterServerResponse>(*client_, std::move(address), Method::kRegisterServer, std::move(request),
                                     deadline, rpc::CallOptions(kControl));
}

Task<Status> MasterStub::ServerReady(std::string address, ServerReadyRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kServerReady, std::move(request), deadline,
              rpc::CallOptions(kControl));
}

Task<Result<MasterStatusResponse>> MasterStub::MasterStatus(std::string address, MasterStatusRequest request,
                                                            Deadline deadline) const {
  return Ask<MasterStatusResponse>(*client_, std::move(address), Method::kMasterStatus, std::move(request), deadline,
                                   rpc::CallOptions(kControl));
}

}  // namespace cellar::protocol
