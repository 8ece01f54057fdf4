#include "protocol/rangeserver/stub.h"

#include <utility>

#include "protocol/rangeserver/methods.h"
#include "protocol/typed_call.h"

namespace cellar::protocol {
namespace {

using Method = RangeServerMethod;

/// Calls that METADATA, placement and leases wait for go first.
rpc::CallOptions OptionsFor(const TableId& table) {
  constexpr int kSystemSpace = 0;
  return rpc::CallOptions(table.space == kSystemSpace ? rpc::Priority::kMetadata : rpc::Priority::kNormal);
}

rpc::CallOptions Control() {
  return rpc::CallOptions(rpc::Priority::kControl);
}

/// An answer with cells attached: Reply is a ScanBlock or Rows.
template <typename Reply, typename Message>
Task<Result<Reply>> AskForCells(rpc::RpcClient& client, std::string address, Method method, Message message,
                                Deadline deadline, rpc::CallOptions options) {
  CO_TRY(auto answer, co_await TypedCall<decltype(Reply::head)>(client, std::move(address), method, std::move(message),
                                                                "", deadline, options));
  Reply reply;
  reply.head = std::move(answer.message);
  reply.cells = std::move(answer.attachment);
  co_return std::move(reply);
}

}  // namespace

using Stub = RangeServerStub;

Task<Result<UpdateResponse>> Stub::Update(std::string address, UpdateRequest request, std::string frames,
                                          Deadline deadline) const {
  const rpc::CallOptions options = request.frames.empty() ? Control() : OptionsFor(request.frames.front().table);
  return Ask<UpdateResponse>(*client_, std::move(address), Method::kUpdate, std::move(request), deadline, options,
                             std::move(frames));
}

Task<Result<MutateRowResponse>> Stub::MutateRow(std::string address, MutateRowRequest request, std::string frame,
                                                Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.frame.table);
  return Ask<MutateRowResponse>(*client_, std::move(address), Method::kMutateRow, std::move(request), deadline, options,
                                std::move(frame));
}

Task<Result<Stub::ScanBlock>> Stub::CreateScanner(std::string address, CreateScannerRequest request,
                                                  Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.table);
  return AskForCells<ScanBlock>(*client_, std::move(address), Method::kCreateScanner, std::move(request), deadline,
                                options);
}

Task<Result<Stub::ScanBlock>> Stub::FetchScanBlock(std::string address, FetchScanBlockRequest request,
                                                   Deadline deadline) const {
  return AskForCells<ScanBlock>(*client_, std::move(address), Method::kFetchScanBlock, std::move(request), deadline,
                                rpc::CallOptions());
}

Task<Status> Stub::DestroyScanner(std::string address, DestroyScannerRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kDestroyScanner, std::move(request), deadline, rpc::CallOptions());
}

Task<Result<Stub::Rows>> Stub::GetRows(std::string address, GetRowsRequest request, Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.table);
  return AskForCells<Rows>(*client_, std::move(address), Method::kGetRows, std::move(request), deadline, options);
}

Task<Result<LoadRangeResponse>> Stub::LoadRange(std::string address, LoadRangeRequest request,
                                                Deadline deadline) const {
  return Ask<LoadRangeResponse>(*client_, std::move(address), Method::kLoadRange, std::move(request), deadline,
                                Control());
}

Task<Status> Stub::UnloadRange(std::string address, UnloadRangeRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kUnloadRange, std::move(request), deadline, Control());
}

Task<Status> Stub::UpdateSchema(std::string address, UpdateSchemaRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kUpdateSchema, std::move(request), deadline, Control());
}

Task<Status> Stub::UpdateVariables(std::string address, UpdateVariablesRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kUpdateVariables, std::move(request), deadline, Control());
}

Task<Result<CompactResponse>> Stub::Compact(std::string address, CompactRequest request, Deadline deadline) const {
  return Ask<CompactResponse>(*client_, std::move(address), Method::kCompact, std::move(request), deadline, Control());
}

Task<Result<ExplainScanResponse>> Stub::ExplainScan(std::string address, ExplainScanRequest request,
                                                    Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.table);
  return Ask<ExplainScanResponse>(*client_, std::move(address), Method::kExplainScan, std::move(request), deadline,
                                  options);
}

Task<Result<ListQueriesResponse>> Stub::ListQueries(std::string address, Deadline deadline) const {
  return Ask<ListQueriesResponse>(*client_, std::move(address), Method::kListQueries, ListQueriesRequest(), deadline,
                                  Control());
}

Task<Status> Stub::KillQuery(std::string address, KillQueryRequest request, Deadline deadline) const {
  return Tell(*client_, std::move(address), Method::kKillQuery, std::move(request), deadline, Control());
}

Task<Result<MaintenanceResponse>> Stub::Maintenance(std::string address, MaintenanceRequest request,
                                                    Deadline deadline) const {
  return Ask<MaintenanceResponse>(*client_, std::move(address), Method::kMaintenance, std::move(request), deadline,
                                  Control());
}

Task<Result<ServerStatusResponse>> Stub::ServerStatus(std::string address, Deadline deadline) const {
  return Ask<ServerStatusResponse>(*client_, std::move(address), Method::kServerStatus, ServerStatusRequest(), deadline,
                                   Control());
}

bool Stub::IsConnected(const std::string& address) const {
  const auto target = rpc::Address::Parse(address);
  return target.ok() && client_->IsConnected(*target);
}

}  // namespace cellar::protocol
