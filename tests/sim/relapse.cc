#include "tests/sim/relapse.h"

namespace cellar::sim {
namespace {

constexpr Nanos kLookAgain = 10 * kMillisecond;
constexpr Nanos kPatience = 20 * kSecond;
/// Beside the interval of renewals: for a connection to the service that begins anew.
constexpr Nanos kTimeToNotice = 2500 * kMillisecond;

bool Serves(SimProcess* process) {
  return process != nullptr && process->started() && !process->dead() && !process->wants_restart();
}

}  // namespace

Relapse::Relapse(SimCluster& cluster, Random& random)
    : cluster_(cluster),
      is_before_lock_(!random.OneIn(3)),
      label_(is_before_lock_ ? "rangeserver.lock.before_acquire" : "rangeserver.lock.before_incarnation"),
      serving_time_(static_cast<Nanos>(random.Uniform(3000)) * kMillisecond),
      give_up_at_(cluster.now() + kPatience),
      due_at_(cluster.now()) {
  cluster_.Kill(Role::kRangeServer);
}

void Relapse::Greet(Role role, SimProcess& process) {
  if (role != Role::kRangeServer || stage_ != Stage::kBeforeMoment) return;
  common::FaultPlan plan;
  plan.label = label_;
  plan.action = common::FaultAction::kPause;
  CHECK(process.faults().Arm(std::move(plan)).ok());
}

void Relapse::GoOn(Stage stage, Nanos delay) {
  stage_ = stage;
  due_at_ = cluster_.now() + delay;
}

/// The service, one life all the time since it was set back, has had its chance to refuse the renewal.
void Relapse::Look() {
  const bool is_same_service =
      cluster_.LifeOf(Role::kLockService) == lock_service_life_ && Serves(cluster_.process(Role::kLockService));
  const bool is_same_server =
      cluster_.LifeOf(Role::kRangeServer) == server_life_ && Serves(cluster_.process(Role::kRangeServer));
  if (is_before_lock_ && is_same_service && is_same_server) {
    violation_ = "a range server goes on though the lock service, which was set back, knows nothing of its lock";
  }
  GoOn(Stage::kOver, 0);
}

void Relapse::Step() {
  if (is_over() || cluster_.now() < due_at_) return;
  if (cluster_.now() > give_up_at_) return GoOn(Stage::kOver, 0);
  due_at_ = cluster_.now() + kLookAgain;
  SimProcess* server = cluster_.process(Role::kRangeServer);
  switch (stage_) {
    case Stage::kBeforeMoment:
      if (server == nullptr || server->faults().passes_of(label_) == 0) return;
      cluster_.KeepLockService();
      server->faults().Disarm(label_);
      server_life_ = cluster_.LifeOf(Role::kRangeServer);
      return GoOn(Stage::kBeforeServing, kLookAgain);
    case Stage::kBeforeServing:
      if (cluster_.LifeOf(Role::kRangeServer) != server_life_) return GoOn(Stage::kOver, 0);
      if (!Serves(server)) return;
      return GoOn(Stage::kBeforeService, serving_time_);
    case Stage::kBeforeService:
      if (lock_service_life_ == 0) {
        if (!cluster_.SetLockServiceBack()) return GoOn(Stage::kOver, 0);
        cluster_.CallOtherRangeServer("rs2");
        lock_service_life_ = cluster_.LifeOf(Role::kLockService);
        return;
      }
      if (cluster_.LifeOf(Role::kLockService) == lock_service_life_) return;  // not buried yet
      if (!Serves(cluster_.process(Role::kLockService))) return;
      lock_service_life_ = cluster_.LifeOf(Role::kLockService);
      return GoOn(Stage::kBeforeLook, cluster_.lease() / 6 + kTimeToNotice);
    case Stage::kBeforeLook:
      return Look();
    case Stage::kOver:
      return;
  }
}

}  // namespace cellar::sim
