#pragma once

#include <utility>

#include "common/base/status.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/task.h"
#include "common/random/random.h"

namespace cellar::client {

/// The error may be gone after a wait and a fresh look at who serves what: the range moves, a server restarts, is full
/// for a while, or did not answer (then the outcome is unknown).
inline bool IsWorthAnotherTry(const Status& status) {
  return status.Is(StatusCode::kNotOwner) || status.Is(StatusCode::kBusy) || status.Is(StatusCode::kUnavailable) ||
         status.Is(StatusCode::kTimedOut);
}

/// Of one try of an operation that has until `whole`: what a server loses or is stuck with costs a try and not the
/// operation. Every server answers within this, with what it has by then. One that went without a word is left sooner,
/// by the connection (rpc::RpcClientOptions::ping_timeout), and looked for again.
inline constexpr Nanos kLongestTry = 10 * kSecond;
inline Deadline TryDeadline(const Clock& clock, Deadline whole) {
  return Earliest(whole, Deadline::After(clock, kLongestTry));
}

/// The state of a server's files, which may pass. It is told at once, but not to one who must still learn what became
/// of an earlier try.
inline bool IsStateOfFiles(const Status& failure) {
  return failure.Is(StatusCode::kNoSpace) || failure.Is(StatusCode::kIoError) || failure.Is(StatusCode::kCorruption);
}

/// Of a lookup that something waits to be sent for: without an answer it says nothing about what was to be sent.
inline Status FailureOfLookup(Status failure) {
  return failure.Is(StatusCode::kTimedOut) ? common::Unavailable(failure.ToString()) : std::move(failure);
}

/// For who does not know what became of a try, whatever refused the next one.
inline Status OutcomeUnknown(const Status& cause) {
  return common::TimedOut("outcome unknown: " + cause.ToString());
}

/// Waits between tries: 5 ms at first, doubling to one second, each drawn from its upper half, so that clients that
/// failed together do not come back together.
class Backoff {
 public:
  explicit Backoff(Random& random) : random_(random) {}

  /// Waits. False, at once, when the wait would end behind the deadline.
  Task<bool> Wait(Executor& executor, Deadline deadline) {
    const Nanos delay = next_ / 2 + static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(next_ / 2)));
    next_ = next_ * 2 < kLongest ? next_ * 2 : kLongest;
    if (deadline.Remaining(executor.clock()) <= delay) co_return false;
    co_await common::SleepFor(executor, delay);
    co_return true;
  }

 private:
  static constexpr Nanos kShortest = 5 * kMillisecond;
  static constexpr Nanos kLongest = kSecond;

  Random& random_;
  Nanos next_ = kShortest;
};

}  // namespace cellar::client
