#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/relapse.h"
#include "tests/sim/sim_cluster.h"
#include "tests/sim/succession.h"

namespace cellar::sim {

/// Something is to befall a process where it passes a fault point.
struct Ambush {
  enum class Ending : uint8_t {
    kThaw,       ///< It stands still for a while.
    kSuccessor,  ///< A range server: it stands still, and another takes its place (Succession).
    kPowerCut,   ///< That step of it does not go on, and soon the power fails.
  };
  Role role = Role::kMaster;
  uint64_t life = 0;  ///< 0: not laid yet.
  std::string label;
  uint64_t passes_before = 0;
  Ending ending = Ending::kThaw;

  Ambush() = default;
};

/// What befalls a cluster: deaths at random moments and at fault points, power cuts, files and disks that fail, a bad
/// network, partitions of any pair, slow steps, processes that stand still, clocks that are off, a lock service that is
/// late, emptied or set back. Which kinds, how often and where, the seed says. Driven by the run, between two works.
class Nemesis {
 public:
  /// `client_nodes`: for the network between them and the roles. `relapses`: the lock service is set back into a range
  /// server's start, once. `indexes`: there are tables with indexes, and the master's steps for them can fail.
  Nemesis(SimCluster& cluster, std::vector<std::string> client_nodes, uint64_t seed, bool relapses, bool indexes);

  /// Nothing befalls this world before everybody is at work: tables that are being made see the first faults in some
  /// worlds, tables in use in the others.
  bool waits_for_work() const { return waits_for_work_; }

  /// One evil, or what follows from an earlier one. Returns when the next is due.
  Nanos Strike();
  /// Something waits for a Strike now, whatever was due.
  bool IsUrgent();

  /// Everything is well again: no fault is left, but what is dead stays dead until it is started anew.
  void Relent();

  /// What the cluster did under an evil that it must not; empty: nothing.
  const std::string& violation() const { return violation_; }

 private:
  using Evil = void (Nemesis::*)();
  /// What a world has more of than others: where everything happens at once, few things come to their end.
  enum class Leaning : uint8_t { kNone, kDeaths, kSuccessions, kFiles, kNetwork };
  struct Clock {
    Nanos offset = 0;
    int64_t rate = 0;
  };

  // Deaths.
  void KillOne();
  void CutPower();
  void CutPowerDuringCommit();
  void KillAtFaultPoint();
  void TakeOverDuringOperation();
  // Processes that are slow, or stand still.
  void SlowAFaultPoint();
  void FreezeOne();
  void FreezeAtFaultPoint();
  void SucceedAny();
  void SucceedAtFaultPoint();
  void CallOtherRangeServer();
  void DismissOtherRangeServer();
  // Files.
  void FailSyncs();
  void FailAppends();
  void FlipBits();
  void FillDisk();
  void MakeRoom();
  void CalmFiles();
  // The network.
  void WorsenNetwork();
  void Partition();
  void Flap();
  void CalmNetwork();
  // The lock service and the clocks.
  void ExpireLate();
  void WipeLockService();
  void KeepLockService();
  void SetLockServiceBack();
  void SetLockServiceBackIntoAStart();
  void JumpClock();

  void AddEvils();
  template <typename Course>
  bool FollowCourse(std::optional<Course>* course);
  bool MakeCalm(Role range_server);
  void GreetNewLife(Role role, SimProcess& process);
  void SetClockOf(Role role, SimProcess& process);
  void CheckWrongClock();
  void ThawDue();
  void ToggleFlapping();
  void ArmCrash(SimProcess& process, std::string label, uint64_t first_pass);
  void Succeed(Role old);
  Role AnyRangeServerRole();
  void LayAmbush(Role role, std::string label, Ambush::Ending ending);
  void FreezeFor(Role role, Nanos duration);
  SimProcess* AnyProcess();
  SimProcess* AnyRangeServer() { return cluster_.process(AnyRangeServerRole()); }
  Role AnyRole();
  std::string AnyNode();
  std::string AnyLabel();
  std::string AnyOperationLabel();
  std::pair<std::string, std::string> AnyPair();

  SimCluster& cluster_;
  std::vector<std::string> labels_;  ///< Fault points that this world may come through.
  const std::vector<std::string> client_nodes_;
  SeededRandom random_;
  std::vector<Evil> evils_;  ///< Those of this seed.
  Nanos longest_pause_;
  Nanos next_evil_ = 0;
  Leaning leaning_ = Leaning::kNone;
  bool waits_for_work_ = false;
  std::optional<Nanos> power_fails_at_;
  bool has_odd_clocks_ = false;
  std::map<Role, Clock> clocks_;
  uint64_t wrong_clock_life_ = 0;  ///< Of a range server whose clock is off by more than the bound.
  std::map<Role, Nanos> thaws_;    ///< When who is thawed.
  std::optional<Ambush> ambush_;
  std::vector<std::pair<std::string, std::string>> flapping_;
  bool flapped_ = false;  ///< Those are blocked now.
  std::optional<Succession> succession_;
  std::optional<Relapse> relapse_;
  Nanos relapse_at_;
  bool relented_ = false;
  std::string violation_;
};

}  // namespace cellar::sim
