#pragma once

#include <functional>

#include "common/base/status.h"
#include "common/concurrency/executor.h"
#include "common/fault/fault_points.h"
#include "lockservice/lease.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/write/pipeline_metrics.h"

namespace cellar::rangeserver {

/// What a write pipeline works with; all of it outlives the pipeline.
struct WriteSeams {
  Executor& executor;
  LoadedRanges& ranges;
  const lockservice::Lease& lease;
  FaultPoints& faults;

  /// Whether memory has room for more cells: kBusy when the caches are full. Never asked for system tables. Optional.
  std::function<Status()> admit;

  /// Whether users' tables may be written at all. What was applied already is answered as such nevertheless. Never
  /// asked for system tables. Optional.
  std::function<Status()> check_writable;

  /// A client knows a newer schema of the table than the range: fetch it. Optional; loop.
  std::function<void(model::TableId)> on_newer_schema;

  /// Told of each group. Optional.
  PipelineMetrics* metrics = nullptr;

  /// The log is dead for good (fenced, or failing for too long): the server must stop. Optional; loop; once.
  std::function<void(const Status&)> on_dead;

  WriteSeams(Executor& executor_in, LoadedRanges& ranges_in, const lockservice::Lease& lease_in, FaultPoints& faults_in)
      : executor(executor_in), ranges(ranges_in), lease(lease_in), faults(faults_in) {}
};

}  // namespace cellar::rangeserver
