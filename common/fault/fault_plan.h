#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace cellar::common {

enum class FaultAction : uint8_t {
  kNone,
  kCrash,   ///< The process ends with _exit(85); in simulation the node dies.
  kError,   ///< The point answers with a Status.
  kDelay,   ///< The point waits.
  kPause,   ///< The point waits until the plan is disarmed.
  kBuggify  ///< FAULT_BUGGIFY answers true, once in `one_in`: something legal but rare.
};

/// What one fault point is to do, and at which of its passes (counted from 0 when the plan is armed).
struct FaultPlan {
  static constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();

  std::string label;
  FaultAction action = FaultAction::kNone;
  StatusCode code = StatusCode::kIoError;  ///< kError
  Nanos delay = 0;                         ///< kDelay
  uint64_t one_in = 1;                     ///< kBuggify
  uint64_t first_pass = 0;
  uint64_t pass_count = 1;  ///< kForever: from first_pass on.
};

/// Reads `label:action:passes[;…]`:
///
///     action = crash | exit | error(CODE) | delay(MS) | pause | pause(MS) | buggify | buggify(N)
///     passes = N (that one) | N+ (it and all after) | N-M (both inclusive) | * (all)
///     CODE   = a status code's name with '-' for blanks: no-space, i/o-error, timed-out, …
///
/// kInvalidArgument naming the part that does not parse.
Result<std::vector<FaultPlan>> ParseFaultPlans(std::string_view text);

}  // namespace cellar::common
