#include "tests/sim/nemesis.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace cellar::sim {
namespace {

// Within what servers and clients may differ by (the bound is a second), and a hundredth for rates.
constexpr Nanos kLargestOffset = 300 * kMillisecond;
constexpr int64_t kLargestRate = 2000;  ///< Parts per million.
constexpr Nanos kWrongOffset = 5 * kSecond;

constexpr Nanos kFlapTime = 400 * kMillisecond;

constexpr int kLeaningWeight = 5;
constexpr Nanos kLongestUntilPowerFails = 2 * kSecond;

Nanos Between(Random& random, Nanos low, Nanos high) {
  return low + static_cast<Nanos>(random.Uniform(static_cast<uint64_t>(high - low)));
}

bool IsIndexStep(const std::string& label) {
  return label.starts_with("master.alter_index.");
}

}  // namespace

Nemesis::Nemesis(SimCluster& cluster, std::vector<std::string> client_nodes, uint64_t seed, bool relapses, bool indexes)
    : cluster_(cluster),
      labels_(common::AllFaultPointNames()),
      client_nodes_(std::move(client_nodes)),
      random_(seed),
      relapse_at_(relapses ? cluster.now() + Between(random_, 0, 5 * kSecond) : std::numeric_limits<Nanos>::max()) {
  if (!indexes) std::erase_if(labels_, IsIndexStep);
  AddEvils();
  waits_for_work_ = leaning_ == Leaning::kSuccessions || random_.OneIn(2);
  longest_pause_ = static_cast<Nanos>(300 + random_.Uniform(3000)) * kMillisecond;
  has_odd_clocks_ = random_.OneIn(2);
  for (const Role role : kAllRoles) {
    clocks_[role].offset = Between(random_, -kLargestOffset, kLargestOffset);
    clocks_[role].rate = Between(random_, -kLargestRate, kLargestRate);
  }
  cluster_.OnNewLife([this](Role role, SimProcess& process) { GreetNewLife(role, process); });
  // Who takes over stands by: a server that joins meanwhile keeps the master busy until the call it made last ends.
  if (leaning_ == Leaning::kSuccessions) cluster_.CallOtherRangeServer("rs2");
}

void Nemesis::AddEvils() {
  using enum Leaning;
  struct Choice {
    Evil evil;
    int weight;
    Leaning leaning;
  };
  const Choice all[] = {
      {&Nemesis::KillOne, 3, kDeaths},
      {&Nemesis::CutPower, 2, kDeaths},
      {&Nemesis::CutPowerDuringCommit, 4, kFiles},
      {&Nemesis::KillAtFaultPoint, 4, kDeaths},
      {&Nemesis::TakeOverDuringOperation, 2, kNone},
      {&Nemesis::SlowAFaultPoint, 2, kNone},
      {&Nemesis::FreezeOne, 2, kNone},
      {&Nemesis::FreezeAtFaultPoint, 3, kNone},
      {&Nemesis::SucceedAny, 1, kSuccessions},
      {&Nemesis::SucceedAtFaultPoint, 4, kSuccessions},
      {&Nemesis::CallOtherRangeServer, 1, kNone},
      {&Nemesis::DismissOtherRangeServer, 2, kNone},
      {&Nemesis::FailSyncs, 2, kFiles},
      {&Nemesis::FailAppends, 2, kNone},
      {&Nemesis::FlipBits, 3, kFiles},
      {&Nemesis::FillDisk, 1, kNone},
      {&Nemesis::MakeRoom, 2, kNone},
      {&Nemesis::CalmFiles, 2, kNone},
      {&Nemesis::WorsenNetwork, 2, kNetwork},
      {&Nemesis::Partition, 2, kNetwork},
      {&Nemesis::Flap, 1, kNetwork},
      {&Nemesis::CalmNetwork, 4, kNetwork},
      {&Nemesis::ExpireLate, 1, kNone},
      {&Nemesis::WipeLockService, 1, kNone},
      {&Nemesis::KeepLockService, 1, kNone},
      {&Nemesis::SetLockServiceBack, 1, kNone},
      {&Nemesis::JumpClock, 1, kNone},
  };
  constexpr Leaning kLeanings[] = {kNone, kDeaths, kSuccessions, kSuccessions, kSuccessions, kFiles, kFiles, kNetwork};
  leaning_ = kLeanings[random_.Uniform(std::size(kLeanings))];
  for (const Choice& choice : all) {
    const bool leans = leaning_ != kNone && choice.leaning == leaning_;
    if (!leans && random_.OneIn(leaning_ == kNone ? 3 : 2)) continue;  // not in this world
    for (int i = 0; i < choice.weight * (leans ? kLeaningWeight : 1); ++i) evils_.push_back(choice.evil);
  }
  if (evils_.empty()) evils_.push_back(&Nemesis::KillOne);
}

/// Whether it goes on.
template <typename Course>
bool Nemesis::FollowCourse(std::optional<Course>* course) {
  if (!course->has_value()) return false;
  (*course)->Step();
  if (!(*course)->violation().empty()) violation_ = (*course)->violation();
  if (!(*course)->is_over()) return true;
  course->reset();
  return false;
}

Nanos Nemesis::Strike() {
  CheckWrongClock();
  if (power_fails_at_ && cluster_.now() >= *power_fails_at_) {
    power_fails_at_.reset();
    CutPower();
  }
  if (FollowCourse(&succession_)) return succession_->due_at();
  if (FollowCourse(&relapse_)) return relapse_->due_at();
  ThawDue();
  if (cluster_.now() >= relapse_at_) SetLockServiceBackIntoAStart();
  if (relapse_) return relapse_->due_at();
  if (cluster_.now() >= next_evil_) {
    (this->*evils_[random_.Uniform(evils_.size())])();
    next_evil_ = cluster_.now() + Between(random_, 0, longest_pause_);
  }
  if (succession_) return succession_->due_at();
  ToggleFlapping();
  Nanos next = next_evil_;
  for (const auto& [role, at] : thaws_) next = std::min(next, at);
  if (!flapping_.empty()) next = std::min(next, cluster_.now() + Between(random_, kFlapTime / 8, kFlapTime));
  return next;
}

bool Nemesis::IsUrgent() {
  if (power_fails_at_ && cluster_.now() >= *power_fails_at_) return true;
  if (!ambush_ || succession_ || relapse_ || cluster_.LifeOf(ambush_->role) != ambush_->life) return false;
  SimProcess& process = *cluster_.process(ambush_->role);
  if (process.faults().passes_of(ambush_->label) <= ambush_->passes_before) return false;
  const Ambush ambush = *std::exchange(ambush_, std::nullopt);
  if (ambush.ending == Ambush::Ending::kPowerCut) {
    power_fails_at_ = cluster_.now() + Between(random_, 0, kLongestUntilPowerFails);
    return false;
  }
  FreezeFor(ambush.role, Between(random_, 100 * kMillisecond, 3 * cluster_.lease()));
  process.faults().Disarm(ambush.label);
  if (ambush.ending == Ambush::Ending::kSuccessor) Succeed(ambush.role);
  return true;
}

// ---- Whom and where

Role Nemesis::AnyRole() {
  while (true) {
    const Role role = kAllRoles[random_.Uniform(kAllRoles.size())];
    const bool may_be_absent = role == Role::kOtherMaster || role == Role::kOtherRangeServer;
    if (!may_be_absent || cluster_.process(role) != nullptr) return role;
  }
}

SimProcess* Nemesis::AnyProcess() {
  return cluster_.process(AnyRole());
}

/// One that is there, if any is.
Role Nemesis::AnyRangeServerRole() {
  const bool has_first = cluster_.process(Role::kRangeServer) != nullptr;
  const bool has_other = cluster_.process(Role::kOtherRangeServer) != nullptr;
  return has_other && (!has_first || random_.OneIn(2)) ? Role::kOtherRangeServer : Role::kRangeServer;
}

std::string Nemesis::AnyNode() {
  const size_t which = random_.Uniform(kAllRoles.size() + client_nodes_.size());
  if (which < kAllRoles.size()) return std::string(RoleName(kAllRoles[which]));
  return client_nodes_[which - kAllRoles.size()];
}

std::pair<std::string, std::string> Nemesis::AnyPair() {
  while (true) {
    std::pair<std::string, std::string> pair(AnyNode(), AnyNode());
    if (pair.first != pair.second) return pair;
  }
}

std::string Nemesis::AnyLabel() {
  // Between what is durable and what somebody knows of it: where most mistakes would show.
  constexpr const char* kFavourites[] = {"write.answer.before", "write.mutation.before_answer",
                                         "write.commit.after_sync", "range.compaction.before_install",
                                         "range.compaction.after_install"};
  if (random_.OneIn(2)) return kFavourites[random_.Uniform(std::size(kFavourites))];
  return labels_[random_.Uniform(labels_.size())];
}

/// A step of an operation on names.
std::string Nemesis::AnyOperationLabel() {
  std::vector<std::string> labels = labels_;
  std::erase_if(labels, [](const std::string& label) {
    const bool is_step = label.starts_with("master.operation") || label.find("_table.") != std::string::npos ||
                         label.find("_namespace.") != std::string::npos || IsIndexStep(label);
    return !label.starts_with("master.") || !is_step;
  });
  return labels[random_.Uniform(labels.size())];
}

// ---- Deaths

void Nemesis::KillOne() {
  if (SimProcess* process = AnyProcess()) process->Kill();
}

void Nemesis::CutPower() {
  cluster_.PowerCut();
}

/// What is not synced yet is seen by nobody, for then it is gone.
void Nemesis::CutPowerDuringCommit() {
  LayAmbush(AnyRangeServerRole(), random_.OneIn(2) ? "write.commit.before_append" : "write.commit.before_sync",
            Ambush::Ending::kPowerCut);
}

void Nemesis::ArmCrash(SimProcess& process, std::string label, uint64_t first_pass) {
  common::FaultPlan plan;
  plan.label = std::move(label);
  plan.action = common::FaultAction::kCrash;
  plan.first_pass = first_pass;
  CHECK(process.faults().Arm(std::move(plan)).ok());
}

void Nemesis::KillAtFaultPoint() {
  SimProcess* process = AnyProcess();
  if (process == nullptr) return;
  std::string label = AnyLabel();
  ArmCrash(*process, std::move(label), random_.Uniform(random_.OneIn(2) ? 3 : 40));
}

/// The master that acts dies, or stands still while the other takes over.
void Nemesis::TakeOverDuringOperation() {
  const bool freezes = random_.OneIn(2);
  for (const Role role : {Role::kMaster, Role::kOtherMaster}) {
    SimProcess* process = cluster_.process(role);
    if (process == nullptr || !process->started()) continue;
    std::string label = AnyOperationLabel();
    if (freezes) LayAmbush(role, std::move(label), Ambush::Ending::kThaw);
    if (!freezes) ArmCrash(*process, std::move(label), random_.Uniform(2));
    return;
  }
}

// ---- Slow, or still

void Nemesis::SlowAFaultPoint() {
  SimProcess* process = AnyProcess();
  if (process == nullptr) return;
  common::FaultPlan plan;
  plan.label = AnyLabel();
  plan.action = common::FaultAction::kDelay;
  plan.delay = static_cast<Nanos>(1 + random_.Uniform(2000)) * kMillisecond;
  plan.pass_count = 1 + random_.Uniform(5);
  CHECK(process->faults().Arm(std::move(plan)).ok());
}

void Nemesis::FreezeFor(Role role, Nanos duration) {
  cluster_.process(role)->Freeze();
  thaws_[role] = cluster_.now() + duration;
}

void Nemesis::FreezeOne() {
  const Role role = AnyRole();
  if (cluster_.process(role) == nullptr || thaws_.contains(role)) return;
  FreezeFor(role, Between(random_, 100 * kMillisecond, 3 * cluster_.lease()));
}

void Nemesis::ThawDue() {
  for (auto thaw = thaws_.begin(); thaw != thaws_.end();) {
    const auto [role, at] = *thaw;
    if (at > cluster_.now()) {
      ++thaw;
      continue;
    }
    if (SimProcess* process = cluster_.process(role)) process->Thaw();
    thaw = thaws_.erase(thaw);
  }
}

void Nemesis::LayAmbush(Role role, std::string label, Ambush::Ending ending) {
  SimProcess* process = cluster_.process(role);
  if (process == nullptr) return;
  ambush_.emplace();
  ambush_->role = role;
  ambush_->life = cluster_.LifeOf(role);
  const uint64_t lets_pass = random_.OneIn(2) ? 0 : random_.Uniform(40);
  ambush_->passes_before = process->faults().passes_of(label) + lets_pass;
  ambush_->ending = ending;
  common::FaultPlan plan;
  plan.label = label;
  plan.action = common::FaultAction::kPause;
  plan.first_pass = lets_pass;
  ambush_->label = std::move(label);
  CHECK(process->faults().Arm(std::move(plan)).ok());
}

void Nemesis::FreezeAtFaultPoint() {
  const Role role = AnyRole();
  LayAmbush(role, AnyLabel(), Ambush::Ending::kThaw);
}

/// Where what it does afterwards would be too late; above all where it has taken a write and nothing of it is in the
/// log: only the seal tells it, when its sync is done.
void Nemesis::SucceedAtFaultPoint() {
  constexpr const char* kLabels[] = {"write.commit.before_sync",         "write.commit.after_sync",
                                     "rangeserver.scan.before_snapshot", "rangeserver.get.before_snapshot",
                                     "rangeserver.scan.before_answer",   "range.compaction.before_install"};
  const bool at_append = random_.OneIn(2);
  LayAmbush(AnyRangeServerRole(),
            at_append ? "write.commit.before_append" : kLabels[random_.Uniform(std::size(kLabels))],
            Ambush::Ending::kSuccessor);
}

void Nemesis::SucceedAny() {
  Succeed(AnyRangeServerRole());
}

/// Nothing is wrong any more with that range server and the lock service. False: one of them, or the first range
/// server, does not serve.
bool Nemesis::MakeCalm(Role range_server) {
  const auto is_up = [this](Role role) {
    const SimProcess* process = cluster_.process(role);
    return process != nullptr && process->started();
  };
  if (!is_up(range_server) || !is_up(Role::kRangeServer) || !is_up(Role::kLockService)) return false;
  SimProcess* service = cluster_.process(Role::kLockService);
  if (service->node().frozen()) return false;
  thaws_.erase(range_server);
  CalmNetwork();
  cluster_.process(range_server)->faults().DisarmAll();
  service->faults().DisarmAll();
  service->files().ClearRules();
  MakeRoom();
  return true;
}

void Nemesis::Succeed(Role old) {
  if (!succession_ && MakeCalm(old)) succession_.emplace(cluster_, random_, old);
}

void Nemesis::CallOtherRangeServer() {
  cluster_.CallOtherRangeServer(random_.OneIn(4) ? "rs1" : "rs2");
}

void Nemesis::DismissOtherRangeServer() {
  cluster_.DismissOtherRangeServer();
}

// ---- Files

/// What was not synced is lost, though it can be read until the power fails: often soon, as with a disk that dies.
void Nemesis::FailSyncs() {
  SimProcess* process = random_.OneIn(2) ? AnyRangeServer() : AnyProcess();
  if (process == nullptr) return;
  const bool takes_power_along = random_.OneIn(2);
  FaultRule rule;
  rule.operation = FileOperation::kSync;
  rule.one_in = 2 + random_.Uniform(10);
  rule.fire_count = 1 + random_.Uniform(6);
  rule.poisons_handle = false;
  rule.hook = [this, takes_power_along](std::string_view path) {
    static_cast<void>(cluster_.disk().LoseUnsynced(path));
    if (takes_power_along && !power_fails_at_)
      power_fails_at_ = cluster_.now() + Between(random_, 0, kLongestUntilPowerFails);
  };
  process->files().AddRule(std::move(rule));
}

void Nemesis::FailAppends() {
  SimProcess* process = AnyProcess();
  if (process == nullptr) return;
  FaultRule rule;
  rule.operation = random_.OneIn(4) ? FileOperation::kCreate : FileOperation::kAppend;
  if (rule.operation == FileOperation::kAppend && random_.OneIn(2)) rule.fault = FileFault::kShortAppend;
  rule.one_in = 2 + random_.Uniform(20);
  rule.fire_count = 1 + random_.Uniform(6);
  process->files().AddRule(std::move(rule));
}

void Nemesis::FlipBits() {
  SimProcess* process = AnyRangeServer();
  if (process == nullptr) return;
  FaultRule rule;
  rule.operation = FileOperation::kRead;
  rule.path_pattern = "tables/*";
  rule.fault = FileFault::kFlipBit;
  rule.one_in = 1 + random_.Uniform(10);
  rule.fire_count = 1 + random_.Uniform(20);
  process->files().AddRule(std::move(rule));
}

void Nemesis::FillDisk() {
  cluster_.disk().set_space_limit_bytes(cluster_.disk().used_bytes() + random_.Uniform(4000));
}

void Nemesis::MakeRoom() {
  cluster_.disk().set_space_limit_bytes(std::numeric_limits<uint64_t>::max());
}

void Nemesis::CalmFiles() {
  for (const Role role : kAllRoles) {
    if (SimProcess* process = cluster_.process(role)) process->files().ClearRules();
  }
}

// ---- The network

void Nemesis::WorsenNetwork() {
  rpc::LinkFaults& link = cluster_.network().faults().everywhere();
  switch (random_.Uniform(4)) {
    case 0:
      link.lose_one_in = static_cast<uint32_t>(10 + random_.Uniform(200));
      break;
    case 1:
      link.duplicate_one_in = static_cast<uint32_t>(3 + random_.Uniform(50));
      break;
    case 2:
      link.cut_one_in = static_cast<uint32_t>(20 + random_.Uniform(300));
      break;
    default:
      link.max_delay = static_cast<Nanos>(1 + random_.Uniform(300)) * kMillisecond;
  }
}

/// One way, or both.
void Nemesis::Partition() {
  const auto [from, to] = AnyPair();
  cluster_.network().faults().Block(from, to);
  if (random_.OneIn(2)) cluster_.network().faults().Block(to, from);
}

void Nemesis::Flap() {
  const auto [from, to] = AnyPair();
  flapping_.emplace_back(from, to);
  if (random_.OneIn(2)) flapping_.emplace_back(to, from);
}

void Nemesis::ToggleFlapping() {
  flapped_ = !flapped_;
  for (const auto& [from, to] : flapping_) {
    if (flapped_) {
      cluster_.network().faults().Block(from, to);
    } else {
      cluster_.network().faults().Unblock(from, to);
    }
  }
}

void Nemesis::CalmNetwork() {
  flapping_.clear();
  cluster_.network().faults().everywhere() = rpc::LinkFaults();
  cluster_.network().faults().Heal();
}

// ---- The lock service and the clocks

void Nemesis::ExpireLate() {
  SimProcess* process = cluster_.process(Role::kLockService);
  if (process == nullptr) return;
  common::FaultPlan plan;
  plan.label = "lockservice.expiry.late";
  plan.action = common::FaultAction::kBuggify;
  plan.pass_count = common::FaultPlan::kForever;
  plan.one_in = 1 + random_.Uniform(2);
  CHECK(process->faults().Arm(std::move(plan)).ok());
}

void Nemesis::WipeLockService() {
  cluster_.WipeLockService();
}

void Nemesis::KeepLockService() {
  cluster_.KeepLockService();
}

void Nemesis::SetLockServiceBack() {
  if (!cluster_.SetLockServiceBack()) cluster_.KeepLockService();
}

void Nemesis::SetLockServiceBackIntoAStart() {
  if (!MakeCalm(Role::kRangeServer)) return;
  relapse_at_ = std::numeric_limits<Nanos>::max();
  relapse_.emplace(cluster_, random_);
}

void Nemesis::SetClockOf(Role role, SimProcess& process) {
  if (has_odd_clocks_) process.SetClock(clocks_[role].offset, clocks_[role].rate);
}

void Nemesis::JumpClock() {
  has_odd_clocks_ = true;
  const Role role = AnyRole();
  if (wrong_clock_life_ != 0 && cluster_.LifeOf(role) == wrong_clock_life_) return;
  clocks_[role].offset = Between(random_, -kLargestOffset, kLargestOffset);
  if (SimProcess* process = cluster_.process(role)) SetClockOf(role, *process);
}

/// A range server with such a clock is not let in.
void Nemesis::CheckWrongClock() {
  for (const Role role : {Role::kRangeServer, Role::kOtherRangeServer}) {
    if (wrong_clock_life_ == 0 || cluster_.LifeOf(role) != wrong_clock_life_) continue;
    const SimProcess& process = *cluster_.process(role);
    if (process.started() && process.failure().ok()) violation_ = "a range server whose clock is wrong was let in";
  }
}

void Nemesis::GreetNewLife(Role role, SimProcess& process) {
  if (relented_) return;
  SetClockOf(role, process);
  if (relapse_) return relapse_->Greet(role, process);
  const bool is_range_server = role == Role::kRangeServer || role == Role::kOtherRangeServer;
  if (is_range_server && random_.OneIn(20)) {
    wrong_clock_life_ = cluster_.LifeOf(role);
    process.SetClock(random_.OneIn(2) ? kWrongOffset : -kWrongOffset, 0);
  }
  if (random_.OneIn(4)) {
    std::string label = AnyLabel();
    ArmCrash(process, std::move(label), random_.Uniform(3));
  }
}

void Nemesis::Relent() {
  relented_ = true;
  CalmNetwork();
  CalmFiles();
  MakeRoom();
  for (const Role role : kAllRoles) {
    SimProcess* process = cluster_.process(role);
    if (process == nullptr) continue;
    process->Thaw();
    process->SetClock(0, 0);
    process->faults().DisarmAll();
    if (cluster_.LifeOf(role) == wrong_clock_life_) process->Kill();
  }
  if (random_.OneIn(2) || cluster_.other_location() == "rs1") cluster_.DismissOtherRangeServer();
}

}  // namespace cellar::sim
