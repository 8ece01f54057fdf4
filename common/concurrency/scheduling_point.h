#pragma once

#include <cstdint>

namespace cellar::common {

/// What the simulator hangs on each of its threads, so that code on them can offer the baton to another.
class SchedulingHook {
 public:
  virtual ~SchedulingHook() = default;

  /// The seed chooses who runs next; returns when it is this thread's turn again.
  virtual void Yield(const char* where) = 0;

  /// The same, once `duration` (nanoseconds) of virtual time has passed.
  virtual void Sleep(int64_t duration, const char* where) = 0;
};

/// Per thread. `hook` is set on threads of a simulated world only; `locks_held` counts common/concurrency mutexes.
struct ThreadScheduling {
  SchedulingHook* hook = nullptr;
  int locks_held = 0;
};
extern constinit thread_local ThreadScheduling thread_scheduling;

[[noreturn]] void LockHeldAt(const char* where);

/// A place where another thread may go on: a call on a file, a wait. Free in production. In simulation the seed
/// chooses who continues, and a mutex held here ends the process: no lock is held over I/O or a wait.
inline void SchedulingPoint(const char* where) {
  ThreadScheduling& thread = thread_scheduling;
  if (thread.hook == nullptr) [[likely]]
    return;
  if (thread.locks_held > 0) LockHeldAt(where);
  thread.hook->Yield(where);
}

/// The same for what is legal under a lock (posting work, taking a second lock): there it does nothing.
inline void SchedulingPointUnlessLocked(const char* where) {
  ThreadScheduling& thread = thread_scheduling;
  if (thread.hook == nullptr || thread.locks_held > 0) [[likely]]
    return;
  thread.hook->Yield(where);
}

}  // namespace cellar::common
