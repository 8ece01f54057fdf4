#include "lockservice/embedded/serve_lock_service.h"

#include <algorithm>
#include <utility>

#include "protocol/gen/lockservice_types.h"
#include "protocol/lockservice/methods.h"
#include "protocol/message.h"

namespace cellar::lockservice {
namespace {

using protocol::DecodeMessage;
using protocol::EncodeMessage;
using protocol::LockServiceMethod;
using rpc::CallInfo;
using rpc::Request;
using rpc::Response;

// One coroutine a method: decode, call, encode. `server` outlives the RpcServer's calls.

SessionId SessionOf(int64_t number) {
  return SessionId(static_cast<uint64_t>(number));
}

/// When a call that may wait so long has waited enough: some of the caller's time is kept for the answer.
Deadline WaitUntil(const CallInfo& info, Executor& executor, int64_t wait_ns) {
  const Nanos asked = std::clamp<Nanos>(wait_ns, 0, kMaxServedWait);
  const Deadline by_request = asked == 0 ? Deadline(0) : Deadline::After(executor.clock(), asked);
  return Earliest(by_request, info.deadline);
}

Result<Response> DoneOr(const Status& status) {
  if (!status.ok()) return status;
  return Response(EncodeMessage(protocol::LockDone()));
}

Result<LockMode> ModeOf(int32_t number) {
  if (number == 1 || number == 2) return static_cast<LockMode>(number);
  return common::InvalidArgument("lock service: no lock mode " + std::to_string(number));
}

Task<Result<Response>> OpenSession(LockServer& server, Request request) {
  CO_TRY(const protocol::LockOpenSessionRequest asked,
         DecodeMessage<protocol::LockOpenSessionRequest>(request.message));
  SessionRecord record;
  record.name = asked.name.substr(0, kMaxPathBytes);
  record.lease = asked.lease_ns;
  CO_TRY(const SessionId id, co_await server.OpenSession(std::move(record)));
  protocol::LockOpenSessionResponse response;
  response.session = static_cast<int64_t>(id.get());
  co_return Response(EncodeMessage(response));
}

Task<Result<Response>> Renew(LockServer& server, Request request) {
  CO_TRY(protocol::LockRenewRequest asked, DecodeMessage<protocol::LockRenewRequest>(request.message));
  std::vector<Sequencer> held;
  for (protocol::LockHeld& lock : asked.held) {
    CO_TRY(const LockMode mode, ModeOf(lock.mode));
    held.emplace_back(std::move(lock.path), mode, static_cast<uint64_t>(lock.number));
  }
  co_return DoneOr(server.Renew(SessionOf(asked.session), held));
}

Task<Result<Response>> CloseSession(LockServer& server, Request request) {
  CO_TRY(const protocol::LockSessionRequest asked, DecodeMessage<protocol::LockSessionRequest>(request.message));
  co_return DoneOr(co_await server.CloseSession(SessionOf(asked.session)));
}

Task<Result<Response>> Create(LockServer& server, Request request) {
  CO_TRY(protocol::LockCreateRequest asked, DecodeMessage<protocol::LockCreateRequest>(request.message));
  if (asked.kind != 0 && asked.kind != 1) co_return common::InvalidArgument("lock service: no such kind of node");
  const auto kind = static_cast<NodeKind>(asked.kind);
  co_return DoneOr(
      co_await server.Create(SessionOf(asked.session), std::move(asked.path), kind, std::move(asked.attributes)));
}

Task<Result<Response>> Remove(LockServer& server, Request request) {
  CO_TRY(protocol::LockNodeRequest asked, DecodeMessage<protocol::LockNodeRequest>(request.message));
  co_return DoneOr(co_await server.Remove(SessionOf(asked.session), std::move(asked.path)));
}

Task<Result<Response>> Read(LockServer& server, Request request) {
  CO_TRY(protocol::LockNodeRequest asked, DecodeMessage<protocol::LockNodeRequest>(request.message));
  CO_TRY(NodeState state, co_await server.Read(SessionOf(asked.session), std::move(asked.path)));
  protocol::LockReadResponse response;
  response.kind = static_cast<int32_t>(state.kind);
  response.owner = static_cast<int64_t>(state.owner.get());
  response.version = static_cast<int64_t>(state.version);
  response.attributes = std::move(state.attributes);
  for (const LockHold& hold : state.holds) {
    protocol::LockHoldState& held = response.holds.emplace_back();
    held.session = static_cast<int64_t>(hold.session.get());
    held.mode = static_cast<int32_t>(hold.mode);
    held.number = static_cast<int64_t>(hold.number);
  }
  co_return Response(EncodeMessage(response));
}

Task<Result<Response>> List(LockServer& server, Request request) {
  CO_TRY(protocol::LockNodeRequest asked, DecodeMessage<protocol::LockNodeRequest>(request.message));
  protocol::LockListResponse response;
  CO_TRY(response.names, co_await server.List(SessionOf(asked.session), std::move(asked.path)));
  co_return Response(EncodeMessage(response));
}

Task<Result<Response>> Write(LockServer& server, Request request) {
  CO_TRY(protocol::LockWriteRequest asked, DecodeMessage<protocol::LockWriteRequest>(request.message));
  std::optional<uint64_t> expected;
  if (asked.__isset.expected_version) expected = static_cast<uint64_t>(asked.expected_version);
  CO_TRY(const uint64_t version,
         co_await server.Write(SessionOf(asked.session), std::move(asked.path), std::move(asked.changes), expected));
  protocol::LockWriteResponse response;
  response.version = static_cast<int64_t>(version);
  co_return Response(EncodeMessage(response));
}

Task<Result<Response>> Acquire(LockServer& server, Executor& executor, CallInfo info, Request request) {
  CO_TRY(protocol::LockAcquireRequest asked, DecodeMessage<protocol::LockAcquireRequest>(request.message));
  CO_TRY(const LockMode mode, ModeOf(asked.mode));
  const Deadline deadline = WaitUntil(info, executor, asked.wait_ns);
  CO_TRY(const Sequencer held, co_await server.Acquire(SessionOf(asked.session), std::move(asked.path), mode, deadline,
                                                       static_cast<uint64_t>(asked.attempt)));
  protocol::LockAcquireResponse response;
  response.number = static_cast<int64_t>(held.number);
  co_return Response(EncodeMessage(response));
}

Task<Result<Response>> Release(LockServer& server, Request request) {
  CO_TRY(protocol::LockReleaseRequest asked, DecodeMessage<protocol::LockReleaseRequest>(request.message));
  co_return DoneOr(
      co_await server.Release(SessionOf(asked.session), std::move(asked.path), static_cast<uint64_t>(asked.attempt)));
}

Task<Result<Response>> CheckSequencer(LockServer& server, Request request) {
  CO_TRY(protocol::LockCheckSequencerRequest asked,
         DecodeMessage<protocol::LockCheckSequencerRequest>(request.message));
  CO_TRY(const LockMode mode, ModeOf(asked.mode));
  Sequencer sequencer(std::move(asked.path), mode, static_cast<uint64_t>(asked.number));
  co_return DoneOr(co_await server.CheckSequencer(SessionOf(asked.session), std::move(sequencer)));
}

Task<Result<Response>> Watch(LockServer& server, Executor& executor, CallInfo info, Request request) {
  CO_TRY(protocol::LockWatchRequest asked, DecodeMessage<protocol::LockWatchRequest>(request.message));
  const LockServer::Moment seen(asked.life, static_cast<uint64_t>(asked.seen));
  const Deadline deadline = WaitUntil(info, executor, asked.wait_ns);
  CO_TRY(const LockServer::Touch touch,
         co_await server.WaitForTouch(SessionOf(asked.session), std::move(asked.path), seen, deadline));
  protocol::LockWatchResponse response;
  response.life = touch.now.life;
  response.seen = static_cast<int64_t>(touch.now.change);
  response.touched = touch.touched;
  co_return Response(EncodeMessage(response));
}

using Method = Task<Result<Response>> (*)(LockServer&, Request);
using WaitingMethod = Task<Result<Response>> (*)(LockServer&, Executor&, CallInfo, Request);

rpc::MethodId NumberOf(LockServiceMethod method) {
  return rpc::MethodId(static_cast<uint16_t>(method));
}

}  // namespace

void ServeLockService(LockServer& lock_server, rpc::RpcServer& rpc_server) {
  const std::pair<LockServiceMethod, Method> methods[] = {{LockServiceMethod::kOpenSession, OpenSession},
                                                          {LockServiceMethod::kRenew, Renew},
                                                          {LockServiceMethod::kCloseSession, CloseSession},
                                                          {LockServiceMethod::kCreate, Create},
                                                          {LockServiceMethod::kRemove, Remove},
                                                          {LockServiceMethod::kRead, Read},
                                                          {LockServiceMethod::kList, List},
                                                          {LockServiceMethod::kWrite, Write},
                                                          {LockServiceMethod::kRelease, Release},
                                                          {LockServiceMethod::kCheckSequencer, CheckSequencer}};
  for (const auto& [number, method] : methods) {
    rpc_server.Register(NumberOf(number), [&lock_server, method](CallInfo, Request request) {
      return method(lock_server, std::move(request));
    });
  }
  const std::pair<LockServiceMethod, WaitingMethod> waiting[] = {{LockServiceMethod::kAcquire, Acquire},
                                                                 {LockServiceMethod::kWatch, Watch}};
  for (const auto& [number, method] : waiting) {
    rpc_server.Register(NumberOf(number), [&lock_server, method](CallInfo info, Request request) {
      return method(lock_server, lock_server.executor(), std::move(info), std::move(request));
    });
  }
}

}  // namespace cellar::lockservice
