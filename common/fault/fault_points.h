#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/unique_function.h"
#include "common/concurrency/mutex.h"
#include "common/fault/defect.h"
#include "common/fault/fault_plan.h"
#include "common/random/random.h"

namespace cellar::common {

/// One place in the code where a fault can be induced. A constant in a linker section of its own, so that all places of
/// a program can be listed. Made by the macros below only.
struct FaultPoint {
  const char* name;
  const char* file;
  int64_t line;
};

/// What a pass through a fault point is to suffer.
struct FaultOutcome {
  Status status;
  Nanos delay = 0;      ///< Wait so long first.
  bool paused = false;  ///< Wait while IsArmed first, looking every kPausePoll.
  bool buggified = false;
};

inline constexpr Nanos kPausePoll = 10 * kMillisecond;

/// Exit status of a process that was crashed by a fault point.
inline constexpr int kFaultExitStatus = 85;

/// What is armed in one process (or one simulated node), and how often each point was passed. Passed by reference to
/// all that has fault points; outlives them. Thread-safe. Off, a pass costs one relaxed load and a branch.
class FaultPoints {
 public:
  struct Hooks {
    /// kCrash. Missing: _exit(85). One that returns marks the node dead; the pass then answers kCancelled.
    UniqueFunction<void(std::string_view name)> crash;
    /// Blocks the calling thread. Missing: a FAULT_POINT that is to wait ends the process (CHECK); coroutines need
    /// none.
    UniqueFunction<void(Nanos)> sleep;
  };

  FaultPoints() : FaultPoints(Hooks(), 0) {}
  /// `seed` draws the chances of kBuggify.
  FaultPoints(Hooks hooks, uint64_t seed) : hooks_(std::move(hooks)), random_(seed) {}
  FaultPoints(const FaultPoints&) = delete;
  FaultPoints& operator=(const FaultPoints&) = delete;

  /// Adds a plan. kInvalidArgument when no fault point of this program has its label.
  Status Arm(FaultPlan plan);

  /// Parses and arms, all or none: the value of --induce-failure.
  Status Induce(std::string_view plans);

  /// Forgets the plans of `label`; those that pause there go on.
  void Disarm(std::string_view label);
  void DisarmAll();

  /// Counts passes from now on, also of points with no plan.
  void StartCounting();
  /// Passes by name since StartCounting or Arm; points never passed are absent.
  std::map<std::string, uint64_t> passes() const;
  uint64_t passes_of(std::string_view name) const;

  void Plant(Defect defect) { defects_.fetch_or(BitOf(defect), std::memory_order_relaxed); }
  /// True when that mistake is to be made. Free when off.
  bool Planted(Defect defect) const {
    return __builtin_expect((defects_.load(std::memory_order_relaxed) & BitOf(defect)) != 0, false);
  }

  /// False: nothing is armed or counted.
  bool active() const { return __builtin_expect(active_.load(std::memory_order_relaxed), false); }

  /// Whether some plan is armed for it.
  bool IsArmed(std::string_view label) const;

  /// For the macros. Pass: leaves the waiting to the caller. PassAndWait: waits by the sleep hook.
  FaultOutcome Pass(const FaultPoint& point);
  Status PassAndWait(const FaultPoint& point);

 private:
  struct ArmedPlan {
    FaultPlan plan;
    uint64_t passes = 0;
  };

  static uint32_t BitOf(Defect defect) { return uint32_t{1} << static_cast<uint32_t>(defect); }
  /// The plan that strikes at this pass; action kNone when none does.
  FaultPlan Strike(const FaultPoint& point);
  FaultOutcome OutcomeOf(const FaultPlan& plan, const FaultPoint& point);

  Hooks hooks_;
  std::atomic<bool> active_{false};
  std::atomic<uint32_t> defects_{0};
  mutable Mutex mutex_;
  bool counting_ GUARDED_BY(mutex_) = false;
  SeededRandom random_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<ArmedPlan>, std::less<>> plans_ GUARDED_BY(mutex_);
  std::map<std::string_view, uint64_t> passes_ GUARDED_BY(mutex_);
};

/// Names of all fault points linked into this program, sorted, each once: what coverage is measured against.
std::vector<std::string> AllFaultPointNames();

}  // namespace cellar::common

namespace cellar {
using common::FaultPoints;
}  // namespace cellar

#define CELLAR_REGISTERED_FAULT_POINT(label)                                                                           \
  ([]() -> const ::cellar::common::FaultPoint& {                                                                       \
    __attribute__((section("cellar_fault_points"), used, retain)) static constexpr ::cellar::common::FaultPoint point{ \
        label, __FILE__, __LINE__};                                                                                    \
    return point;                                                                                                      \
  }())

/// Expression of type Status, in synchronous code; in coroutines: CO_FAULT_POINT (co_fault_point.h). `label` is a
/// literal: folder.object.step.
///
///     RETURN_IF_ERROR(FAULT_POINT(faults_, "commitlog.append.before_sync"));
#define FAULT_POINT(faults, label) \
  ((faults).active() ? (faults).PassAndWait(CELLAR_REGISTERED_FAULT_POINT(label)) : ::cellar::common::Status())

/// Expression of type bool: do the legal but rare thing here.
#define FAULT_BUGGIFY(faults, label) \
  ((faults).active() && (faults).Pass(CELLAR_REGISTERED_FAULT_POINT(label)).buggified)
