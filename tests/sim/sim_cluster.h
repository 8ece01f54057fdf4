#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/fault/defect.h"
#include "common/file/memory_file_system.h"
#include "rpc/memory/memory_network.h"
#include "tests/sim/sim_roles.h"
#include "tests/support/kept_directory.h"

namespace cellar::sim {

enum class Role : uint8_t { kLockService, kMaster, kRangeServer, kOtherMaster, kOtherRangeServer };
inline constexpr std::array<Role, 5> kAllRoles = {Role::kLockService, Role::kMaster, Role::kRangeServer,
                                                  Role::kOtherMaster, Role::kOtherRangeServer};
/// As the nodes are called: "lockservice", "master", "rangeserver", "master2", "rangeserver2".
std::string_view RoleName(Role role);

/// A whole Cellar in one thread and virtual time: each role a process of its own on one machine's disk, a network, and
/// a supervisor that starts again what died. Some worlds have a second master, which stands by; a second range server
/// is there while somebody calls for it. What happens in which order, the seed says. Driving thread only.
class SimCluster {
 public:
  /// With a defect, every process has it. `log` may be null.
  SimCluster(uint64_t seed, std::optional<Defect> defect, LogSink* log);
  ~SimCluster();

  /// Runs the world until `done`, burying the dead and starting them anew. False: virtual time reached `deadline`.
  bool RunUntil(const std::function<bool()>& done, Nanos deadline);

  void Kill(Role role) {
    if (SimProcess* there = process(role)) there->Kill();
  }
  /// A second range server joins, or one that claims to be the first: `location` is its name from before.
  void CallOtherRangeServer(std::string location);
  /// It dies, and is not started anew.
  void DismissOtherRangeServer();
  const std::string& other_location() const { return other_location_; }

  /// The lock service dies and begins anew with nothing.
  void WipeLockService();
  /// What it has on disk now is kept aside; and what was kept takes the place of what it has. False: nothing was kept.
  void KeepLockService();
  bool SetLockServiceBack();

  /// The machine loses power: all roles are dead, and what was not durable is gone in part.
  void PowerCut();

  /// Every role serves, one of the masters, and every range is recovered.
  bool AllUp();

  /// Called with each new life, before it does anything: for faults that strike from the start.
  void OnNewLife(std::function<void(Role, SimProcess&)> hook) { on_new_life_ = std::move(hook); }

  /// nullptr while it is down.
  SimProcess* process(Role role) { return slot(role).process.get(); }
  /// Numbers the lives of all processes; 0 while it is down.
  uint64_t LifeOf(Role role) { return process(role) == nullptr ? 0 : slot(role).life; }
  Nanos lease() const { return options_.lease; }

  SimScheduler& scheduler() { return scheduler_; }
  MemoryFileSystem& disk() { return disk_; }
  rpc::MemoryNetwork& network() { return network_; }
  SimMachine machine() { return SimMachine{scheduler_, network_, disk_, cluster_, log_}; }
  SeededRandom& random() { return random_; }
  Nanos now() const { return scheduler_.now(); }

  /// Orders what clients did: rises with each call.
  int64_t Tick() { return ++ticks_; }

  uint64_t death_count() const { return death_count_; }
  /// Fault points that any process came through.
  std::set<std::string> PassedFaultPoints();
  std::string Describe() const;

 private:
  struct Slot {
    Role role = Role::kLockService;
    std::unique_ptr<SimProcess> process;
    Nanos start_at = 0;
    bool is_wanted = true;
    uint64_t life = 0;

    Slot() = default;
  };

  Slot& slot(Role role) { return slots_[static_cast<size_t>(role)]; }
  bool AnyFallen() const;
  void Supervise();
  void Bury(Slot& slot);
  void StartProcess(Slot& slot);
  std::unique_ptr<SimProcess> NewProcess(Role role);
  Nanos NextStart() const;

  const std::optional<Defect> defect_;
  LogSink* const log_;
  SimScheduler scheduler_;
  MemoryFileSystem disk_;
  rpc::MemoryNetwork network_;
  const ClusterId cluster_;
  SeededRandom random_;
  const SimOptions options_;
  std::array<Slot, kAllRoles.size()> slots_;
  std::function<void(Role, SimProcess&)> on_new_life_;
  std::set<std::string> passed_;
  std::string other_location_;  ///< Of the second range server.
  tests::KeptDirectory lock_service_files_;
  uint64_t death_count_ = 0;
  uint64_t lives_ = 0;
  int64_t ticks_ = 0;
};

}  // namespace cellar::sim
