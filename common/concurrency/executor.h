#pragma once

#include <cstdint>

#include "common/base/named_type.h"
#include "common/base/unique_function.h"
#include "common/time/clock.h"

namespace cellar::common {

class TaskGroup;

using Work = UniqueFunction<void()>;
using TimerId = NamedType<uint64_t, struct TimerIdTag>;

/// Which threads of the worker pool a blocking job runs on. A class never waits behind another: METADATA's jobs are
/// not held up by user compactions, a log's sync not by a scan.
enum class JobClass : uint8_t {
  kLog,         ///< Append and sync of commit logs and metalogs.
  kRead,        ///< Scans and point reads.
  kSystem,      ///< Flushes, compactions and loads of root, METADATA and sys ranges.
  kMaintenance  ///< The same for user ranges, garbage collection, checks.
};
inline constexpr int kJobClassCount = 4;

/// Where a server's protocol code runs: one thread (the *loop*) on which coroutines and callbacks run one at a time,
/// so that state owned by the loop needs no lock, beside a pool of workers for blocking jobs. The simulated twin
/// (sim_executor.h) runs everything one at a time in an order drawn from the seed.
///
/// Thread-safe. Work that was accepted runs, unless the executor is destroyed first: then it is destroyed unrun.
/// Work must not throw: an exception that escapes ends the process.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Runs `work` on the loop, after what was posted before it.
  virtual void Post(Work work) = 0;

  /// Runs `work` on the loop once the monotonic clock has reached `deadline`.
  virtual TimerId PostAt(Nanos deadline, Work work) = 0;

  /// Forgets a timer. No effect when it has run. Called on the loop, it is exact: the work will not run.
  virtual void CancelTimer(TimerId id) = 0;

  /// Runs `job` on a worker thread. It may block on files, never on a call over the wire.
  virtual void PostJob(JobClass job_class, Work job) = 0;

  /// True on the loop thread.
  virtual bool OnLoop() const = 0;

  virtual const Clock& clock() const = 0;

  /// True once this node was killed in simulation: nothing that waits here will ever go on, and a TaskGroup destroys
  /// its tasks instead of insisting on their end. Never true in production.
  virtual bool IsDead() const { return false; }

  /// A group tells of its construction and, if this returned true, of its destruction, so that the simulator can
  /// report what waits where.
  virtual bool Enroll(TaskGroup&) { return false; }
  virtual void Withdraw(TaskGroup&) {}
};

}  // namespace cellar::common

namespace cellar {
using common::Executor;
using common::JobClass;
using common::TimerId;
using common::Work;
}  // namespace cellar
