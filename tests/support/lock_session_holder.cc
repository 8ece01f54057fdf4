// A process that holds a session on a ZooKeeper: makes /held and locks it, prints the session's credentials, and waits
// to be killed.
//
//     lock_session_holder HOST:PORT PATH PASSWORD LEASE_MS
#include <cstdio>
#include <cstdlib>

#include "common/base/check.h"
#include "common/concurrency/block_on.h"
#include "common/concurrency/threaded_executor.h"
#include "common/time/system_clock.h"
#include "lockservice/lease_renewer.h"
#include "lockservice/zookeeper/zookeeper_lock_service.h"

namespace cellar::lockservice {
namespace {

/// `executor` outlives the process's threads.
Task<Status> HoldForEver(Executor& executor, ZooKeeperOptions options, Nanos lease) {
  CO_TRY(const std::unique_ptr<ZooKeeperLockService> service,
         co_await ZooKeeperLockService::Open(std::move(options), executor, Logger()));
  SessionOptions session_options("holder", lease);
  CO_TRY(const std::unique_ptr<LockSession> session, co_await service->OpenSession(std::move(session_options)));
  LeaseRenewer renewer(*session, executor, Logger());
  CO_RETURN_IF_ERROR(co_await session->Create("/held", NodeKind::kPersistent, Attributes()));
  CO_TRY(const Sequencer held, co_await session->Acquire("/held", LockMode::kExclusive, Deadline(0)));
  std::printf("%s\n", session->credentials().c_str());
  std::fflush(stdout);
  co_await session->ended().Wait();
  co_await renewer.Stop();
  co_return common::Fenced("the session ended");
}

int Run(char** arguments) {
  Result<rpc::Address> server = rpc::Address::Parse(arguments[1]);
  CHECK(server.ok());
  ZooKeeperOptions options;
  options.servers = {*server};
  options.path = arguments[2];
  options.password = arguments[3];
  const Nanos lease = std::atoll(arguments[4]) * kMillisecond;
  common::SystemClock clock;
  common::ThreadedExecutor executor(clock, common::ThreadedExecutorOptions());
  const Status ended = common::BlockOn(executor, HoldForEver(executor, std::move(options), lease));
  std::fprintf(stderr, "lock_session_holder: %s\n", ended.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace cellar::lockservice

int main(int count, char** arguments) {
  return count == 5 ? cellar::lockservice::Run(arguments) : 2;
}
