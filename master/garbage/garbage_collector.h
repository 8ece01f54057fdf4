#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/concurrency/task_group.h"
#include "master/cluster/catalog.h"
#include "master/cluster/master_core.h"
#include "master/garbage/garbage_references.h"
#include "master/recovery/recovery.h"

namespace cellar::master {

/// Removes what no row refers to any more: logs of dead incarnations, metalogs of earlier owners, files that dead
/// servers left behind (protocols.md B10). A pass after each recovery, then ever more rarely as long as dead servers'
/// logs are still needed, and one every `garbage_interval`.
///
///     finish what the log says → list candidates → scan all rows → recorded → removed → forgotten
///
/// A scan counts only when it tiles, when it was quick, and when no server came or went meanwhile. Files of living
/// servers are never candidates: what these drop they remove themselves. Ids of files, incarnations and tables are
/// never used again, so a removal that comes late removes nothing else.
///
/// Owned by the Master. Loop only. Borrows core and recovery.
class GarbageCollector {
 public:
  GarbageCollector(MasterCore& core, const Recovery& recovery);

  void Start();
  /// Gives up where it stands; the next master goes on with what is recorded.
  void Stop() { tasks_.DestroyAll(); }

  /// Nothing is left of dead servers: since the last change of servers and the recovery after it a pass has ended well,
  /// and found no log of theirs that a range still needs.
  bool collected() const;
  uint64_t removed_count() const { return removed_count_; }  ///< Files and directories, in this term.

  static constexpr Nanos kFirstPause = 2 * kSecond;  ///< After a pass that left something; doubled each time.

 private:
  Task<void> Run();
  /// OK: nothing is left of dead servers. kBusy: not yet.
  Task<Status> Pass();
  Task<Status> FinishRecorded();
  Task<Result<GarbageCandidates>> ListCandidates();
  Task<Result<GarbageReferences>> ScanReferences();
  Task<Status> Remove(std::vector<std::string> garbage);
  Task<Status> RemoveRecorded(uint64_t id, std::vector<std::string> paths);
  FileIdBlocks BlocksGivenOut() const;
  /// Nothing is under way that a scan could miss.
  Status CheckQuiet() const;

  MasterCore& core_;
  const Recovery& recovery_;
  Catalog catalog_;
  std::optional<uint64_t> collected_at_;  ///< Servers' change count of the last good pass.
  uint64_t removed_count_ = 0;
  TaskGroup tasks_;
};

}  // namespace cellar::master
