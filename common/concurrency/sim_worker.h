#pragma once

#include "common/concurrency/executor.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/scheduling_point.h"
#include "common/concurrency/thread.h"

namespace cellar::common {

class SimExecutor;
class SimScheduler;

/// A thread of a simulated world on which jobs run, one after the other, while it holds the baton. Owned by the
/// scheduler, used again for later jobs.
class SimWorker final : public SchedulingHook {
 public:
  explicit SimWorker(SimScheduler& scheduler);
  ~SimWorker() override;  ///< Requires that it has no job.

  void Yield(const char* where) override;
  void Sleep(Nanos duration, const char* where) override;

 private:
  friend class SimScheduler;

  void RunJobs();

  SimScheduler& scheduler_;
  Parker parker_;
  bool exit_ = false;

  SimExecutor* node_ = nullptr;
  JobClass job_class_ = JobClass::kLog;
  Work job_;
  const char* where_ = "";
  Nanos wakes_at_ = 0;  ///< Virtual time before which it is not to go on.
  Thread thread_;
};

}  // namespace cellar::common
