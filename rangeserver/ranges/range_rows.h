#pragma once

#include <optional>
#include <vector>

#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/metadata_row.h"

namespace cellar::rangeserver {

/// Where the rows of ranges are kept: METADATA, and the root metalog for the root range. The only way by which a server
/// takes over a range, installs a manifest or gives up a log. Loop only.
class RangeRows {
 public:
  virtual ~RangeRows() = default;

  /// The range's row; nullopt when there is none.
  virtual Task<Result<std::optional<model::RangeRecord>>> Read(model::RangeKey range, Deadline deadline) = 0;

  /// Replaces the row by `changed` if it still has `known`'s epoch and manifest. kConflict when it has not: the range
  /// is somebody else's, or `known` is out of date. An unknown outcome was resolved, or is kTimedOut.
  virtual Task<Status> Write(model::RangeRecord known, model::RangeRecord changed, Deadline deadline) = 0;
};

}  // namespace cellar::rangeserver
