#include "lockservice/remote/remote_lock_service.h"

#include <utility>

#include "lockservice/credentials.h"
#include "lockservice/remote/remote_session.h"
#include "protocol/gen/lockservice_types.h"
#include "protocol/message.h"

namespace cellar::lockservice {

Task<Result<std::unique_ptr<LockSession>>> RemoteLockService::OpenSession(SessionOptions options) {
  protocol::LockOpenSessionRequest request;
  request.name = std::move(options.name);
  request.lease_ns = options.lease;
  auto caller = std::make_shared<const LockServiceCaller>(executor_, client_, address_, options_);
  const Nanos opened_at = executor_.clock().BootNow();
  CO_TRY(const std::string answer,
         co_await caller->Call(protocol::LockServiceMethod::kOpenSession, protocol::EncodeMessage(request)));
  CO_TRY(const protocol::LockOpenSessionResponse response,
         protocol::DecodeMessage<protocol::LockOpenSessionResponse>(answer));
  const SessionId id(static_cast<uint64_t>(response.session));
  std::unique_ptr<LockSession> session =
      std::make_unique<RemoteSession>(std::move(caller), id, options.lease, opened_at);
  co_return session;
}

Task<Result<NodeState>> RemoteLockService::Read(std::string path) {
  const LockServiceCaller caller(executor_, client_, address_, options_);
  co_return co_await caller.Read(0, std::move(path));
}

Task<Status> RemoteLockService::EndSession(std::string credentials) {
  CO_TRY(const SessionId id, ParseCredentials(credentials));
  const LockServiceCaller caller(executor_, client_, address_, options_);
  Status closed = co_await caller.CloseSession(static_cast<int64_t>(id.get()));
  if (closed.Is(StatusCode::kFenced)) co_return common::OkStatus();
  co_return closed;
}

}  // namespace cellar::lockservice
