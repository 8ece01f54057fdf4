#include "rpc/channel.h"

#include <algorithm>

#include "rpc/rpc_client.h"

namespace cellar::rpc {
namespace {

constexpr int kStepsOfSilence = 3;

uint32_t MillisLeft(const Clock& clock, Deadline deadline) {
  if (deadline.is_infinite()) return 0;
  const Nanos rounded_up = (deadline.Remaining(clock) + kMillisecond - 1) / kMillisecond;
  return static_cast<uint32_t>(std::clamp<Nanos>(rounded_up, 1, UINT32_MAX));
}

Frame RequestFrame(uint64_t call_id, MethodId method, Request request, uint32_t millis_left, CallOptions options) {
  Frame frame;
  frame.kind = FrameKind::kRequest;
  frame.priority = options.priority;
  frame.call_id = call_id;
  frame.trace_id = options.trace_id;
  frame.method_or_code = method.get();
  frame.deadline_or_detail = millis_left;
  frame.message = std::move(request.message);
  frame.attachment = std::move(request.attachment);
  return frame;
}

/// The status that a response or a welcome carries; its message is the text.
Status StatusOf(const Frame& frame) {
  if (frame.method_or_code == 0) return Status();
  const bool known = frame.method_or_code <= static_cast<uint16_t>(StatusCode::kCancelled);
  const auto code = known ? static_cast<StatusCode>(frame.method_or_code) : StatusCode::kUnsupported;
  return Status(code, frame.message, static_cast<int32_t>(frame.deadline_or_detail));
}

}  // namespace

Channel::Channel(Executor& executor, Transport& transport, Random& random, const RpcClientOptions& options,
                 Address address)
    : executor_(executor),
      transport_(transport),
      random_(random),
      options_(options),
      address_(std::move(address)),
      tasks_(executor) {}

Channel::~Channel() = default;

Task<Result<Response>> Channel::Call(MethodId method, Request request, Deadline deadline, CallOptions options) {
  CO_TRY(std::shared_ptr<Link> link, co_await Connected(deadline));
  if (link->calls.size() >= options_.max_calls_per_channel) {
    co_return common::Busy("too many unanswered calls to " + address_.ToString());
  }
  const Clock& clock = executor_.clock();
  if (deadline.Expired(clock)) co_return common::Unavailable("deadline passed before the request was sent");

  const uint64_t call_id = ++last_call_id_;
  const Nanos sent_at = clock.MonotonicNow();
  Frame frame = RequestFrame(call_id, method, std::move(request), MillisLeft(clock, deadline), options);
  Status sent = link->connection->Send(std::move(frame));
  if (!sent.ok()) co_return std::move(sent).WithContext("call to " + address_.ToString());

  if (link->asked_at <= link->connection->last_heard()) link->asked_at = sent_at;
  PendingCall call(link, call_id);
  if (link->answers_pings && !link->watched) tasks_.Spawn(Watch(link), "rpc silence");
  const bool answered = co_await call.answered.WaitUntil(deadline);
  if (answered) co_return std::move(*call.result);
  // Of a peer that cannot be pinged this is all there is: nothing came since the request went.
  if (!link->answers_pings && link->connection->last_heard() <= sent_at) {
    Break(*link, common::TimedOut("no sign of life"));
  }
  co_return common::TimedOut("no answer from " + address_.ToString() + " before the deadline");
}

/// Waits for a connection and makes one if there is none. Fails with the attempt that it waited for.
Task<Result<std::shared_ptr<Channel::Link>>> Channel::Connected(Deadline deadline) {
  const uint64_t failed_before = failed_attempts_;
  while (true) {
    if (stopped_) co_return common::Cancelled("rpc client is stopped");
    if (link_ != nullptr) co_return link_;
    if (failed_attempts_ > failed_before) co_return last_failure_;
    if (!connecting_) {
      connecting_ = true;
      tasks_.Spawn(Connect(), "rpc connect");
      continue;  // it may have succeeded at once
    }
    const bool in_time = co_await changed_.WaitUntil(deadline);
    if (!in_time) co_return common::Unavailable("no connection to " + address_.ToString() + " before the deadline");
  }
}

Task<void> Channel::Connect() {
  if (executor_.clock().MonotonicNow() < next_attempt_) co_await stopping_.WaitUntil(Deadline(next_attempt_));
  if (!stopped_) {
    Result<std::shared_ptr<Link>> link = co_await Greet();
    if (link.ok() && !stopped_) {
      failures_in_a_row_ = 0;
      fell_silent_ = false;
      link_ = std::move(*link);
      tasks_.Spawn(ReceiveAnswers(link_), "rpc answers");
    } else if (!link.ok()) {
      ++failed_attempts_;
      last_failure_ = common::Unavailable(address_.ToString() + ": " + link.status().ToString());
      next_attempt_ = executor_.clock().MonotonicNow() + NextBackoff();
    }
  }
  connecting_ = false;
  changed_.WakeAll();
}

/// Opens a connection and says hello.
Task<Result<std::shared_ptr<Channel::Link>>> Channel::Greet() {
  const Deadline deadline = Deadline::After(executor_.clock(), ConnectTimeout());
  CO_TRY(std::unique_ptr<Connection> connection, co_await transport_.Connect(address_, deadline));
  Frame hello;
  hello.kind = FrameKind::kHello;
  hello.priority = Priority::kControl;
  hello.message = options_.hello.Encode();
  CO_RETURN_IF_ERROR(connection->Send(std::move(hello)));
  CO_TRY(Frame answer, co_await connection->Receive(deadline));
  if (answer.kind != FrameKind::kWelcome) co_return common::Corruption("no welcome from the peer");
  CO_RETURN_IF_ERROR(StatusOf(answer));
  CO_TRY(Welcome welcome, Welcome::Decode(answer.message));
  const ClusterId& expected = options_.hello.cluster;
  if (!expected.is_none() && !welcome.cluster.is_none() && welcome.cluster != expected) {
    co_return common::InvalidArgument("the peer belongs to cluster " + welcome.cluster.ToString());
  }
  connection->SetLimits(ConnectionLimits::AfterHello());
  const bool pings = (welcome.features & options_.hello.features & kFeaturePing) != 0;
  co_return std::make_shared<Link>(std::move(connection), pings);
}

Task<void> Channel::ReceiveAnswers(std::shared_ptr<Link> link) {
  while (true) {
    Result<Frame> frame = co_await link->connection->Receive(Deadline::Infinite());
    if (!frame.ok()) {
      Break(*link, frame.status());
      co_return;
    }
    TakeAnswer(*link, std::move(*frame));
  }
}

/// As long as calls wait on the link: pings the peer when it is silent, and leaves it when it stays so.
Task<void> Channel::Watch(std::shared_ptr<Link> link) {
  const Clock& clock = executor_.clock();
  link->watched = true;
  while (!link->broken && !link->calls.empty()) {
    const Nanos silent_since = std::max(link->connection->last_heard(), link->asked_at);
    const Deadline bearable(silent_since + options_.ping_after);
    if (!bearable.Expired(clock)) {
      co_await link->ended.WaitUntil(bearable);
      continue;
    }
    if (co_await IsAlive(link)) continue;
    fell_silent_ = true;
    const Nanos silent_for = clock.MonotonicNow() - silent_since;
    Break(*link, common::TimedOut("silent for " + std::to_string(silent_for / kMillisecond) + " ms"));
  }
  link->watched = false;
}

/// Pings the peer. False when nothing is heard of it for ping_timeout.
Task<bool> Channel::IsAlive(std::shared_ptr<Link> link) {
  const Nanos pinged_at = executor_.clock().MonotonicNow();
  Frame ping;
  ping.kind = FrameKind::kPing;
  ping.priority = Priority::kControl;
  // When the queue has no room even for this, the peer takes nothing: then this is as good as a ping without answer.
  (void)link->connection->Send(std::move(ping));
  // In steps: if this process itself stood still for long, it has lost one, and looks at what came meanwhile.
  for (int step = 0; step < kStepsOfSilence; ++step) {
    const Deadline next = Deadline::After(executor_.clock(), options_.ping_timeout / kStepsOfSilence);
    co_await link->ended.WaitUntil(next);
    if (link->broken || link->connection->last_heard() > pinged_at) co_return true;
  }
  co_return false;
}

void Channel::TakeAnswer(Link& link, Frame frame) {
  if (frame.kind != FrameKind::kResponse) return;
  const auto found = link.calls.find(frame.call_id);
  if (found == link.calls.end()) return;  // too late, or sent twice
  PendingCall& call = *found->second;
  link.calls.erase(found);
  Status status = StatusOf(frame);
  if (status.ok()) {
    call.result.emplace(Response(std::move(frame.message), std::move(frame.attachment)));
  } else {
    call.result.emplace(std::move(status));
  }
  call.answered.Set();
}

/// Ends a link: its calls' outcomes are unknown.
void Channel::Break(Link& link, const Status& why) {
  if (link.broken) return;
  link.broken = true;
  link.ended.Set();
  if (link_.get() == &link) link_.reset();
  link.connection->Close(why);
  for (auto& [call_id, call] : link.calls) {
    if (why.Is(StatusCode::kCancelled)) {
      call->result.emplace(why);
    } else {
      call->result.emplace(
          common::TimedOut("connection to " + address_.ToString() + " broke, outcome unknown: " + why.ToString()));
    }
    call->answered.Set();
  }
  link.calls.clear();
}

/// Whoever waits for a silent peer would do better to look whether another one took its place.
Nanos Channel::ConnectTimeout() const {
  if (!fell_silent_) return options_.connect_timeout;
  const uint64_t doublings = std::min<uint64_t>(failures_in_a_row_, 20);
  return std::min(options_.connect_timeout, options_.reconnect_timeout << doublings);
}

Nanos Channel::NextBackoff() {
  const uint64_t doublings = std::min<uint64_t>(failures_in_a_row_++, 20);
  const Nanos backoff = std::min(options_.max_backoff, options_.min_backoff << doublings);
  return backoff / 2 + static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(backoff / 2) + 1));
}

Task<void> Channel::Stop() {
  stopped_ = true;
  stopping_.Set();
  changed_.WakeAll();
  if (const std::shared_ptr<Link> link = link_) Break(*link, common::Cancelled("rpc client is stopped"));
  co_await tasks_.Join();
}

}  // namespace cellar::rpc
