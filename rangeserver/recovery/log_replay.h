#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "model/metadata_row.h"
#include "rangeserver/range/range.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::rangeserver {

/// How far a replay is, for status pages. Written by the job, read by anyone.
struct ReplayProgress {
  std::atomic<uint64_t> log_count{0};      ///< Logs read to their end.
  std::atomic<uint64_t> section_count{0};  ///< Applied.
  std::atomic<uint64_t> cells_bytes{0};
};

/// A range that was opened from its manifest, and the logs that may hold what the manifest does not.
struct ReplayTarget {
  std::shared_ptr<Range> range;
  std::vector<model::LogRef> log_refs;  ///< Oldest first, as its row has them. Their directories are sealed.
};

/// What became of one target.
struct ReplayResult {
  Status status;               ///< kCorruption naming file and offset: the range must stay offline.
  uint64_t section_count = 0;  ///< Applied.
  uint64_t cells_bytes = 0;

  /// Some section stood at a tail that nothing proves durable: a sync may have failed and the page cache hold what the
  /// disk lost. The range must be flushed, and the manifest installed, before anybody sees it.
  bool unproven = false;

  /// What was found in the logs, for the operator: tails that were cut, damage (also what concerns other ranges, or
  /// none), files that never came to use.
  std::vector<std::string> remarks;

  ReplayResult() = default;
};

/// What replay needs of the server; outlives the call.
struct ReplaySeams {
  FileSystem& files;  ///< Of the logs.
  ClusterId cluster;
  Incarnation incarnation;  ///< Of this server: under which missing indexes are written.
  FaultPoints& faults;
  ReplayProgress* progress = nullptr;           ///< May be null.
  const std::atomic<bool>* stopping = nullptr;  ///< May be null. True: replays end soon with kCancelled.

  ReplaySeams(FileSystem& files_in, const ClusterId& cluster_in, Incarnation incarnation_in, FaultPoints& faults_in)
      : files(files_in), cluster(cluster_in), incarnation(incarnation_in), faults(faults_in) {}
};

/// Replays the logs of one class into the targets, each target's in its order, and each log once for all targets whose
/// next one it is, reading only their extents. One result a target, in order. Repeatable: a range skips what it has. A
/// worker job; blocks for as long as it takes. An unreadable log fails every target that names it; torn tails and logs
/// that were pruned are normal.
std::vector<ReplayResult> ReplayLogs(const ReplaySeams& seams, storage::LogClass log_class,
                                     std::span<const ReplayTarget> targets);

/// Directory of one class's log of an incarnation: "servers/rs1/0000000001.0000000002/log/user".
std::string LogDirectory(const model::LogRef& ref, storage::LogClass log_class);

}  // namespace cellar::rangeserver
