#pragma once

#include <optional>
#include <string>

#include "master/cluster/master_core.h"
#include "model/metadata_row.h"

namespace cellar::master {

/// Sees to it that ranges are served: grants those of dead owners anew, and tells owners to look at their rows. Used by
/// recovery and by the creation of tables. Loop only. Borrows the core.
class RangeLoader {
 public:
  explicit RangeLoader(MasterCore& core) : core_(core) {}

  /// Loads the range of `record`, a row of METADATA as just read; a range that is being dropped is left alone. OK: it
  /// serves. kUnavailable: its owner went away, or nobody is ready: read the row again later. Other errors are the
  /// owner's: kCorruption above all. `schema` is empty for system tables.
  Task<Status> Load(model::RangeRecord record, std::string schema);

  /// Tells `owner` to load, again until it serves or says that it cannot.
  Task<Status> TellToLoad(RootOwner owner, protocol::LoadRangeRequest request);

  static constexpr int kMaxTries = 50;
  static constexpr Nanos kLoadTime = 60 * kSecond;  ///< Of one call.

 private:
  /// A new owner and epoch for a range whose owner is dead, on condition of the epoch that `record` has.
  Task<Status> Grant(model::RangeRecord* record);

  MasterCore& core_;
};

}  // namespace cellar::master
