#pragma once

#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"

namespace cellar::common {

/// Something that coroutines wait for: set and stays set until reset, or woken once. Loop only, no lock.
/// Waiters are resumed through the executor, first come first, never within Set or Wake. An event may be destroyed
/// with waiters that are destroyed without being resumed.
///
/// As a condition: `while (!ready()) co_await changed.Wait();` with `changed.WakeAll()` after each change.
class Event {
 public:
  explicit Event(const char* name = "event") : name_(name) {}
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const { return set_; }
  void Set();
  void Reset() { set_ = false; }

  /// Resumes those who wait now, without setting.
  void WakeAll();
  void WakeOne();
  bool has_waiters() const { return first_ != nullptr; }

  /// The awaitable of Wait and WaitUntil. Lives in the coroutine's frame, in the event's list while it waits.
  class Waiter {
   public:
    Waiter(Event& event, Deadline deadline) : event_(&event), deadline_(deadline) {}
    ~Waiter() { Withdraw(); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    bool await_ready() const noexcept { return event_->set_; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      Enqueue(handle, handle.promise());
    }
    bool await_resume() const { return !timed_out_; }

   private:
    friend class Event;
    __attribute__((noinline)) void Enqueue(std::coroutine_handle<> handle, TaskPromise& promise);
    void Unlink();
    void Withdraw();
    void Wake();

    Event* event_;  // null when the event is gone
    Deadline deadline_;
    Suspension suspension_;
    TimerId timer_;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
    bool linked_ = false;
    bool timed_out_ = false;
  };

  /// `co_await event.Wait()`: until it is set or woken; at once when it is set.
  Waiter Wait() { return Waiter(*this, Deadline::Infinite()); }

  /// The same, but at most until `deadline`: false when it passed first.
  Waiter WaitUntil(Deadline deadline) { return Waiter(*this, deadline); }

 private:
  const char* name_;
  bool set_ = false;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace cellar::common

namespace cellar {
using common::Event;
}  // namespace cellar
