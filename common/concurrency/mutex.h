#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "common/base/check.h"
#include "common/concurrency/scheduling_point.h"
#include "common/concurrency/thread_annotations.h"

namespace cellar::common {

/// The project's mutex: annotated for clang's analysis, not recursive. Its lock order is in docs/internals/locking.md.
/// Never held over a call on files, a wait or an RPC; the simulation stops the process when it is.
///
/// In simulation, taking a mutex is a scheduling point when the thread holds no other, and it is never contended,
/// because no thread gives up the baton while it holds one.
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ACQUIRE() {
    SchedulingPointUnlessLocked("mutex");
    if (thread_scheduling.hook == nullptr) [[likely]] {
      mutex_.lock();
    } else {
      const bool mutex_is_free_in_simulation = mutex_.try_lock();
      CHECK(mutex_is_free_in_simulation);
    }
    ++thread_scheduling.locks_held;
  }
  void Unlock() RELEASE() {
    --thread_scheduling.locks_held;
    mutex_.unlock();
  }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A mutex with shared holders. The same rules as for Mutex.
class CAPABILITY("mutex") SharedMutex {
 public:
  SharedMutex() = default;
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void Lock() ACQUIRE() {
    SchedulingPointUnlessLocked("shared mutex");
    if (thread_scheduling.hook == nullptr) [[likely]] {
      mutex_.lock();
    } else {
      const bool mutex_is_free_in_simulation = mutex_.try_lock();
      CHECK(mutex_is_free_in_simulation);
    }
    ++thread_scheduling.locks_held;
  }
  void Unlock() RELEASE() {
    --thread_scheduling.locks_held;
    mutex_.unlock();
  }
  void LockShared() ACQUIRE_SHARED() {
    SchedulingPointUnlessLocked("shared mutex, shared");
    mutex_.lock_shared();
    ++thread_scheduling.locks_held;
  }
  void UnlockShared() RELEASE_SHARED() {
    --thread_scheduling.locks_held;
    mutex_.unlock_shared();
  }

 private:
  std::shared_mutex mutex_;
};

/// Holds a SharedMutex for reading, for a scope.
class SCOPED_CAPABILITY ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.LockShared(); }
  ~ReaderLock() RELEASE_GENERIC() { mutex_.UnlockShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

/// Holds a SharedMutex for writing, for a scope.
class SCOPED_CAPABILITY WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~WriterLock() RELEASE() { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

/// For the threads of this folder's pools only: everything else waits in coroutines. CHECKs that it is not used in
/// simulation, whose threads have nothing to wait for but the baton.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    CHECK(thread_scheduling.hook == nullptr);
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace cellar::common

namespace cellar {
using common::Mutex;
using common::MutexLock;
using common::ReaderLock;
using common::SharedMutex;
using common::WriterLock;
}  // namespace cellar
