#include "rpc/rpc_client.h"

#include "rpc/frame_header.h"

namespace cellar::rpc {

RpcClient::RpcClient(Executor& executor, Transport& transport, Random& random, RpcClientOptions options)
    : executor_(executor), transport_(transport), random_(random), options_(std::move(options)) {}

RpcClient::~RpcClient() = default;

Task<Result<Response>> RpcClient::Call(Address address, MethodId method, Request request, Deadline deadline,
                                       CallOptions options) {
  if (stopped_) co_return common::Cancelled("rpc client is stopped");
  if (request.message.size() > kMaxMessageBytes ||
      request.message.size() + request.attachment.size() > kMaxFrameBytes) {
    co_return common::InvalidArgument("request to " + address.ToString() + " exceeds the frame limit");
  }
  auto found = channels_.find(address);
  if (found == channels_.end()) {
    if (channels_.size() >= options_.max_channels) co_return common::Busy("too many rpc peers");
    auto channel = std::make_unique<Channel>(executor_, transport_, random_, options_, address);
    found = channels_.emplace(address, std::move(channel)).first;
  }
  const Nanos start = executor_.clock().MonotonicNow();
  CallRecord record;
  record.method = method;
  record.request_bytes = request.message.size() + request.attachment.size();
  Result<Response> response = co_await found->second->Call(method, std::move(request), deadline, options);
  if (hook_) {
    record.status = response.status();
    record.duration = executor_.clock().MonotonicNow() - start;
    if (response.ok()) record.response_bytes = response->message.size() + response->attachment.size();
    hook_(record);
  }
  co_return response;
}

bool RpcClient::IsConnected(const Address& address) const {
  const auto found = channels_.find(address);
  return found != channels_.end() && found->second->is_connected();
}

Task<void> RpcClient::Stop() {
  stopped_ = true;
  for (auto& [address, channel] : channels_) co_await channel->Stop();
}

}  // namespace cellar::rpc
