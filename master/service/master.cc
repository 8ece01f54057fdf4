#include "master/service/master.h"

#include <optional>
#include <utility>

#include "master/service/predecessor.h"

namespace cellar::master {
namespace {

constexpr const char* kMasterNode = "/master";
constexpr Nanos kStandbyPause = kSecond;  ///< How soon a standby sees that it is to stop.
constexpr Nanos kDrainTime = 5 * kSecond;

/// Makes the node, or writes its attributes. The caller keeps the session alive.
Task<Status> Publish(LockSession& session, std::string path, lockservice::Attributes attributes) {
  const Status created = co_await session.Create(path, lockservice::NodeKind::kPersistent, attributes);
  if (!created.Is(StatusCode::kAlreadyExists)) co_return created;
  auto written = co_await session.Write(std::move(path), std::move(attributes), std::nullopt);
  co_return written.status();
}

/// Waits for the lock on `/master`. The caller keeps the session alive.
Task<Status> BecomeActive(LockSession& session, Executor& executor, ClusterId cluster, CancellationToken stop) {
  CO_TRY(const std::optional<ClusterNode> before, co_await ReadClusterNode(session, cluster));
  (void)before;  // nothing is touched where another cluster is at home
  CO_RETURN_IF_ERROR(co_await Publish(session, kMasterNode, lockservice::Attributes()));
  while (true) {
    if (stop.cancelled()) co_return common::Cancelled("the standby master was stopped");
    const auto node = co_await ReadClusterNode(session, cluster);
    if (node.status().Is(StatusCode::kInvalidArgument)) co_return node.status();
    const Deadline turn = Deadline::After(executor.clock(), kStandbyPause);
    auto lock = co_await session.Acquire(kMasterNode, lockservice::LockMode::kExclusive, turn);
    if (lock.ok()) co_return common::OkStatus();
    const Status why = lock.status();
    const bool again = why.Is(StatusCode::kBusy) || why.Is(StatusCode::kTimedOut) || why.Is(StatusCode::kUnavailable);
    if (!again) co_return why;
    if (!why.Is(StatusCode::kBusy)) {
      if (co_await stop.SleepUntil(turn)) continue;
    }
  }
}

/// Whether the lock service is another one than earlier terms' masters left, or an older state of it.
bool HasForgotten(const MasterLog& log, const ClusterNode& node) {
  const std::optional<LockServiceEntity>& before = log.lock_service();
  if (!before) return !log.servers().empty();  // left by a version that wrote nothing of it
  return before->nonce != node.nonce || node.mark < before->mark;
}

/// Lock, then term. The caller keeps the session alive.
Task<Result<Office>> TakeOffice(LockSession& session, MasterSeams seams, Nanos lease, CancellationToken stop) {
  CO_RETURN_IF_ERROR(co_await BecomeActive(session, seams.executor, seams.cluster, std::move(stop)));
  Office office;
  CO_TRY(office.node, co_await EnsureClusterNode(session, seams.cluster, seams.random));
  CO_RETURN_IF_ERROR(co_await CheckPredecessor(seams, office.node, lease));
  std::optional<uint32_t> wrong_term;
  if (seams.faults.Planted(Defect::kTermFromLockServiceOnly)) wrong_term = office.node.mark.term + 1;
  CO_TRY(office.log, co_await MasterLog::Claim(seams.executor, seams.log_files, seams.cluster, wrong_term));
  office.forgotten = HasForgotten(*office.log, office.node);
  if (office.forgotten) seams.logger.Warning("the lock service has forgotten the earlier range servers");
  co_return std::move(office);
}

rpc::RpcServerOptions ServerOptionsFor(const MasterSeams& seams) {
  rpc::RpcServerOptions options;
  options.identity.cluster = seams.cluster;
  return options;
}

}  // namespace

Task<Result<std::unique_ptr<Master>>> Master::Start(MasterSeams seams, MasterOptions options, OnFatal on_fatal,
                                                    CancellationToken stop) {
  lockservice::SessionOptions session_options("master", options.lease);
  CO_TRY(std::unique_ptr<LockSession> session, co_await seams.locks.OpenSession(std::move(session_options)));
  if (options.on_session) options.on_session(session->credentials());
  lockservice::LeaseRenewer renewer(*session, seams.executor, seams.logger.Named("lease"));
  auto office = co_await TakeOffice(*session, seams, options.lease, std::move(stop));
  co_await renewer.Stop();
  if (!office.ok()) {
    const Status closed = co_await session->Close();
    (void)closed;  // the lease ends it otherwise
    co_return std::move(office).status();
  }
  std::unique_ptr<Master> master(new Master(std::move(seams), std::move(options), std::move(on_fatal),
                                            std::move(session), std::move(office).value()));
  const Status announced = co_await master->Announce();
  if (!announced.ok()) {
    co_await master->Stop();
    co_return announced;
  }
  master->Run();
  co_return std::move(master);
}

Master::Master(MasterSeams seams, MasterOptions options, OnFatal on_fatal, std::unique_ptr<LockSession> session,
               Office office)
    : options_(std::move(options)),
      on_fatal_(std::make_shared<OnFatal>(std::move(on_fatal))),
      session_(std::move(session)),
      renewer_(*session_, seams.executor, seams.logger.Named("lease")),
      core_(seams, options_, *session_, std::move(office),
            [this](Status why) {
              core_.executor().Post([weak = std::weak_ptr<OnFatal>(on_fatal_), why = std::move(why)] {
                const std::shared_ptr<OnFatal> on_deposed = weak.lock();
                if (on_deposed != nullptr && *on_deposed) (*on_deposed)(why);
              });
            }),
      recovery_(core_),
      garbage_(core_, recovery_),
      operations_(core_),
      service_(core_, operations_, recovery_, garbage_),
      server_(seams.executor, seams.transport, ServerOptionsFor(seams)),
      tasks_(seams.executor) {
  service_.RegisterWith(server_);
}

Master::~Master() = default;

Task<Status> Master::Announce() {
  CO_RETURN_IF_ERROR(co_await service_.registration().AdoptLiving());
  // Before the first request: one that was recorded by an earlier master must be known when it is asked for again.
  operations_.Start();
  CO_RETURN_IF_ERROR(server_.Start(options_.listen));
  rpc::Address announced = server_.address();
  if (!options_.announced_host.empty()) announced.host = options_.announced_host;
  address_ = announced.ToString();
  core_.SetAddress(address_);
  CO_RETURN_IF_ERROR(co_await core_.MarkLockService());
  lockservice::Attributes attributes;
  attributes["address"] = address_;
  attributes["term"] = std::to_string(term());
  co_return co_await Publish(*session_, kMasterNode, std::move(attributes));
}

void Master::Run() {
  core_.logger().Info("this is the active master", {{"term", term()}, {"address", address_}});
  recovery_.Start();
  garbage_.Start();
  tasks_.Spawn(EndWithSession(), "end of the session");
  tasks_.Spawn(WatchLockService(), "watch of the lock service");
}

Task<void> Master::EndWithSession() {
  co_await session_->ended().Wait();
  core_.Depose(common::Fenced("the session of the lock service has ended"));
}

/// Who was set back to a time when this master had the same session does not know its address.
Task<Status> Master::CheckAnnounced() {
  CO_RETURN_IF_ERROR(co_await core_.CheckLockService());
  auto node = co_await session_->Read(kMasterNode);
  if (!node.ok() && !node.status().Is(StatusCode::kNotFound)) co_return std::move(node).status();
  const bool is_right =
      node.ok() && node->attributes["address"] == address_ && node->attributes["term"] == std::to_string(term());
  if (is_right) co_return common::OkStatus();
  Status changed = common::Fenced("the lock service has forgotten this master's address");
  core_.Depose(changed);
  co_return changed;
}

Task<void> Master::WatchLockService() {
  const std::unique_ptr<lockservice::NodeWatch> watch = session_->Watch(kMasterNode);
  while (!core_.deposed()) {
    watch->changed().Reset();
    const Status right = co_await CheckAnnounced();
    if (right.ok()) {
      co_await watch->changed().Wait();
    } else {
      co_await core_.Pause(kStandbyPause);
    }
  }
}

Task<void> Master::Stop() {
  operations_.Stop();
  garbage_.Stop();
  recovery_.Stop();
  tasks_.DestroyAll();
  co_await server_.Stop(Deadline::After(core_.executor().clock(), kDrainTime));
  service_.registration().Stop();
  co_await renewer_.Stop();
  const Status closed = co_await session_->Close();
  if (!closed.ok()) core_.logger().Warning("the session was not closed", {{"error", closed.ToString()}});
}

}  // namespace cellar::master
