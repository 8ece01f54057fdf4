#pragma once

#include <array>
#include <functional>
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

namespace cellar::sim {

enum class Role : uint8_t { kLockService, kMaster, kRangeServer };
inline constexpr std::array<Role, 3> kAllRoles = {Role::kLockService, Role::kMaster, Role::kRangeServer};
std::string_view RoleName(Role role);  ///< As the nodes are called: "lockservice", "master", "rangeserver".

/// A whole Cellar in one thread and virtual time: each role a process of its own on one machine's disk, a network, and
/// a supervisor that starts again what died. What happens in which order, the seed says. Driving thread only.
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
  /// The machine loses power: all roles are dead, and what was not durable is gone in part.
  void PowerCut();

  /// Every role serves and every range is recovered.
  bool AllUp();

  /// Called with each new life, before it does anything: for faults that strike from the start.
  void OnNewLife(std::function<void(Role, SimProcess&)> hook) { on_new_life_ = std::move(hook); }

  /// nullptr while it is down.
  SimProcess* process(Role role) { return slot(role).process.get(); }

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
  uint64_t death_count_ = 0;
  int64_t ticks_ = 0;
};

}  // namespace cellar::sim
