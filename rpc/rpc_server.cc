#include "rpc/rpc_server.h"

#include <algorithm>

#include "common/concurrency/sleep.h"
#include "common/concurrency/with_deadline.h"
#include "rpc/frame_header.h"

namespace cellar::rpc {
namespace {

/// A request costs the server more than its bytes; this bounds many empty ones by the same budget.
constexpr uint64_t kRequestOverheadBytes = 256;

/// How long a refused peer has to read why, and a stopping server to write its last answers.
constexpr Nanos kLinger = kSecond;
constexpr Nanos kLingerStep = kMillisecond;

Frame AnswerFrame(FrameKind kind, const Frame& request, const Status& status) {
  Frame frame;
  frame.kind = kind;
  frame.priority = request.priority;
  frame.call_id = request.call_id;
  frame.trace_id = request.trace_id;
  frame.method_or_code = static_cast<uint16_t>(status.code());
  frame.deadline_or_detail = static_cast<uint32_t>(status.detail());
  frame.message = std::string(status.message());
  return frame;
}

// The gate is the server's own, and outlives what the server awaits.
Task<Status> DrainGate(Gate& gate) {
  co_await gate.CloseAndDrain();
  co_return Status();
}

}  // namespace

RpcServer::RpcServer(Executor& executor, Transport& transport, RpcServerOptions options)
    : executor_(executor), transport_(transport), options_(std::move(options)), tasks_(executor) {}

RpcServer::~RpcServer() = default;

void RpcServer::Register(MethodId method, Handler handler) {
  CHECK(listener_ == nullptr);
  CHECK(handlers_.emplace(method, std::move(handler)).second);
}

Status RpcServer::Start(const Address& address) {
  ASSIGN_OR_RETURN(listener_, transport_.Listen(address));
  tasks_.Spawn(AcceptConnections(), "rpc accept");
  return Status();
}

Address RpcServer::address() const {
  CHECK(listener_ != nullptr);
  return listener_->address();
}

Task<void> RpcServer::Stop(Deadline deadline) {
  if (listener_ != nullptr) listener_->Close();
  calls_.Close();
  const Status drained = co_await WithDeadline(deadline, DrainGate(calls_));
  co_await WriteLastAnswers(Earliest(deadline, Deadline::After(executor_.clock(), kLinger)));
  // Handlers that are not done by now cannot be killed, only no longer be listened to.
  const Status why = drained.ok() ? common::Unavailable("the server has stopped") : drained;
  for (auto& [number, peer] : peers_) peer->connection->Close(why);
  co_await tasks_.Join();
}

Task<void> RpcServer::WriteLastAnswers(Deadline deadline) {
  while (!deadline.Expired(executor_.clock())) {
    const bool done = std::all_of(peers_.begin(), peers_.end(),
                                  [](const auto& entry) { return entry.second->connection->queued_bytes() == 0; });
    if (done) co_return;
    co_await SleepFor(executor_, kLingerStep);
  }
}

RpcServerStats RpcServer::stats() const {
  RpcServerStats stats = stats_;
  stats.connections = peers_.size();
  stats.half_open = half_open_;
  return stats;
}

Task<void> RpcServer::AcceptConnections() {
  while (true) {
    Result<std::unique_ptr<Connection>> accepted = co_await listener_->Accept();
    if (!accepted.ok()) co_return;
    ++stats_.accepted;
    if (peers_.size() >= options_.max_connections) {
      ++stats_.refused_connections;
      continue;  // destroying it closes it
    }
    if (half_open_ >= options_.max_half_open) DropOldestHalfOpen();
    auto peer = std::make_shared<Peer>(std::move(*accepted), options_.max_bytes_per_connection + kRequestOverheadBytes);
    tasks_.Spawn(Serve(std::move(peer)), "rpc connection");
  }
}

void RpcServer::DropOldestHalfOpen() {
  for (const auto& [number, peer] : peers_) {
    if (peer->greeted || peer->gone) continue;
    ++stats_.refused_connections;
    peer->gone = true;
    peer->connection->Close(common::Unavailable("it said no hello, and others want in"));
    return;
  }
}

Task<void> RpcServer::Serve(std::shared_ptr<Peer> peer) {
  const uint64_t number = ++last_peer_;
  peers_.emplace(number, peer);
  ++half_open_;
  const Status greeted = co_await Greet(*peer);
  --half_open_;
  peer->greeted = true;
  if (!greeted.ok()) ++stats_.refused_greetings;
  while (greeted.ok()) {
    Result<Frame> frame = co_await peer->connection->Receive(Deadline::Infinite());
    if (!frame.ok()) break;
    if (frame->kind == FrameKind::kPing) {
      AnswerPing(*peer);
      continue;
    }
    if (frame->kind != FrameKind::kRequest) break;
    TakeRequest(peer, std::move(*frame));
  }
  peer->gone = true;
  peer->connection->Close(Status());
  peers_.erase(number);
}

Task<Status> RpcServer::Greet(Peer& peer) {
  const Deadline deadline = Deadline::After(executor_.clock(), options_.hello_timeout);
  CO_TRY(Frame frame, co_await peer.connection->Receive(deadline));
  if (frame.kind != FrameKind::kHello) co_return common::Corruption("the first frame is not a hello");
  CO_TRY(Hello hello, Hello::Decode(frame.message));
  Welcome welcome;
  Status admitted = Admit(hello, &welcome);
  Frame answer = AnswerFrame(FrameKind::kWelcome, frame, admitted);
  if (admitted.ok()) {
    answer.message = welcome.Encode();
    peer.principal = welcome.principal;
    peer.connection->SetLimits(ConnectionLimits::AfterHello());
  }
  CO_RETURN_IF_ERROR(peer.connection->Send(std::move(answer)));
  if (!admitted.ok()) {  // closing at once could take the answer back
    const Result<Frame> ignored = co_await peer.connection->Receive(Deadline::After(executor_.clock(), kLinger));
  }
  co_return admitted;
}

Status RpcServer::Admit(const Hello& hello, Welcome* welcome) const {
  *welcome = options_.identity;
  const ClusterId& ours = options_.identity.cluster;
  if (!ours.is_none() && !hello.cluster.is_none() && hello.cluster != ours) {
    return common::InvalidArgument("this is cluster " + ours.ToString() + ", not " + hello.cluster.ToString());
  }
  if (hello.max_protocol < kMinProtocol || hello.min_protocol > kMaxProtocol) {
    return common::Unsupported("protocols " + std::to_string(hello.min_protocol) + " to " +
                               std::to_string(hello.max_protocol) + " are not spoken here");
  }
  if (hello.mechanism != "none") return common::Unsupported("authentication mechanism '" + hello.mechanism + "'");
  welcome->protocol = std::min(hello.max_protocol, kMaxProtocol);
  welcome->features &= hello.features;
  welcome->principal = "anonymous";
  return Status();
}

void RpcServer::TakeRequest(const std::shared_ptr<Peer>& peer, Frame frame) {
  Gate::Pass pass = calls_.TryEnter();
  if (!pass) {
    Answer(*peer, frame, common::Unavailable("the server is stopping"));
    return;
  }
  // TryAcquire refuses what exceeds the whole, too.
  Semaphore::Permit bytes = peer->request_bytes.TryAcquire(frame.size_bytes() + kRequestOverheadBytes);
  if (calls_.inside() > options_.max_calls || !bytes) {
    ++stats_.busy_answers;
    Answer(*peer, frame, common::Busy("too many requests under way"));
    return;
  }
  ++stats_.calls;
  tasks_.Spawn(RunCall(peer, std::move(frame), std::move(pass), std::move(bytes)), "rpc call");
}

Task<void> RpcServer::RunCall(std::shared_ptr<Peer> peer, Frame frame, Gate::Pass pass, Semaphore::Permit bytes) {
  const Nanos start = executor_.clock().MonotonicNow();
  Frame reply_to;  // what the answer needs of the request, whose bytes go to the handler
  reply_to.priority = frame.priority;
  reply_to.call_id = frame.call_id;
  reply_to.trace_id = frame.trace_id;
  reply_to.method_or_code = frame.method_or_code;
  CallRecord record;
  record.method = MethodId(frame.method_or_code);
  record.request_bytes = frame.size_bytes();

  Result<Response> result = co_await Dispatch(*peer, std::move(frame));
  if (result.ok() && (result->message.size() > kMaxMessageBytes ||
                      result->message.size() + result->attachment.size() > kMaxFrameBytes)) {
    result = common::InvalidArgument("the answer exceeds the frame limit");
  }
  if (hook_) {
    record.status = result.status();
    record.duration = executor_.clock().MonotonicNow() - start;
    if (result.ok()) record.response_bytes = result->message.size() + result->attachment.size();
    hook_(record);
  }
  Answer(*peer, reply_to, std::move(result));
  bytes.Release();
  pass.Leave();
}

Task<Result<Response>> RpcServer::Dispatch(const Peer& peer, Frame frame) {
  const auto found = handlers_.find(MethodId(frame.method_or_code));
  if (found == handlers_.end()) {
    co_return common::Unsupported("method " + std::to_string(frame.method_or_code) + " is not served here");
  }
  CallInfo info;
  info.method = found->first;
  info.principal = peer.principal;
  info.trace_id = frame.trace_id;
  info.peer = peer.connection->peer();
  info.priority = frame.priority;
  if (frame.deadline_or_detail != 0) {
    info.deadline = Deadline(frame.received_at + frame.deadline_or_detail * kMillisecond);
  }
  if (info.deadline.Expired(executor_.clock())) {
    ++stats_.expired_calls;
    co_return common::TimedOut("deadline passed before the call was started");
  }
  Request request(std::move(frame.message), std::move(frame.attachment));
  co_return co_await found->second(std::move(info), std::move(request));
}

void RpcServer::AnswerPing(Peer& peer) {
  ++stats_.pings;
  Frame pong;
  pong.kind = FrameKind::kPong;
  pong.priority = Priority::kControl;
  SendOrCutOff(peer, std::move(pong));
}

void RpcServer::Answer(Peer& peer, const Frame& request, Result<Response> result) {
  if (peer.gone) return;
  Frame frame = AnswerFrame(FrameKind::kResponse, request, result.status());
  if (result.ok()) {
    frame.message = std::move(result->message);
    frame.attachment = std::move(result->attachment);
  }
  SendOrCutOff(peer, std::move(frame));
}

/// A peer that does not take its answers is cut off: the queue would grow without end.
void RpcServer::SendOrCutOff(Peer& peer, Frame frame) {
  const Status sent = peer.connection->Send(std::move(frame));
  if (!sent.ok()) peer.connection->Close(common::Busy("slow reader"));
}

}  // namespace cellar::rpc
