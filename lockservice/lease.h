#pragma once

#include <atomic>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace cellar::lockservice {

/// How long the holder of a session may act on it: 2T/3 of boot time from the moment the last confirmed renewal was
/// sent. Extended by the session, asked by everybody who answers in the session's name, from any thread.
///
/// A service that was set back to an older state can bring a session to life again that had ended. So a holder for whom
/// that matters asks for confirmation: a lease that ran out and is renewed afterwards holds again only when the holder
/// has made sure, by something other than the lock service, that nobody took its place.
///
/// Invariant: until() never falls, but to the end of End().
class Lease {
 public:
  /// Borrows `clock`. Not held before the first Extend.
  Lease(const Clock& clock, Nanos length) : clock_(clock), length_(length) {}

  /// Ask after the result is taken and before it leaves.
  bool Holds() const { return clock_.BootNow() < until_.load(std::memory_order_acquire) && confirmed(); }

  Nanos until() const { return until_.load(std::memory_order_acquire); }  ///< Boot time.
  Nanos length() const { return length_; }                                ///< T

  /// A renewal that was sent at boot time `sent_at` is confirmed.
  void Extend(Nanos sent_at) {
    const Nanos until = sent_at + 2 * (length_ / 3);
    Nanos seen = until_.load(std::memory_order_relaxed);
    if (seen > 0 && clock_.BootNow() >= seen) lapses_.fetch_add(1, std::memory_order_relaxed);
    while (seen != kEnded && seen < until && !until_.compare_exchange_weak(seen, until, std::memory_order_release)) {
    }
  }

  /// From now on lapses have to be confirmed.
  void RequireConfirmation() {
    confirmed_.store(lapse_count(), std::memory_order_relaxed);
    asks_confirmation_.store(true, std::memory_order_release);
  }
  /// How often it was renewed after it had run out.
  uint64_t lapse_count() const { return lapses_.load(std::memory_order_relaxed); }
  bool confirmed() const {
    return !asks_confirmation_.load(std::memory_order_relaxed) ||
           confirmed_.load(std::memory_order_relaxed) == lapse_count();
  }
  /// The holder has made sure, after `lapse_count()` was this.
  void Confirm(uint64_t lapses) { confirmed_.store(lapses, std::memory_order_relaxed); }

  /// The session has ended: never held again.
  void End() { until_.store(kEnded, std::memory_order_release); }

 private:
  static constexpr Nanos kEnded = INT64_MIN;

  const Clock& clock_;
  const Nanos length_;
  std::atomic<Nanos> until_{0};
  std::atomic<uint64_t> lapses_{0};
  std::atomic<uint64_t> confirmed_{0};
  std::atomic<bool> asks_confirmation_{false};
};

inline constexpr Nanos kMinLease = 500 * kMillisecond;
inline constexpr Nanos kMaxLease = 10 * 60 * kSecond;

/// T/3 ≥ `tick` + T/6 + `drift`, and T within its bounds; else kInvalidArgument with the numbers. `tick`: how late the
/// service may notice a renewal or an end.
Status CheckLeaseLength(Nanos length, Nanos tick, Nanos drift);

}  // namespace cellar::lockservice
