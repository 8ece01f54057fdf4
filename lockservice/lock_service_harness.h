#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/concurrency/task_group.h"
#include "lockservice/lease_renewer.h"
#include "lockservice/lock_service.h"

namespace cellar::lockservice {

/// One lock service under test, with the means to wait: virtual time in simulation, real time for a real service. A
/// backend's test derives from it and instantiates the suite with a function that makes one.
class LockServiceHarness {
 public:
  virtual ~LockServiceHarness() = default;

  virtual Executor& executor() = 0;  ///< Where sessions live.
  virtual LockService& service() = 0;

  /// T of the suite's sessions. Shorter where time is real.
  virtual Nanos lease() const { return 3 * kSecond; }

  /// Runs the task on executor()'s loop to its end, and everything else meanwhile.
  virtual void RunToEnd(Task<void> task) = 0;
  /// Lets at least so much time pass, on both sides.
  virtual void PassTime(Nanos duration) = 0;

  /// The service ends and starts again over what it stored; clients stay, and reach it when this returns. False when
  /// the backend's sessions are not meant to outlive it.
  virtual bool RestartService() = 0;

  /// Keeps a copy of what the service stores now; the service may have ended and started again when this returns.
  virtual void KeepService() = 0;
  /// The service ends and starts again over the copy. As RestartService.
  virtual bool SetServiceBack() = 0;

  template <typename T>
  T Await(Task<T> task) {
    std::optional<T> result;
    RunToEnd(Store(std::move(task), &result));
    return std::move(*result);
  }

 private:
  template <typename T>
  static Task<void> Store(Task<T> task, std::optional<T>* result) {
    result->emplace(co_await std::move(task));
  }
};

// ---- What tests run beside each other

/// Acquires and notes it. The test keeps what is borrowed alive.
inline Task<void> AcquireAndNote(LockSession& session, std::string path, Deadline deadline, std::string* order) {
  const Result<Sequencer> held = co_await session.Acquire(std::move(path), LockMode::kExclusive, deadline);
  order->append(held.ok() ? "+" : "-");
}
inline Task<void> SpawnInto(TaskGroup& group, Task<void> task) {
  group.Spawn(std::move(task));
  co_return;
}

/// Takes the lock and gives it up, again and again. The test keeps the session alive.
inline Task<void> TakeAndGiveUp(LockSession& session, std::string path, int times) {
  for (int i = 0; i < times; ++i) {
    const Result<Sequencer> held = co_await session.Acquire(path, LockMode::kExclusive, Deadline());
    EXPECT_TRUE(held.ok()) << held.status().ToString();
    const Status released = co_await session.Release(path);
    EXPECT_TRUE(released.ok()) << released.ToString();
  }
}

/// The test keeps the renewer's place alive.
inline Task<void> StopRenewer(std::unique_ptr<LeaseRenewer>& renewer) {
  co_await renewer->Stop();
  renewer.reset();
}
/// The test keeps all of them alive, the session longer than the renewer.
inline Task<void> StartRenewer(std::unique_ptr<LeaseRenewer>& renewer, LockSession& session, Executor& executor) {
  renewer = std::make_unique<LeaseRenewer>(session, executor, Logger());
  co_return;
}

/// Adds one to /counter under the lock on /lock, again and again; any error is tried again. Requires a session
/// that does not end, kept alive by the test.
inline Task<void> AddUnderLock(LockSession& session, Executor& executor, int times, int* inside) {
  for (int done = 0; done < times;) {
    const Deadline deadline = Deadline::After(executor.clock(), 100 * kSecond);
    const Result<Sequencer> held = co_await session.Acquire("/lock", LockMode::kExclusive, deadline);
    if (!held.ok()) continue;
    EXPECT_EQ(++*inside, 1);
    const Result<NodeState> state = co_await session.Read("/counter");
    if (state.ok()) {
      Attributes changes;
      changes["n"] = std::to_string(std::stoi(state->attributes.at("n")) + 1);
      // Asked until it is known; under the lock a conflict says that an earlier request of ours arrived after all.
      for (bool known = false; !known;) {
        const Result<uint64_t> written = co_await session.Write("/counter", changes, state->version);
        known = written.ok() || written.status().Is(StatusCode::kConflict);
      }
      ++done;
    }
    --*inside;
    while (!(co_await session.Release("/lock")).ok()) {
    }
  }
}

}  // namespace cellar::lockservice
