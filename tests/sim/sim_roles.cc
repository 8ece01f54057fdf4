#include "tests/sim/sim_roles.h"

#include <utility>

#include "lockservice/embedded/open_lock_server.h"
#include "lockservice/embedded/serve_lock_service.h"

namespace cellar::sim {
namespace {

constexpr uint16_t kMasterPort = 15864;
constexpr uint16_t kRangeServerPort = 15865;

}  // namespace

SimOptions SimOptions::Draw(Random& random) {
  SimOptions options;
  options.master.lease = options.lease;
  rangeserver::RangeServerOptions& server = options.range_server;
  server.lease = options.lease;
  server.start_timeout = 30 * kSecond;
  server.block_cache_bytes = random.OneIn(2) ? 0 : 64 << 10;
  server.maintenance.policy.max_cache_bytes = uint64_t{1} << (9 + random.Uniform(6));
  server.maintenance.policy.max_group_stores = static_cast<uint32_t>(1 + random.Uniform(4));
  server.maintenance.interval = static_cast<Nanos>(20 + random.Uniform(400)) * kMillisecond;
  server.log.max_fragment_bytes = uint64_t{1} << (10 + random.Uniform(6));
  server.writing.inline_parse_bytes = random.OneIn(2) ? 64 : 32 << 10;
  server.writing.inline_apply_bytes = random.OneIn(2) ? 64 : 16 << 10;
  server.reading.idle_timeout = static_cast<Nanos>(1 + random.Uniform(60)) * kSecond;
  return options;
}

Task<Status> LockServiceProcess::Run() {
  lockservice::LockServerParts parts(node(), faults(), metrics(), logger());
  lockservice::LockServerStorage storage(files(), machine().cluster);
  CO_TRY(server_, co_await lockservice::OpenLockServer(std::move(parts), std::move(storage)));
  rpc::RpcServerOptions serving;
  serving.identity.cluster = machine().cluster;
  rpc_server_ = std::make_unique<rpc::RpcServer>(node(), transport(), serving);
  lockservice::ServeLockService(*server_, *rpc_server_);
  co_return rpc_server_->Start(Listen(kLockServicePort));
}

void LockServiceProcess::DestroyRole() {
  rpc_server_.reset();
  server_.reset();
}

Task<Status> MasterProcess::Run() {
  master::MasterSeams seams{node(),   files(),   files(),  transport(),      rpc(), locks(), chance(),
                            logger(), metrics(), faults(), machine().cluster};
  master::MasterOptions options = options_.master;
  options.listen = Listen(kMasterPort);
  auto on_fatal = [this](Status why) { Fail(why); };
  CO_TRY(master_, co_await master::Master::Start(std::move(seams), std::move(options), std::move(on_fatal)));
  co_return common::OkStatus();
}

Task<Status> RangeServerProcess::Run() {
  rangeserver::RangeServerSeams seams{node(),  files(),  files(),  transport(), rpc(),
                                      locks(), chance(), faults(), logger(),    machine().cluster};
  rangeserver::RangeServerOptions options = options_.range_server;
  options.location = location_;
  options.listen = Listen(kRangeServerPort);
  options.on_fatal = [this](Status why) { Fail(why); };
  CO_TRY(server_, co_await rangeserver::RangeServer::Start(std::move(seams), std::move(options)));
  co_return common::OkStatus();
}

}  // namespace cellar::sim
