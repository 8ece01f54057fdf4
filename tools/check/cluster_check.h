#pragma once

#include <functional>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/file/file_system.h"
#include "tools/check/check_report.h"
#include "tools/check/cluster_view.h"

namespace cellar::check {

/// What a check stands on. All borrowed; they outlive it.
struct CheckSeams {
  Executor& executor;
  ClusterView& view;
  const FileSystem& log_files;
  const FileSystem& data_files;
};

struct CheckOptions {
  ClusterId cluster;               ///< That every file must belong to.
  Nanos patience = 60 * kSecond;   ///< How long to wait for recovery and for the collector of garbage.
  Nanos call_time = 60 * kSecond;  ///< Of one reading of METADATA or a server.
  /// Told what is being done, for people who wait; may be empty. Called on the loop.
  std::function<void(std::string_view)> on_progress;

  CheckOptions() = default;
};

/// Checks a whole running cluster, and changes nothing: root → METADATA → every range of every table in the catalog →
/// every file and log that they name, byte by byte → every file that nothing names (docs/reference/check.md).
///
/// The cluster may be at work meanwhile. What changes under the check's eyes shows in one pass and not in the next: a
/// finding counts when two passes in a row make it. An error means that it could not check.
Task<Result<CheckReport>> CheckCluster(CheckSeams seams, CheckOptions options);

}  // namespace cellar::check
