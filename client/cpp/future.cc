#include "client/cpp/include/future.h"

#include <utility>

#include "client/cpp/future_flow.h"
#include "client/cpp/include/client.h"
#include "client/cpp/index_scan.h"
#include "common/concurrency/block_on.h"

namespace cellar::client {
namespace {

constexpr Nanos kBlockTimeout = 60 * kSecond;
constexpr int32_t kRequestTimeout = 4;  // docs/reference/errors.md
constexpr int32_t kCancelledCode = 33;

Status CancelledFuture() {
  return common::Cancelled("the future was cancelled").WithDetail(kCancelledCode);
}

}  // namespace

// ---- On the loop

void FutureFlow::StartScan(std::unique_ptr<BlockSource> stream, std::shared_ptr<void> source,
                           std::shared_ptr<bool> cancelled) {
  ++outstanding_;
  tasks_.Spawn(RunScan(std::move(stream), std::move(source), std::move(cancelled)), "scan of a future");
}

Task<void> FutureFlow::RunScan(std::unique_ptr<BlockSource> stream, std::shared_ptr<void> source,
                               std::shared_ptr<bool> cancelled) {
  bool goes_on = true;
  while (goes_on && !cancelled_ && !*cancelled) {
    auto block = co_await stream->Next(Deadline::After(core_.executor().clock(), kBlockTimeout));
    FutureResult result;
    result.kind = FutureResult::Kind::kBlock;
    result.source = source;
    goes_on = block.ok() && block->has_value();
    if (goes_on) {
      result.block = std::move(**block);
      result.schema = stream->schema();
      result.size_bytes = result.block.size();
    } else {
      result.status = block.status();
    }
    const bool wanted = co_await Push(std::move(result), cancelled);
    goes_on = goes_on && wanted;
  }
  --outstanding_;
  changed_.WakeAll();
  co_await stream->Close(Deadline::After(core_.executor().clock(), kBlockTimeout));
}

Task<bool> FutureFlow::Push(FutureResult result, std::shared_ptr<bool> cancelled) {
  while (is_full() && !ready_.empty() && !cancelled_ && !*cancelled) co_await changed_.Wait();
  if (cancelled_ || *cancelled) co_return false;
  ready_bytes_ += result.size_bytes;
  ready_.push_back(std::move(result));
  changed_.WakeAll();
  co_return true;
}

void FutureFlow::Deliver(FutureResult result) {
  --outstanding_;
  if (!cancelled_) ready_.push_back(std::move(result));
  changed_.WakeAll();
}

Task<Result<FutureResult>> FutureFlow::Next(Deadline deadline) {
  while (ready_.empty() && outstanding_ > 0 && !cancelled_) {
    const bool woken = co_await changed_.WaitUntil(deadline);
    if (!woken) co_return common::TimedOut("no result came in time").WithDetail(kRequestTimeout);
  }
  FutureResult result;
  if (ready_.empty() || cancelled_) co_return result;
  result = std::move(ready_.front());
  ready_.pop_front();
  ready_bytes_ -= result.size_bytes;
  changed_.WakeAll();
  co_return result;
}

void FutureFlow::CallBack(Deadline deadline, UniqueFunction<void(Result<FutureResult>)> done) {
  tasks_.Spawn(Answer(deadline, std::move(done)), "future's next result");
}

Task<void> FutureFlow::Answer(Deadline deadline, UniqueFunction<void(Result<FutureResult>)> done) {
  auto result = co_await Next(deadline);
  done(std::move(result));
}

void FutureFlow::Cancel() {
  cancelled_ = true;
  ready_.clear();
  ready_bytes_ = 0;
  changed_.WakeAll();
}

Task<void> FutureFlow::Close() {
  Cancel();
  co_await tasks_.Join();
}

// ---- From other threads

Future::Future(ClientCore& core, size_t capacity_bytes)
    : core_(core), flow_(std::make_unique<FutureFlow>(core, capacity_bytes)) {}

std::shared_ptr<Future> Future::Create(Client& client, size_t capacity_bytes) {
  return std::shared_ptr<Future>(new Future(client.core(), capacity_bytes));
}

Future::~Future() {
  common::BlockOn(core_.executor(), flow_->Close());
}

namespace {

template <typename Look>
Task<bool> LookOnLoop(Look look) {
  co_return look();
}

}  // namespace

template <typename Look>
bool Future::Ask(Look look) {
  return common::BlockOn(core_.executor(), LookOnLoop(std::move(look)));
}

Result<std::shared_ptr<Future::Scan>> Future::StartScan(const std::shared_ptr<Table>& table, model::ScanSpec spec,
                                                        std::shared_ptr<void> source) {
  RETURN_IF_ERROR(spec.Check());
  auto scan = std::make_shared<Scan>();
  scan->future_ = shared_from_this();
  scan->cancelled_ = std::make_shared<bool>(false);
  auto stream = OpenScan(core_, table->id(), table->schema(), std::move(spec), scan->cancelled_);
  FutureFlow& flow = *flow_;
  const bool started = Ask([&flow, &stream, &source, &scan] {
    if (flow.is_cancelled()) return false;
    flow.StartScan(std::move(stream), std::move(source), scan->cancelled_);
    return true;
  });
  if (!started) return CancelledFuture();
  return scan;
}

void Future::Scan::Cancel() {
  FutureFlow& flow = *future_->flow_;
  future_->Ask([&flow, cancelled = cancelled_] {
    *cancelled = true;
    flow.Wake();
    return true;
  });
}

Status Future::Expect() {
  FutureFlow& flow = *flow_;
  const bool taken = Ask([&flow] {
    if (flow.is_cancelled()) return false;
    flow.Expect();
    return true;
  });
  return taken ? Status() : CancelledFuture();
}

void Future::Deliver(std::shared_ptr<void> source, std::shared_ptr<void> contents) {
  FutureResult result;
  result.kind = FutureResult::Kind::kOther;
  result.source = std::move(source);
  result.contents = std::move(contents);
  FutureFlow& flow = *flow_;
  Ask([&flow, &result] {
    flow.Deliver(std::move(result));
    return true;
  });
}

namespace {

Deadline DeadlineOf(const Clock& clock, Nanos timeout) {
  return timeout <= 0 ? Deadline::Infinite() : Deadline::After(clock, timeout);
}

}  // namespace

void Future::NextLater(Nanos timeout, UniqueFunction<void(Result<FutureResult>)> done) {
  const Deadline deadline = DeadlineOf(core_.executor().clock(), timeout);
  FutureFlow& flow = *flow_;
  Ask([&flow, deadline, &done] {
    flow.CallBack(deadline, std::move(done));
    return true;
  });
}

Result<FutureResult> Future::Next(Nanos timeout) {
  return common::BlockOn(core_.executor(), flow_->Next(DeadlineOf(core_.executor().clock(), timeout)));
}

void Future::Cancel() {
  FutureFlow& flow = *flow_;
  Ask([&flow] {
    flow.Cancel();
    return true;
  });
}

bool Future::IsEmpty() {
  return Ask([&flow = *flow_] { return flow.is_empty(); });
}
bool Future::IsFull() {
  return Ask([&flow = *flow_] { return flow.is_full(); });
}
bool Future::IsCancelled() {
  return Ask([&flow = *flow_] { return flow.is_cancelled(); });
}
bool Future::HasOutstanding() {
  return Ask([&flow = *flow_] { return flow.has_outstanding(); });
}

}  // namespace cellar::client
