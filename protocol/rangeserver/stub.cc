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

}  // namespace

Task<Result<UpdateResponse>> RangeServerStub::Update(std::string address, UpdateRequest request, std::string frames,
                                                     Deadline deadline) const {
  const rpc::CallOptions options = request.frames.empty() ? Control() : OptionsFor(request.frames.front().table);
  CO_TRY(auto answer, co_await TypedCall<UpdateResponse>(*client_, std::move(address), Method::kUpdate,
                                                         std::move(request), std::move(frames), deadline, options));
  co_return std::move(answer.message);
}

Task<Result<MutateRowResponse>> RangeServerStub::MutateRow(std::string address, MutateRowRequest request,
                                                           std::string frame, Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.frame.table);
  CO_TRY(auto answer, co_await TypedCall<MutateRowResponse>(*client_, std::move(address), Method::kMutateRow,
                                                            std::move(request), std::move(frame), deadline, options));
  co_return std::move(answer.message);
}

Task<Result<RangeServerStub::ScanBlock>> RangeServerStub::CreateScanner(std::string address,
                                                                        CreateScannerRequest request,
                                                                        Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.table);
  CO_TRY(auto answer, co_await TypedCall<ScanBlockResponse>(*client_, std::move(address), Method::kCreateScanner,
                                                            std::move(request), "", deadline, options));
  ScanBlock reply;
  reply.head = std::move(answer.message);
  reply.cells = std::move(answer.attachment);
  co_return std::move(reply);
}

Task<Result<RangeServerStub::ScanBlock>> RangeServerStub::FetchScanBlock(std::string address,
                                                                         FetchScanBlockRequest request,
                                                                         Deadline deadline) const {
  const rpc::CallOptions options = rpc::CallOptions();
  CO_TRY(auto answer, co_await TypedCall<ScanBlockResponse>(*client_, std::move(address), Method::kFetchScanBlock,
                                                            std::move(request), "", deadline, options));
  ScanBlock reply;
  reply.head = std::move(answer.message);
  reply.cells = std::move(answer.attachment);
  co_return std::move(reply);
}

Task<Status> RangeServerStub::DestroyScanner(std::string address, DestroyScannerRequest request,
                                             Deadline deadline) const {
  const rpc::CallOptions options = rpc::CallOptions();
  auto answer = co_await TypedCall<DoneResponse>(*client_, std::move(address), Method::kDestroyScanner,
                                                 std::move(request), "", deadline, options);
  co_return answer.status();
}

Task<Result<RangeServerStub::Rows>> RangeServerStub::GetRows(std::string address, GetRowsRequest request,
                                                             Deadline deadline) const {
  const rpc::CallOptions options = OptionsFor(request.table);
  CO_TRY(auto answer, co_await TypedCall<GetRowsResponse>(*client_, std::move(address), Method::kGetRows,
                                                          std::move(request), "", deadline, options));
  Rows reply;
  reply.head = std::move(answer.message);
  reply.cells = std::move(answer.attachment);
  co_return std::move(reply);
}

Task<Result<LoadRangeResponse>> RangeServerStub::LoadRange(std::string address, LoadRangeRequest request,
                                                           Deadline deadline) const {
  const rpc::CallOptions options = Control();
  CO_TRY(auto answer, co_await TypedCall<LoadRangeResponse>(*client_, std::move(address), Method::kLoadRange,
                                                            std::move(request), "", deadline, options));
  co_return std::move(answer.message);
}

Task<Status> RangeServerStub::UnloadRange(std::string address, UnloadRangeRequest request, Deadline deadline) const {
  const rpc::CallOptions options = Control();
  auto answer = co_await TypedCall<DoneResponse>(*client_, std::move(address), Method::kUnloadRange, std::move(request),
                                                 "", deadline, options);
  co_return answer.status();
}

Task<Status> RangeServerStub::UpdateSchema(std::string address, UpdateSchemaRequest request, Deadline deadline) const {
  const rpc::CallOptions options = Control();
  auto answer = co_await TypedCall<DoneResponse>(*client_, std::move(address), Method::kUpdateSchema,
                                                 std::move(request), "", deadline, options);
  co_return answer.status();
}

Task<Result<CompactResponse>> RangeServerStub::Compact(std::string address, CompactRequest request,
                                                       Deadline deadline) const {
  const rpc::CallOptions options = Control();
  CO_TRY(auto answer, co_await TypedCall<CompactResponse>(*client_, std::move(address), Method::kCompact,
                                                          std::move(request), "", deadline, options));
  co_return std::move(answer.message);
}

Task<Result<ServerStatusResponse>> RangeServerStub::ServerStatus(std::string address, Deadline deadline) const {
  const rpc::CallOptions options = Control();
  CO_TRY(auto answer, co_await TypedCall<ServerStatusResponse>(*client_, std::move(address), Method::kServerStatus,
                                                               ServerStatusRequest(), "", deadline, options));
  co_return std::move(answer.message);
}

}  // namespace cellar::protocol
