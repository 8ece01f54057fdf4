#include "rangeserver/write/revision_sequencer.h"

#include <algorithm>
#include <string>

namespace cellar::rangeserver {

RevisionSequencer::RevisionSequencer(const Clock& clock, Nanos max_jump)
    : clock_(clock), max_jump_(max_jump), wall_at_start_(clock.WallNow()), boot_at_start_(clock.BootNow()) {}

Result<model::Revision> RevisionSequencer::Take(uint32_t count) {
  const Nanos wall = clock_.WallNow();
  const Nanos expected = wall_at_start_ + (clock_.BootNow() - boot_at_start_);
  if (wall - expected > max_jump_)
    return common::Unavailable("the server's wall clock jumped ahead by " +
                               std::to_string((wall - expected) / kSecond) +
                               " s; writes are refused until it is right");
  const model::Revision base{std::max(last_.get() + 1, wall)};
  last_ = model::Revision{base.get() + static_cast<int64_t>(count) - 1};
  return base;
}

void RevisionSequencer::RaiseFloor(model::Revision floor) {
  last_ = std::max(last_, floor);
}

Nanos RevisionSequencer::MonotoneWallNow() {
  max_wall_ = std::max(max_wall_, clock_.WallNow());
  return max_wall_;
}

}  // namespace cellar::rangeserver
