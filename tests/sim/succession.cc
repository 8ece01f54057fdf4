#include "tests/sim/succession.h"

namespace cellar::sim {
namespace {

constexpr Nanos kTimeToLeave = kSecond;
constexpr Nanos kTimeCutOff = 3 * kSecond;

}  // namespace

Succession::Succession(SimCluster& cluster, Random& random)
    : cluster_(cluster),
      old_life_(cluster.LifeOf(Role::kRangeServer)),
      lock_service_life_(cluster.LifeOf(Role::kLockService)),
      is_cut_off_(random.OneIn(2)) {
  if (is_cut_off_) {
    cluster_.network().faults().Block("rangeserver", "lockservice");
    cluster_.network().faults().Block("lockservice", "rangeserver");
  }
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

void Succession::End(bool is_there) {
  is_over_ = true;
  if (is_cut_off_) {
    cluster_.network().faults().Unblock("rangeserver", "lockservice");
    cluster_.network().faults().Unblock("lockservice", "rangeserver");
  } else if (is_there && !cluster_.process(Role::kRangeServer)->wants_restart() && IsGivenUp()) {
    violation_ = "a range server that stood still past its session serves a second after it went on";
  }
}

void Succession::Step() {
  if (is_over_ || cluster_.now() < due_at_) return;
  SimProcess* old = cluster_.process(Role::kRangeServer);
  const bool is_there = cluster_.LifeOf(Role::kRangeServer) == old_life_ && !old->dead();
  if (!is_there || is_thawed_) return End(is_there);
  old->Thaw();
  is_thawed_ = true;
  due_at_ = cluster_.now() + (is_cut_off_ ? kTimeCutOff : kTimeToLeave);
}

}  // namespace cellar::sim
