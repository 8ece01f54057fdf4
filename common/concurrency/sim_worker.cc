#include "common/concurrency/sim_worker.h"

#include "common/base/check.h"
#include "common/concurrency/sim_scheduler.h"

namespace cellar::common {

SimWorker::SimWorker(SimScheduler& scheduler) : scheduler_(scheduler), thread_("sim-worker", [this] { RunJobs(); }) {}

SimWorker::~SimWorker() {
  CHECK(node_ == nullptr);
  exit_ = true;
  parker_.Unpark();
}

void SimWorker::Yield(const char* where) {
  scheduler_.YieldWorker(*this, where);
}

void SimWorker::Sleep(Nanos duration, const char* where) {
  scheduler_.SleepWorker(*this, duration, where);
}

void SimWorker::RunJobs() {
  thread_scheduling.hook = this;
  while (true) {
    parker_.Park();
    if (exit_) return;
    job_();
    job_ = Work();
    if (thread_scheduling.locks_held > 0) LockHeldAt("the end of a job");
    scheduler_.FinishJob(*this);
  }
}

}  // namespace cellar::common
