#pragma once

#include <atomic>
#include <cstdint>

#include "common/time/clock.h"

namespace cellar::common {

/// One thread waits until another lets it go on: a binary semaphore on a futex. An Unpark that comes first makes the
/// next Park return at once. What the unparking thread wrote before Unpark is visible after Park.
class Parker {
 public:
  Parker() = default;
  Parker(const Parker&) = delete;
  Parker& operator=(const Parker&) = delete;

  void Park();

  /// Returns false when `at_most` passed first.
  bool ParkFor(Nanos at_most);

  void Unpark();

 private:
  std::atomic<uint32_t> permit_{0};
};

}  // namespace cellar::common
