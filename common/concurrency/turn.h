#pragma once

#include "common/concurrency/mutex.h"

namespace cellar::common {

/// Lets one thread at a time do something that takes long, such as a write: unlike a Mutex it is held over I/O. Only
/// where threads may block: the broker's, the gateway's.
class Turn {
 public:
  class Hold {
   public:
    explicit Hold(Turn& turn) : turn_(turn) { turn_.Take(); }
    ~Hold() { turn_.Give(); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Turn& turn_;
  };

 private:
  void Take() {
    const MutexLock lock(mutex_);
    while (is_taken_) is_free_.Wait(mutex_);
    is_taken_ = true;
  }
  void Give() {
    {
      const MutexLock lock(mutex_);
      is_taken_ = false;
    }
    is_free_.NotifyOne();
  }

  Mutex mutex_;
  CondVar is_free_;
  bool is_taken_ GUARDED_BY(mutex_) = false;
};

}  // namespace cellar::common

namespace cellar {
using common::Turn;
}  // namespace cellar
