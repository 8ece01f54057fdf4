#pragma once

#include <cstdint>

#include "common/concurrency/task.h"

namespace cellar::common {

/// A bound on something counted: bytes in flight, calls at once. First come, first served: a large request is not
/// overtaken by small ones behind it. Loop only, no lock. Outlives its permits.
class Semaphore {
 public:
  explicit Semaphore(uint64_t units, const char* name = "semaphore") : name_(name), available_(units), units_(units) {}
  ~Semaphore();
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Units held; given back by the destructor. Move-only.
  class Permit {
   public:
    Permit() = default;
    Permit(Semaphore& semaphore, uint64_t units) : semaphore_(&semaphore), units_(units) {}
    Permit(Permit&& other) noexcept
        : semaphore_(std::exchange(other.semaphore_, nullptr)), units_(std::exchange(other.units_, 0)) {}
    Permit& operator=(Permit&& other) noexcept;
    ~Permit() { Release(); }

    void Release();
    uint64_t units() const { return units_; }
    explicit operator bool() const { return semaphore_ != nullptr; }

   private:
    Semaphore* semaphore_ = nullptr;
    uint64_t units_ = 0;
  };

  /// Empty when there are too few units, or others wait.
  Permit TryAcquire(uint64_t units = 1);

  class Waiter {
   public:
    Waiter(Semaphore& semaphore, uint64_t units) : semaphore_(&semaphore), wanted_(units) {}
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    bool await_ready() {
      permit_ = semaphore_->TryAcquire(wanted_);
      return static_cast<bool>(permit_);
    }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      suspension_.Suspend(handle, handle.promise(), semaphore_->name_);
      semaphore_->Enqueue(*this);
    }
    Permit await_resume() { return std::move(permit_); }

   private:
    friend class Semaphore;
    Semaphore* semaphore_;
    uint64_t wanted_;
    Permit permit_;
    Suspension suspension_;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
    bool linked_ = false;
  };

  /// `Semaphore::Permit permit = co_await semaphore.Acquire(bytes);` Requires units ≤ the whole.
  Waiter Acquire(uint64_t units = 1) {
    CHECK(units <= units_);
    return Waiter(*this, units);
  }

  uint64_t available() const { return available_; }
  bool has_waiters() const { return first_ != nullptr; }

 private:
  void Enqueue(Waiter& waiter);
  void Unlink(Waiter& waiter);
  void Return(uint64_t units);
  void GrantWaiting();

  const char* name_;
  uint64_t available_;
  const uint64_t units_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

/// Mutual exclusion between coroutines, which may be held over waits and calls:
/// `AsyncMutex::Permit lock = co_await mutex.Acquire();`
class AsyncMutex final : public Semaphore {
 public:
  explicit AsyncMutex(const char* name = "async mutex") : Semaphore(1, name) {}
};

}  // namespace cellar::common

namespace cellar {
using common::AsyncMutex;
using common::Semaphore;
}  // namespace cellar
