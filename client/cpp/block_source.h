#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/schema.h"

namespace cellar::client {

/// The cells of one scan as scan blocks (model/scan_block.h) in the order in which they are to be read: a ScanStream,
/// or an IndexScan. Loop only; one call at a time.
class BlockSource {
 public:
  virtual ~BlockSource() = default;

  /// The next block, never an empty one; nullopt at the end. Not called again after an error.
  virtual Task<Result<std::optional<std::string>>> Next(Deadline deadline) = 0;

  /// By which the cells of the last block are to be understood.
  virtual const std::shared_ptr<const model::Schema>& schema() const = 0;

  /// Tells the servers that nothing more will be asked. Not needed after the end or an error.
  virtual Task<void> Close(Deadline deadline) = 0;
};

}  // namespace cellar::client
