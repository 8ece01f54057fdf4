#include "tests/sim/sim_cluster.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace cellar::sim {
namespace {

constexpr std::array<std::string_view, kAllRoles.size()> kRoleNames = {"lockservice", "master", "rangeserver",
                                                                       "master2", "rangeserver2"};

ClusterId NewClusterId() {
  ClusterId id;
  id.bytes.fill(7);
  return id;
}

}  // namespace

std::string_view RoleName(Role role) {
  return kRoleNames[static_cast<size_t>(role)];
}

SimCluster::SimCluster(uint64_t seed, std::optional<Defect> defect, LogSink* log)
    : defect_(defect),
      log_(log),
      scheduler_(seed),
      network_(scheduler_),
      cluster_(NewClusterId()),
      random_(scheduler_.random().Next()),
      options_(SimOptions::Draw(random_)),
      lock_service_files_(disk_, "lockservice") {
  // A call on files takes time, mostly little; how much belongs to the world.
  const Nanos longest_call = (Nanos{20} << random_.Uniform(12)) * kMicrosecond;
  scheduler_.SlowJobs(longest_call, 1 + random_.Uniform(8));
  if (defect == Defect::kNoDirectorySync) disk_.set_sync_directory_entries(false);
  if (defect == Defect::kSealInMemoryOnly) disk_.set_seal_conduct(common::SealConduct::kUnmarked);
  if (defect == Defect::kLengthReadBeforeSeal) disk_.set_seal_conduct(common::SealConduct::kLengthsFirst);
  for (const Role role : kAllRoles) slot(role).role = role;
  slot(Role::kOtherMaster).is_wanted = random_.OneIn(2);
  slot(Role::kOtherRangeServer).is_wanted = false;
}

SimCluster::~SimCluster() {
  for (Slot& slot : slots_) {
    if (slot.process != nullptr) slot.process->Kill();
  }
}

std::unique_ptr<SimProcess> SimCluster::NewProcess(Role role) {
  const uint64_t seed = random_.Next();
  switch (role) {
    case Role::kLockService:
      return std::make_unique<LockServiceProcess>(machine(), seed);
    case Role::kMaster:
    case Role::kOtherMaster:
      return std::make_unique<MasterProcess>(machine(), std::string(RoleName(role)), seed, options_);
    case Role::kRangeServer:
      return std::make_unique<RangeServerProcess>(machine(), std::string(RoleName(role)), seed, options_, "rs1");
    case Role::kOtherRangeServer:
      return std::make_unique<RangeServerProcess>(machine(), std::string(RoleName(role)), seed, options_,
                                                  other_location_);
  }
  return nullptr;
}

void SimCluster::StartProcess(Slot& slot) {
  slot.process = NewProcess(slot.role);
  slot.life = ++lives_;
  if (defect_) slot.process->faults().Plant(*defect_);
  if (on_new_life_) on_new_life_(slot.role, *slot.process);
  slot.process->Start();
}

void SimCluster::Bury(Slot& slot) {
  ++death_count_;
  for (const auto& [name, count] : slot.process->faults().passes()) passed_.insert(name);
  slot.process.reset();
  // Mostly at once, as a supervisor does; sometimes late enough for leases to run out.
  const Nanos longest = random_.OneIn(4) ? 8 * kSecond : 500 * kMillisecond;
  slot.start_at = now() + static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(longest)));
}

bool SimCluster::AnyFallen() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.process != nullptr && (slot.process->dead() || slot.process->wants_restart());
  });
}

void SimCluster::Supervise() {
  for (Slot& slot : slots_) {
    const bool is_there = slot.process != nullptr;
    if (is_there && (slot.process->dead() || slot.process->wants_restart())) Bury(slot);
    if (slot.process == nullptr && slot.is_wanted && slot.start_at <= now()) StartProcess(slot);
  }
}

Nanos SimCluster::NextStart() const {
  Nanos next = SimScheduler::kForever;
  for (const Slot& slot : slots_) {
    if (slot.process == nullptr && slot.is_wanted) next = std::min(next, slot.start_at);
  }
  return next;
}

bool SimCluster::RunUntil(const std::function<bool()>& done, Nanos deadline) {
  while (true) {
    Supervise();
    if (done()) return true;
    if (now() >= deadline) return false;
    const Nanos until = std::min(deadline, NextStart());
    const auto outcome = scheduler_.RunUntil([this, &done] { return AnyFallen() || done(); }, until);
    if (outcome == SimScheduler::Outcome::kIdle) scheduler_.RunFor(until - now());
  }
}

void SimCluster::PowerCut() {
  for (Slot& slot : slots_) {
    if (slot.process != nullptr) slot.process->Kill(false);
  }
  for (Slot& slot : slots_) {
    if (slot.process != nullptr) Bury(slot);
  }
  disk_.PowerCut(random_);
}

void SimCluster::CallOtherRangeServer(std::string location) {
  Slot& other = slot(Role::kOtherRangeServer);
  if (other.process != nullptr) other.process->Kill();
  other_location_ = std::move(location);
  other.is_wanted = true;
  other.start_at = now();
}

void SimCluster::DismissOtherRangeServer() {
  slot(Role::kOtherRangeServer).is_wanted = false;
  Kill(Role::kOtherRangeServer);
}

void SimCluster::WipeLockService() {
  Kill(Role::kLockService);
  lock_service_files_.Empty();
}

void SimCluster::KeepLockService() {
  lock_service_files_.Keep();
}

bool SimCluster::SetLockServiceBack() {
  if (lock_service_files_.empty()) return false;
  Kill(Role::kLockService);
  lock_service_files_.PutBack();
  return true;
}

bool SimCluster::AllUp() {
  const auto is_up = [this](Role role) {
    const SimProcess* there = process(role);
    return there != nullptr && there->started() && !there->dead() && !there->wants_restart();
  };
  const auto leads = [this, &is_up](Role role) {
    return is_up(role) && static_cast<const MasterProcess*>(process(role))->recovered();
  };
  const bool has_other = slot(Role::kOtherRangeServer).is_wanted;
  return is_up(Role::kLockService) && is_up(Role::kRangeServer) && (!has_other || is_up(Role::kOtherRangeServer)) &&
         (leads(Role::kMaster) || leads(Role::kOtherMaster));
}

std::set<std::string> SimCluster::PassedFaultPoints() {
  for (const Slot& slot : slots_) {
    if (slot.process == nullptr) continue;
    for (const auto& [name, count] : slot.process->faults().passes()) passed_.insert(name);
  }
  return passed_;
}

std::string SimCluster::Describe() const {
  std::string text;
  for (const Slot& slot : slots_) {
    text.append(RoleName(slot.role)).append(": ");
    if (slot.process == nullptr) {
      text.append("down\n");
    } else {
      text.append(slot.process->started() ? "started" : "starting");
      text.append(" ").append(slot.process->failure().ToString()).append("\n");
    }
  }
  return text + scheduler_.Describe();
}

}  // namespace cellar::sim
