#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/ids.h"

namespace cellar::rangeserver {

/// Gives a log's revisions: a hybrid logical clock, strictly increasing. Loop only.
///
/// Invariants: 1. revisions rise, also when the wall clock is set back. 2. A revision is above every floor raised
/// before. 3. When the wall clock has run ahead of the boot clock by more than `max_jump` since the start, no revision
/// is given: a wrong clock must not push ranges into the future, from where there is no way back.
class RevisionSequencer {
 public:
  RevisionSequencer(const Clock& clock, Nanos max_jump);

  /// `count` revisions: the first of them. kUnavailable when the clock jumped.
  Result<model::Revision> Take(uint32_t count);

  /// Later revisions are above `floor`: a range with this one was loaded.
  void RaiseFloor(model::Revision floor);

  model::Revision last() const { return last_; }

  /// The wall time to compare expiries with: does not fall with small corrections of the clock, so that what has
  /// expired once stays so; follows a clock that was set back by more than `max_jump`, and none that jumped ahead.
  Nanos WallForExpiry();

 private:
  Nanos ReadWall();
  Nanos AheadBy(Nanos wall) const;  ///< Of what the boot clock leads to expect.

  const Clock& clock_;
  const Nanos max_jump_;
  Nanos anchor_wall_;
  Nanos anchor_boot_;
  Nanos max_wall_ = 0;
  model::Revision last_;
};

}  // namespace cellar::rangeserver
