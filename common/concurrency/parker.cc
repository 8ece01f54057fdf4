#include "common/concurrency/parker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace cellar::common {
namespace {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

long Futex(std::atomic<uint32_t>& word, int operation, uint32_t value, const timespec* timeout) {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

}  // namespace

void Parker::Park() {
  while (permit_.exchange(0, std::memory_order_acquire) == 0) {
    Futex(permit_, FUTEX_WAIT_PRIVATE, 0, nullptr);
  }
}

bool Parker::ParkFor(Nanos at_most) {
  if (permit_.exchange(0, std::memory_order_acquire) != 0) return true;
  if (at_most <= 0) return false;
  const timespec timeout = {static_cast<time_t>(at_most / kSecond), static_cast<long>(at_most % kSecond)};
  Futex(permit_, FUTEX_WAIT_PRIVATE, 0, &timeout);  // an early return is a short wait, which the callers allow
  return permit_.exchange(0, std::memory_order_acquire) != 0;
}

void Parker::Unpark() {
  permit_.store(1, std::memory_order_release);
  Futex(permit_, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

}  // namespace cellar::common
