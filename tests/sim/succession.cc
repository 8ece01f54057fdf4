#include "tests/sim/succession.h"

namespace cellar::sim {
namespace {

constexpr Nanos kTimeToLeave = kSecond;

}  // namespace

Succession::Succession(SimCluster& cluster, Random& random)
    : cluster_(cluster),
      old_life_(cluster.LifeOf(Role::kRangeServer)),
      lock_service_life_(cluster.LifeOf(Role::kLockService)) {
  cluster_.process(Role::kRangeServer)->Freeze();
  cluster_.CallOtherRangeServer(random.OneIn(3) ? "rs1" : "rs2");
  // Late enough for the service to end the session, and mostly for the other one to serve.
  const Nanos expired = cluster_.lease() + cluster_.lease() / 4;
  due_at_ = cluster_.now() + expired + static_cast<Nanos>(random.Uniform(4)) * kSecond;
}

bool Succession::IsGivenUp() {
  const SimProcess* service = cluster_.process(Role::kLockService);
  return cluster_.LifeOf(Role::kLockService) == lock_service_life_ && service->started() && !service->wants_restart();
}

void Succession::Step() {
  if (is_over_ || cluster_.now() < due_at_) return;
  SimProcess* old = cluster_.process(Role::kRangeServer);
  const bool is_there = cluster_.LifeOf(Role::kRangeServer) == old_life_ && !old->dead();
  if (!is_there || is_thawed_) {
    is_over_ = true;
    if (is_there && !old->wants_restart() && IsGivenUp()) {
      violation_ = "a range server that stood still past its session serves a second after it went on";
    }
    return;
  }
  old->Thaw();
  is_thawed_ = true;
  due_at_ = cluster_.now() + kTimeToLeave;
}

}  // namespace cellar::sim
