#include "common/fault/co_fault_point.h"

#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::common {

Task<Status> PassFaultPoint(Executor& executor, FaultPoints& faults, const FaultPoint& point) {
  FaultOutcome outcome = faults.Pass(point);
  if (outcome.delay > 0) co_await SleepFor(executor, outcome.delay);
  while (outcome.paused && faults.IsArmed(point.name)) co_await SleepFor(executor, kPausePoll);
  co_return std::move(outcome.status);
}

}  // namespace cellar::common
