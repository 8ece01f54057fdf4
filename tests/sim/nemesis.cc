#include "tests/sim/nemesis.h"

#include <utility>

namespace cellar::sim {

Nemesis::Nemesis(SimCluster& cluster, std::vector<std::string> client_nodes, uint64_t seed)
    : cluster_(cluster), client_nodes_(std::move(client_nodes)), random_(seed) {
  const std::pair<Evil, int> all[] = {
      {&Nemesis::KillOne, 3},         {&Nemesis::CutPower, 2},  {&Nemesis::KillAtFaultPoint, 4},
      {&Nemesis::SlowAFaultPoint, 2}, {&Nemesis::FailSyncs, 2}, {&Nemesis::FailAppends, 2},
      {&Nemesis::FlipBits, 1},        {&Nemesis::FillDisk, 1},  {&Nemesis::MakeRoom, 2},
      {&Nemesis::WorsenNetwork, 2},   {&Nemesis::Partition, 1}, {&Nemesis::CalmNetwork, 2},
      {&Nemesis::CalmFiles, 2},
  };
  for (const auto& [evil, weight] : all) {
    if (random_.OneIn(3)) continue;  // not in this world
    for (int i = 0; i < weight; ++i) evils_.push_back(evil);
  }
  if (evils_.empty()) evils_.push_back(&Nemesis::KillOne);
  longest_pause_ = static_cast<Nanos>(300 + random_.Uniform(3000)) * kMillisecond;
  cluster_.OnNewLife([this](Role role, SimProcess& process) { GreetNewLife(role, process); });
}

Nanos Nemesis::Strike() {
  (this->*evils_[random_.Uniform(evils_.size())])();
  return cluster_.now() + static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(longest_pause_)));
}

SimProcess* Nemesis::AnyProcess() {
  return cluster_.process(AnyRole());
}

std::string Nemesis::AnyNode() {
  const size_t which = random_.Uniform(kAllRoles.size() + client_nodes_.size());
  if (which < kAllRoles.size()) return std::string(RoleName(kAllRoles[which]));
  return client_nodes_[which - kAllRoles.size()];
}

std::string Nemesis::AnyLabel() {
  // Between what is durable and what somebody knows of it: where most mistakes would show.
  constexpr const char* kFavourites[] = {"write.answer.before", "write.mutation.before_answer",
                                         "write.commit.after_sync", "range.compaction.before_install",
                                         "range.compaction.after_install"};
  if (random_.OneIn(2)) return kFavourites[random_.Uniform(std::size(kFavourites))];
  const std::vector<std::string> labels = common::AllFaultPointNames();
  return labels[random_.Uniform(labels.size())];
}

void Nemesis::KillOne() {
  if (SimProcess* process = AnyProcess()) process->Kill();
}

void Nemesis::CutPower() {
  cluster_.PowerCut();
}

void Nemesis::KillAtFaultPoint() {
  SimProcess* process = AnyProcess();
  if (process == nullptr) return;
  common::FaultPlan plan;
  plan.label = AnyLabel();
  plan.action = common::FaultAction::kCrash;
  plan.first_pass = random_.Uniform(random_.OneIn(2) ? 3 : 40);
  CHECK(process->faults().Arm(std::move(plan)).ok());
}

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

void Nemesis::FailSyncs() {
  SimProcess* process = AnyProcess();
  if (process == nullptr) return;
  FaultRule rule;
  rule.operation = FileOperation::kSync;
  rule.one_in = 2 + random_.Uniform(10);
  rule.fire_count = 1 + random_.Uniform(6);
  rule.poisons_handle = false;
  rule.hook = [this](std::string_view path) { static_cast<void>(cluster_.disk().LoseUnsynced(path)); };
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
  SimProcess* process = cluster_.process(Role::kRangeServer);
  if (process == nullptr) return;
  FaultRule rule;
  rule.operation = FileOperation::kRead;
  rule.path_pattern = "tables/*";
  rule.fault = FileFault::kFlipBit;
  rule.one_in = 1 + random_.Uniform(20);
  rule.fire_count = 1 + random_.Uniform(20);
  process->files().AddRule(std::move(rule));
}

void Nemesis::FillDisk() {
  cluster_.disk().set_space_limit_bytes(cluster_.disk().used_bytes() + random_.Uniform(4000));
}

void Nemesis::MakeRoom() {
  cluster_.disk().set_space_limit_bytes(std::numeric_limits<uint64_t>::max());
}

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

void Nemesis::Partition() {
  const std::string from = AnyNode();
  const std::string to = AnyNode();
  if (from == to) return;
  cluster_.network().faults().Block(from, to);
  if (random_.OneIn(2)) cluster_.network().faults().Block(to, from);
}

void Nemesis::CalmNetwork() {
  cluster_.network().faults().everywhere() = rpc::LinkFaults();
  cluster_.network().faults().Heal();
}

void Nemesis::CalmFiles() {
  for (const Role role : kAllRoles) {
    if (SimProcess* process = cluster_.process(role)) process->files().ClearRules();
  }
}

void Nemesis::GreetNewLife(Role, SimProcess& process) {
  if (relented_ || !random_.OneIn(4)) return;
  common::FaultPlan plan;
  plan.label = AnyLabel();
  plan.action = common::FaultAction::kCrash;
  plan.first_pass = random_.Uniform(3);
  CHECK(process.faults().Arm(std::move(plan)).ok());
}

void Nemesis::Relent() {
  relented_ = true;
  CalmNetwork();
  CalmFiles();
  MakeRoom();
  for (const Role role : kAllRoles) {
    if (SimProcess* process = cluster_.process(role)) process->faults().DisarmAll();
  }
}

}  // namespace cellar::sim
