#include "lockservice/remote/remote_session.h"

#include <algorithm>
#include <utility>

#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"
#include "lockservice/credentials.h"
#include "protocol/gen/lockservice_types.h"
#include "protocol/message.h"

namespace cellar::lockservice {
namespace {

using protocol::DecodeMessage;
using protocol::EncodeMessage;
using protocol::LockServiceMethod;

/// Asks again and again whether the node was touched since the last answer; the service remembers, so that nothing is
/// missed while the connection is broken.
class RemoteWatch final : public NodeWatch {
 public:
  RemoteWatch(std::shared_ptr<const LockServiceCaller> caller, int64_t session, std::string path)
      : caller_(std::move(caller)), tasks_(caller_->executor()) {
    request_.session = session;
    request_.path = std::move(path);
    request_.wait_ns = caller_->options().max_wait;
    changed().Set();
    tasks_.Spawn(Poll(), "lock service watch");
  }
  ~RemoteWatch() override { tasks_.DestroyAll(); }

 private:
  Task<void> Poll() {
    const Nanos patience = caller_->options().max_wait + caller_->options().call_timeout;
    for (;;) {
      const Deadline deadline = Deadline::After(caller_->clock(), patience);
      const Result<std::string> answer =
          co_await caller_->Call(LockServiceMethod::kWatch, EncodeMessage(request_), deadline);
      const Status status = answer.ok() ? Take(*answer) : answer.status();
      if (status.ok()) continue;
      const bool may_pass =
          status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kTimedOut) || status.Is(StatusCode::kBusy);
      if (!may_pass) break;
      co_await common::SleepFor(caller_->executor(), caller_->options().retry_delay);
    }
    changed().Set();  // The session has ended: whoever looks again is told so.
  }

  Status Take(const std::string& answer) {
    ASSIGN_OR_RETURN(const protocol::LockWatchResponse response, DecodeMessage<protocol::LockWatchResponse>(answer));
    request_.life = response.life;
    request_.seen = response.seen;
    if (response.touched) changed().Set();
    return common::OkStatus();
  }

  const std::shared_ptr<const LockServiceCaller> caller_;
  protocol::LockWatchRequest request_;
  TaskGroup tasks_;
};

bool IsWorthRepeating(const Status& status) {
  return status.Is(StatusCode::kBusy) || status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kTimedOut);
}

}  // namespace

Task<Result<std::string>> LockServiceCaller::Call(LockServiceMethod method, std::string message,
                                                  Deadline deadline) const {
  const rpc::MethodId id(static_cast<uint16_t>(method));
  const rpc::CallOptions options(rpc::Priority::kControl);
  rpc::Request request(std::move(message));
  CO_TRY(rpc::Response response, co_await client_.Call(address_, id, std::move(request), deadline, options));
  co_return std::move(response.message);
}

Task<Result<NodeState>> LockServiceCaller::Read(int64_t session, std::string path) const {
  protocol::LockNodeRequest request;
  request.session = session;
  request.path = std::move(path);
  CO_TRY(const std::string answer, co_await Call(LockServiceMethod::kRead, EncodeMessage(request)));
  CO_TRY(protocol::LockReadResponse response, DecodeMessage<protocol::LockReadResponse>(answer));
  NodeState state;
  state.kind = static_cast<NodeKind>(response.kind);
  state.owner = SessionId(static_cast<uint64_t>(response.owner));
  state.version = static_cast<uint64_t>(response.version);
  state.attributes = std::move(response.attributes);
  for (const protocol::LockHoldState& held : response.holds) {
    LockHold hold;
    hold.session = SessionId(static_cast<uint64_t>(held.session));
    hold.mode = static_cast<LockMode>(held.mode);
    hold.number = static_cast<uint64_t>(held.number);
    state.holds.push_back(hold);
  }
  co_return state;
}

Task<Status> LockServiceCaller::CloseSession(int64_t session) const {
  protocol::LockSessionRequest request;
  request.session = session;
  const Result<std::string> answer = co_await Call(LockServiceMethod::kCloseSession, EncodeMessage(request));
  co_return answer.status();
}

RemoteSession::RemoteSession(std::shared_ptr<const LockServiceCaller> caller, SessionId id, Nanos lease,
                             Nanos opened_at)
    : LockSession(id, caller->clock(), lease), caller_(std::move(caller)) {
  mutable_lease().Extend(opened_at);
}

Result<std::string> RemoteSession::Heed(Result<std::string> answer) {
  if (answer.status().Is(StatusCode::kFenced)) MarkEnded();
  return answer;
}

Task<Status> RemoteSession::RenewHolding(std::vector<Sequencer> held, Deadline deadline) {
  protocol::LockRenewRequest request;
  request.session = number();
  for (Sequencer& sequencer : held) {
    protocol::LockHeld& lock = request.held.emplace_back();
    lock.path = std::move(sequencer.path);
    lock.mode = static_cast<int32_t>(sequencer.mode);
    lock.number = static_cast<int64_t>(sequencer.number);
  }
  const Nanos sent_at = caller_->clock().BootNow();
  const FaultPoints* faults = caller_->options().faults;
  if (faults != nullptr && faults->Planted(Defect::kRenewalByPing)) {
    const Result<NodeState> pong = co_await caller_->Read(0, "/");
    if (pong.ok()) mutable_lease().Extend(sent_at);
    co_return pong.status();
  }
  if (faults != nullptr && faults->Planted(Defect::kRenewalWithoutHolds)) request.held.clear();
  const Result<std::string> answer =
      Heed(co_await caller_->Call(LockServiceMethod::kRenew, EncodeMessage(request), deadline));
  if (answer.ok()) mutable_lease().Extend(sent_at);
  co_return answer.status();
}

Task<Status> RemoteSession::Close() {
  const Status closed = co_await caller_->CloseSession(number());
  if (closed.ok() || closed.Is(StatusCode::kFenced)) MarkEnded();
  co_return closed;
}

std::string RemoteSession::credentials() const {
  return CredentialsOf(id());
}

Task<Status> RemoteSession::Create(std::string path, NodeKind kind, Attributes attributes) {
  protocol::LockCreateRequest request;
  request.session = number();
  request.path = std::move(path);
  request.kind = static_cast<int32_t>(kind);
  request.attributes = std::move(attributes);
  const Result<std::string> answer = Heed(co_await caller_->Call(LockServiceMethod::kCreate, EncodeMessage(request)));
  co_return answer.status();
}

Task<Status> RemoteSession::RemoveNode(std::string path) {
  protocol::LockNodeRequest request;
  request.session = number();
  request.path = std::move(path);
  const Result<std::string> answer = Heed(co_await caller_->Call(LockServiceMethod::kRemove, EncodeMessage(request)));
  co_return answer.status();
}

Task<Status> RemoteSession::ReleaseLock(std::string path) {
  return ReleaseAttempt(std::move(path), last_attempt_);
}

Task<Status> RemoteSession::ReleaseAttempt(std::string path, int64_t attempt) {
  protocol::LockReleaseRequest request;
  request.session = number();
  request.path = std::move(path);
  request.attempt = attempt;
  const Result<std::string> answer = Heed(co_await caller_->Call(LockServiceMethod::kRelease, EncodeMessage(request)));
  co_return answer.status();
}

Task<Result<NodeState>> RemoteSession::Read(std::string path) {
  Result<NodeState> state = co_await caller_->Read(number(), std::move(path));
  if (state.status().Is(StatusCode::kFenced)) MarkEnded();
  co_return state;
}

Task<Result<std::vector<std::string>>> RemoteSession::List(std::string path) {
  protocol::LockNodeRequest request;
  request.session = number();
  request.path = std::move(path);
  CO_TRY(const std::string answer, Heed(co_await caller_->Call(LockServiceMethod::kList, EncodeMessage(request))));
  CO_TRY(protocol::LockListResponse response, DecodeMessage<protocol::LockListResponse>(answer));
  co_return std::move(response.names);
}

Task<Result<uint64_t>> RemoteSession::Write(std::string path, Attributes changes, std::optional<uint64_t> expected) {
  protocol::LockWriteRequest request;
  request.session = number();
  request.path = std::move(path);
  request.changes = std::move(changes);
  if (expected) request.__set_expected_version(static_cast<int64_t>(*expected));
  CO_TRY(const std::string answer, Heed(co_await caller_->Call(LockServiceMethod::kWrite, EncodeMessage(request))));
  CO_TRY(const protocol::LockWriteResponse response, DecodeMessage<protocol::LockWriteResponse>(answer));
  co_return static_cast<uint64_t>(response.version);
}

/// Waits at the server in pieces, so that a lost answer costs one piece; acquiring twice is acquiring once.
Task<Result<Sequencer>> RemoteSession::AcquireLock(std::string path, LockMode mode, Deadline deadline) {
  const int64_t attempt = ++last_attempt_;
  bool may_be_granted_yet = false;
  for (;;) {
    const Nanos wait = std::min(deadline.Remaining(caller_->clock()), caller_->options().max_wait);
    const Result<Sequencer> held = co_await TryAcquire(path, mode, wait, attempt);
    if (held.ok() || !IsWorthRepeating(held.status())) co_return held;
    may_be_granted_yet = may_be_granted_yet || held.status().Is(StatusCode::kTimedOut);
    if (deadline.Expired(caller_->clock())) {
      // A request that is still on its way must not acquire for nobody.
      if (may_be_granted_yet) (void)co_await ReleaseAttempt(path, attempt);
      co_return held;
    }
    if (held.status().Is(StatusCode::kBusy)) continue;
    co_await common::SleepFor(caller_->executor(), caller_->options().retry_delay);
  }
}

Task<Result<Sequencer>> RemoteSession::TryAcquire(std::string path, LockMode mode, Nanos wait, int64_t attempt) {
  protocol::LockAcquireRequest request;
  request.session = number();
  request.path = path;
  request.mode = static_cast<int32_t>(mode);
  request.wait_ns = wait;
  request.attempt = attempt;
  const Deadline patience = Deadline::After(caller_->clock(), wait + caller_->options().call_timeout);
  CO_TRY(const std::string answer,
         Heed(co_await caller_->Call(LockServiceMethod::kAcquire, EncodeMessage(request), patience)));
  CO_TRY(const protocol::LockAcquireResponse response, DecodeMessage<protocol::LockAcquireResponse>(answer));
  co_return Sequencer(std::move(path), mode, static_cast<uint64_t>(response.number));
}

Task<Status> RemoteSession::CheckSequencer(Sequencer sequencer) {
  protocol::LockCheckSequencerRequest request;
  request.session = number();
  request.path = std::move(sequencer.path);
  request.mode = static_cast<int32_t>(sequencer.mode);
  request.number = static_cast<int64_t>(sequencer.number);
  // kFenced is the sequencer's end here, not the session's.
  const Result<std::string> answer = co_await caller_->Call(LockServiceMethod::kCheckSequencer, EncodeMessage(request));
  co_return answer.status();
}

std::unique_ptr<NodeWatch> RemoteSession::Watch(std::string path) {
  return std::make_unique<RemoteWatch>(caller_, number(), std::move(path));
}

}  // namespace cellar::lockservice
