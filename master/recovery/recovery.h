#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "master/cluster/catalog.h"
#include "master/cluster/master_core.h"
#include "master/cluster/range_loader.h"

namespace cellar::master {

/// Brings every range back to a living server: at the start of a master, and after each death of a server. It goes by
/// what the rows say, so that it needs no record of its own: a crash begins the pass again.
///
///     wait for a ready server → seal the dead → root → METADATA → catalog → user ranges → wait for a change
///                ^_______________________________________ any error, after a pause ______|
///
/// Owned by the Master. Loop only. Borrows the core.
class Recovery {
 public:
  explicit Recovery(MasterCore& core);

  void Start();
  /// Gives up where it stands.
  void Stop() { tasks_.DestroyAll(); }

  /// The last pass brought every range back, or named it among the problems, and no server has changed since.
  bool recovered() const { return recovered_; }
  /// Woken after each complete pass.
  Event& passed() const { return passed_; }

  static constexpr Nanos kPauseAfterError = kSecond;

 private:
  struct Load {
    model::RangeRecord record;
    std::string schema;
    Status outcome;

    Load() = default;
  };
  using Loads = std::vector<Load>;

  Task<void> Run();
  Task<Status> Pass();
  Task<Status> SealDead();
  Task<Status> AwaitLeaseEnds();
  Task<Status> LoadRoot();
  Task<Status> AdoptRoot();
  Task<Status> AnnounceRoot();
  Task<Status> LoadMetadata();
  Task<Status> LoadCatalog();
  Task<Status> LoadUserRanges();
  Task<Status> LoadAll(std::shared_ptr<Loads> loads);
  Task<void> LoadOne(std::shared_ptr<Loads> loads, size_t index, common::Semaphore::Permit turn);
  Task<Status> CreateFirstRange(model::RangeKey range);

  MasterCore& core_;
  RangeLoader loader_;
  Catalog catalog_;
  bool recovered_ = false;
  std::vector<model::LogRef> dead_;  ///< Sealed in this pass.
  mutable Event passed_{"recovery"};
  std::optional<RootOwner> asked_root_;  ///< Told to take the root range over; repeated under the same epoch.
  common::Semaphore turns_;
  TaskGroup tasks_;
};

}  // namespace cellar::master
