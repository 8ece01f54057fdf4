#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "client/cpp/system_tables.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/fault/fault_points.h"
#include "common/logging/logger.h"
#include "protocol/gen/rangeserver_types.h"
#include "rangeserver/maintenance/range_compactor.h"
#include "rangeserver/range/range.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/recovery/log_replay.h"
#include "rangeserver/service/pipelines.h"

namespace cellar::rangeserver {

/// Takes ranges over and gives them up, as their rows in METADATA say (docs/internals/roles.md). Orders are only hints
/// to look there. Loop only.
class RangeLoader {
 public:
  /// What it works with; all of it outlives the loader.
  struct Seams {
    Executor& executor;
    FileSystem& log_files;
    const RangeEnvironment& environment;
    const model::Location& location;
    LoadedRanges& ranges;
    RowStores& rows;
    const Pipelines& pipelines;
    RangeCompactor& compactor;
    client::SystemTables tables;
    FaultPoints& faults;
    Logger logger;
  };

  explicit RangeLoader(Seams seams) : seams_(std::move(seams)) {}

  /// Loads that are under way end soon with kCancelled, and so do later ones.
  void Stop();

  /// Serves the range when this returns OK. Repeatable: a range that is served already under that epoch is OK.
  /// kNotOwner: the row grants it to somebody else. kCorruption: a file or log is damaged; the range stays offline and
  /// says why.
  Task<Status> Load(protocol::LoadRangeRequest request);

  /// Stops serving. Unless the table was dropped, everything is flushed and installed first; when that fails, the range
  /// is served on. OK when the range is not loaded, or under a later epoch than the order's; kBusy while it is being
  /// loaded or unloaded.
  Task<Status> Unload(protocol::UnloadRangeRequest request);

  /// As the catalog has it now.
  Task<Result<std::shared_ptr<const model::Schema>>> NewestSchemaOf(model::TableId table);

 private:
  /// `request` outlives this: it is Load's.
  Task<Result<model::RangeRecord>> ReadRow(const protocol::LoadRangeRequest& request);
  Task<Result<model::RangeRecord>> TakeOverRoot(Epoch epoch);
  ReplaySeams ReplaySeamsOf() const;
  Task<Status> Open(std::shared_ptr<LoadedRange> loaded);
  Task<Status> ReplayAndServe(std::shared_ptr<LoadedRange> loaded);
  Task<Status> Flush(std::shared_ptr<LoadedRange> loaded);

  Seams seams_;
  std::atomic<bool> stopping_ = false;  ///< Read by jobs.
};

}  // namespace cellar::rangeserver
