#pragma once

#include "common/concurrency/parker.h"
#include "common/time/clock.h"

namespace cellar::common {

/// What a ThreadedExecutor's loop thread does between works: wait for events from outside, and handle them on that
/// thread. rpc/tcp brings one that drives Boost.Asio, so that sockets and coroutines share the loop.
class LoopPoller {
 public:
  virtual ~LoopPoller() = default;

  /// Handles events that are there. Does not block. Loop thread.
  virtual void Poll() = 0;

  /// Waits for events or Wake, at most for `at_most` (it may return earlier), and handles them. Loop thread.
  virtual void Wait(Nanos at_most) = 0;

  /// Makes the present or the next Wait return. Any thread.
  virtual void Wake() = 0;
};

/// For loops without sockets.
class ParkingPoller final : public LoopPoller {
 public:
  void Poll() override {}
  void Wait(Nanos at_most) override { parker_.ParkFor(at_most); }
  void Wake() override { parker_.Unpark(); }

 private:
  Parker parker_;
};

}  // namespace cellar::common
