#include "tests/support/scripted_range_server.h"

#include "model/scan_block.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

Result<protocol::UpdateResponse> ApplyAll(const protocol::UpdateRequest& request, std::string* attachment) {
  protocol::UpdateResponse response;
  response.outcomes.resize(request.frames.size());
  attachment->clear();
  return response;
}

Result<protocol::MutateRowResponse> Apply(const protocol::MutateRowRequest&, std::string* attachment) {
  protocol::MutateRowResponse response;
  response.applied = true;
  attachment->clear();
  return response;
}

template <typename Request, typename Reply>
typename Script<Request, Reply>::Step Unexpected(const char* method) {
  return [method](const Request&, std::string*) {
    return Result<Reply>(common::InvalidArgument(std::string("the test did not expect a call of ") + method));
  };
}

template <typename Request, typename Reply>
Task<Result<rpc::Response>> AnswerTo(rpc::Request raw, std::function<Result<Reply>(Request, std::string*)> answer) {
  CO_TRY(Request message, protocol::DecodeMessage<Request>(raw.message));
  std::string attachment = std::move(raw.attachment);
  CO_TRY(const Reply reply, answer(std::move(message), &attachment));
  co_return rpc::Response(protocol::EncodeMessage(reply), std::move(attachment));
}

}  // namespace

template <typename Request, typename Reply>
void ScriptedRangeServer::Serve(protocol::RangeServerMethod method,
                                std::function<Result<Reply>(Request, std::string*)> answer) {
  const rpc::MethodId id(static_cast<rpc::MethodId::Underlying>(method));
  server_.Register(id, [answer = std::move(answer)](rpc::CallInfo, rpc::Request raw) {
    return AnswerTo<Request, Reply>(std::move(raw), answer);
  });
}

template <typename Request, typename Reply>
void ScriptedRangeServer::Serve(protocol::RangeServerMethod method, Script<Request, Reply>& script) {
  Serve<Request, Reply>(method, [&script](Request request, std::string* attachment) {
    return script.Answer(std::move(request), attachment);
  });
}

ScriptedRangeServer::ScriptedRangeServer(Executor& executor, rpc::Transport& transport, rpc::Address address,
                                         ScanSystemTable scan_system_table)
    : update(ApplyAll),
      mutate_row(Apply),
      create_scanner([](const protocol::CreateScannerRequest& request, std::string* attachment) {
        protocol::ScanBlockResponse nothing;
        nothing.bounds = request.bounds;
        *attachment = model::ScanBlockWriter().Finish();
        return Result<protocol::ScanBlockResponse>(nothing);
      }),
      fetch_scan_block(Unexpected<protocol::FetchScanBlockRequest, protocol::ScanBlockResponse>("FetchScanBlock")),
      destroy_scanner([](const protocol::DestroyScannerRequest&, std::string*) {
        return Result<protocol::DoneResponse>(protocol::DoneResponse());
      }),
      get_rows(Unexpected<protocol::GetRowsRequest, protocol::GetRowsResponse>("GetRows")),
      explain_scan(Unexpected<protocol::ExplainScanRequest, protocol::ExplainScanResponse>("ExplainScan")),
      server_(executor, transport, rpc::RpcServerOptions()),
      scan_system_table_(std::move(scan_system_table)) {
  using Method = protocol::RangeServerMethod;
  Serve(Method::kUpdate, update);
  Serve(Method::kMutateRow, mutate_row);
  Serve(Method::kFetchScanBlock, fetch_scan_block);
  Serve(Method::kDestroyScanner, destroy_scanner);
  Serve(Method::kGetRows, get_rows);
  Serve(Method::kExplainScan, explain_scan);
  Serve<protocol::CreateScannerRequest, protocol::ScanBlockResponse>(
      Method::kCreateScanner, [this](protocol::CreateScannerRequest request, std::string* attachment) {
        return CreateScanner(std::move(request), attachment);
      });
  CHECK(server_.Start(address).ok());
}

Result<protocol::ScanBlockResponse> ScriptedRangeServer::CreateScanner(protocol::CreateScannerRequest request,
                                                                       std::string* attachment) {
  const model::TableId table = protocol::FromMessage(request.table);
  if (!table.is_system()) return create_scanner.Answer(std::move(request), attachment);
  if (table == model::kMetadataTable) ++metadata_scan_count_;
  return scan_system_table_(request, attachment);
}

}  // namespace cellar::client
