#pragma once

#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/concurrency/task.h"
#include "protocol/gen/common_types.h"
#include "protocol/message.h"
#include "rpc/address.h"
#include "rpc/call.h"
#include "rpc/rpc_client.h"

namespace cellar::protocol {

/// A typed answer with its attachment.
template <typename Message>
struct Answer {
  Message message;
  std::string attachment;

  Answer() = default;
};

/// One call: encodes the request, decodes the answer. kCorruption when the answer does not decode.
template <typename Reply, typename Message, typename Method>
Task<Result<Answer<Reply>>> TypedCall(rpc::RpcClient& client, std::string address, Method method, Message message,
                                      std::string attachment, Deadline deadline, rpc::CallOptions options) {
  CO_TRY(const rpc::Address target, rpc::Address::Parse(address));
  rpc::Request request(EncodeMessage(message), std::move(attachment));
  const rpc::MethodId id(static_cast<rpc::MethodId::Underlying>(method));
  CO_TRY(rpc::Response response, co_await client.Call(target, id, std::move(request), deadline, options));
  auto reply = DecodeMessage<Reply>(response.message);
  if (!reply.ok()) co_return common::Corruption("answer of " + address + ": " + std::string(reply.status().message()));
  Answer<Reply> answer;
  answer.message = std::move(reply).value();
  answer.attachment = std::move(response.attachment);
  co_return std::move(answer);
}

/// The message of the answer.
template <typename Reply, typename Message, typename Method>
Task<Result<Reply>> Ask(rpc::RpcClient& client, std::string address, Method method, Message message, Deadline deadline,
                        rpc::CallOptions options, std::string attachment = "") {
  CO_TRY(auto answer, co_await TypedCall<Reply>(client, std::move(address), method, std::move(message),
                                                std::move(attachment), deadline, options));
  co_return std::move(answer.message);
}

/// An answer that says only that it is done.
template <typename Message, typename Method>
Task<Status> Tell(rpc::RpcClient& client, std::string address, Method method, Message message, Deadline deadline,
                  rpc::CallOptions options) {
  auto answer =
      co_await TypedCall<DoneResponse>(client, std::move(address), method, std::move(message), "", deadline, options);
  co_return answer.status();
}

}  // namespace cellar::protocol
