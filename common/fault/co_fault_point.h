#pragma once

#include "common/concurrency/task.h"
#include "common/fault/fault_points.h"

namespace cellar::common {

/// A pass of a coroutine: waits through the executor, so that the loop goes on. For CO_FAULT_POINT.
Task<Status> PassFaultPoint(Executor& executor, FaultPoints& faults, const FaultPoint& point);

}  // namespace cellar::common

/// Statement in a coroutine that returns Task<Status> or Task<Result<…>>: returns the induced error, if any.
///
///     CO_FAULT_POINT(executor_, faults_, "master.create_table.recorded");
#define CO_FAULT_POINT(executor, faults, label)                                                 \
  do {                                                                                          \
    if ((faults).active()) {                                                                    \
      const ::cellar::common::FaultPoint& cellar_point_ = CELLAR_REGISTERED_FAULT_POINT(label); \
      ::cellar::common::Status cellar_fault_ =                                                  \
          co_await ::cellar::common::PassFaultPoint((executor), (faults), cellar_point_);       \
      if (!cellar_fault_.ok()) co_return cellar_fault_;                                         \
    }                                                                                           \
  } while (false)
