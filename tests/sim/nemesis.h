#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/sim/sim_cluster.h"

namespace cellar::sim {

/// What befalls a cluster: deaths at random moments and at fault points, power cuts, files and disks that fail, a bad
/// network, slow steps. Which kinds, how often and where, the seed says. Driven by the run, between two works.
class Nemesis {
 public:
  /// `client_nodes`: for the network between them and the roles.
  Nemesis(SimCluster& cluster, std::vector<std::string> client_nodes, uint64_t seed);

  /// One evil, or the end of one. Returns when the next is due.
  Nanos Strike();

  /// Everything is well again: no fault is left, but what is dead stays dead until it is started anew.
  void Relent();

 private:
  using Evil = void (Nemesis::*)();

  void KillOne();
  void CutPower();
  void KillAtFaultPoint();
  void SlowAFaultPoint();
  void FailSyncs();
  void FailAppends();
  void FlipBits();
  void FillDisk();
  void MakeRoom();
  void WorsenNetwork();
  void Partition();
  void CalmNetwork();
  void CalmFiles();

  void GreetNewLife(Role role, SimProcess& process);
  Role AnyRole() { return kAllRoles[random_.Uniform(kAllRoles.size())]; }
  SimProcess* AnyProcess();
  std::string AnyNode();
  std::string AnyLabel();

  SimCluster& cluster_;
  const std::vector<std::string> client_nodes_;
  SeededRandom random_;
  std::vector<Evil> evils_;  ///< Those of this seed.
  Nanos longest_pause_;
  bool relented_ = false;
};

}  // namespace cellar::sim
