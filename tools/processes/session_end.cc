#include "tools/processes/session_end.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "common/concurrency/block_on.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/threaded_executor.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "lockservice/connect/open_lock_service.h"
#include "lockservice/settings.h"
#include "rpc/tcp/asio_poller.h"
#include "rpc/tcp/tcp_transport.h"

namespace cellar::tools {
namespace {

constexpr Nanos kPatience = 30 * kSecond;
constexpr Nanos kPause = 200 * kMillisecond;

Task<Status> TryToEnd(lockservice::LockServiceSeams seams, lockservice::LockServiceAccess access,
                      std::string credentials) {
  CO_TRY(const std::unique_ptr<LockService> service,
         co_await lockservice::OpenLockService(std::move(seams), std::move(access)));
  co_return co_await service->EndSession(std::move(credentials));
}

Task<Status> EndSession(lockservice::LockServiceSeams seams, lockservice::LockServiceAccess access,
                        std::string credentials) {
  Executor& executor = seams.executor;
  const Deadline deadline = Deadline::After(executor.clock(), kPatience);
  while (true) {
    const Status ended = co_await TryToEnd(seams, access, credentials);
    const bool again = ended.Is(StatusCode::kUnavailable) || ended.Is(StatusCode::kTimedOut);
    if (!again || deadline.Expired(executor.clock())) co_return ended;
    co_await common::SleepFor(executor, kPause);
  }
}

}  // namespace

void EndSessionOfTheDead(const Settings& settings, const std::string& credentials) {
  const common::SystemClock clock;
  SeededRandom random(common::SystemSeed());
  auto poller = std::make_unique<rpc::AsioPoller>();
  rpc::AsioPoller& asio = *poller;
  common::ThreadedExecutorOptions threads;
  threads.name = "guard";
  threads.worker_count.fill(1);
  common::ThreadedExecutor executor(clock, threads, std::move(poller));
  rpc::TcpTransport transport(executor, asio);
  rpc::RpcClient rpc(executor, transport, random);
  lockservice::LockServiceSeams seams(executor, rpc, Logger());
  lockservice::LockServiceAccess access(settings.Get(lockservice::kUrlSetting),
                                        settings.Get(lockservice::kPasswordFileSetting));
  const Status ended = common::BlockOn(executor, EndSession(std::move(seams), std::move(access), credentials));
  if (!ended.ok()) {
    std::fprintf(stderr, "cellar guard: the session of the process that died was not ended: %s\n",
                 ended.ToString().c_str());
  }
  common::BlockOn(executor, rpc.Stop());
}

}  // namespace cellar::tools
