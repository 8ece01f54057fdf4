#include "master/service/predecessor.h"

#include <optional>
#include <string>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "master/state/master_log.h"
#include "protocol/master/stub.h"

namespace cellar::master {
namespace {

constexpr Nanos kAnswerTime = kSecond;
constexpr Nanos kPause = 200 * kMillisecond;
constexpr int kUnanswered = 3;  ///< Of a network that loses messages; a refused connection says it at once.

/// Whether a master answers at the address.
Task<bool> Answers(MasterSeams seams, std::string address) {
  const protocol::MasterStub stub(seams.rpc);
  for (int attempt = 0; attempt < kUnanswered; ++attempt) {
    const protocol::MasterStatusRequest request;
    const Deadline deadline = Deadline::After(seams.executor.clock(), kAnswerTime);
    const auto status = co_await stub.MasterStatus(address, request, deadline);
    if (status.ok()) co_return true;
    if (!status.status().Is(StatusCode::kTimedOut)) co_return false;
  }
  co_return false;
}

}  // namespace

Task<Status> CheckPredecessor(MasterSeams seams, ClusterNode node, Nanos lease) {
  auto read = [&files = seams.log_files, cluster = seams.cluster] {
    return MasterLog::ReadLockService(files, cluster);
  };
  CO_TRY(const std::optional<LockServiceEntity> before,
         co_await common::RunJob(seams.executor, JobClass::kLog, std::move(read)));
  if (!before || before->nonce == node.nonce || before->address.empty()) co_return common::OkStatus();
  // After a wipe its session is gone, and it ends as soon as it hears of that.
  const Deadline end = Deadline::After(seams.executor.clock(), 2 * lease);
  while (true) {
    const bool lives = co_await Answers(seams, before->address);
    if (!lives) co_return common::OkStatus();
    if (end.Expired(seams.executor.clock())) break;
    co_await common::SleepFor(seams.executor, kPause);
  }
  co_return common::Conflict("two clusters on one data directory: the master at " + before->address +
                             " serves it under another lock service");
}

}  // namespace cellar::master
