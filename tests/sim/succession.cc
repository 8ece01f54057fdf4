#include "tests/sim/succession.h"

namespace cellar::sim {
namespace {

constexpr Nanos kTimeToLeave = kSecond;
constexpr Nanos kTimeCutOff = 3 * kSecond;

}  // namespace

Succession::Succession(SimCluster& cluster, Random& random, Role old)
    : cluster_(cluster),
      old_(old),
      old_life_(cluster.LifeOf(old)),
      lock_service_life_(cluster.LifeOf(Role::kLockService)),
      is_cut_off_(!random.OneIn(3)) {
  if (is_cut_off_) CutOff();
  cluster_.process(old_)->Freeze();
  // One that joins now keeps the master waiting for an answer of the old one.
  const bool stands_by = cluster_.process(Role::kOtherRangeServer) != nullptr && cluster_.other_location() != "rs1";
  const bool calls = old_ == Role::kRangeServer && (!stands_by || random.OneIn(3));
  if (calls) cluster_.CallOtherRangeServer(random.OneIn(3) ? "rs1" : "rs2");
  // Late enough for the service to end the session, and mostly for the other one to serve; mostly early enough for
  // those who wait for an answer.
  const Nanos expired = cluster_.lease() + cluster_.lease() / 4;
  const Nanos longest = random.OneIn(4) ? 12 * kSecond : 4 * kSecond;
  due_at_ = cluster_.now() + expired + static_cast<Nanos>(random.Uniform(static_cast<uint64_t>(longest)));
}

void Succession::CutOff() {
  const std::string name(RoleName(old_));
  cluster_.network().faults().Block(name, "lockservice");
  cluster_.network().faults().Block("lockservice", name);
}

void Succession::Reconnect() {
  const std::string name(RoleName(old_));
  cluster_.network().faults().Unblock(name, "lockservice");
  cluster_.network().faults().Unblock("lockservice", name);
}

bool Succession::IsGivenUp() {
  const SimProcess* service = cluster_.process(Role::kLockService);
  return cluster_.LifeOf(Role::kLockService) == lock_service_life_ && service->started() && !service->wants_restart();
}

void Succession::End(bool is_there) {
  is_over_ = true;
  if (is_cut_off_) {
    Reconnect();
  } else if (is_there && !cluster_.process(old_)->wants_restart() && IsGivenUp()) {
    violation_ = "a range server that stood still past its session serves a second after it went on";
  }
}

void Succession::Step() {
  if (is_over_ || cluster_.now() < due_at_) return;
  SimProcess* old = cluster_.process(old_);
  const bool is_there = cluster_.LifeOf(old_) == old_life_ && !old->dead();
  if (!is_there || is_thawed_) return End(is_there);
  old->Thaw();
  is_thawed_ = true;
  due_at_ = cluster_.now() + (is_cut_off_ ? kTimeCutOff : kTimeToLeave);
}

}  // namespace cellar::sim
