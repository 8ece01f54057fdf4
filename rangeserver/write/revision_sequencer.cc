#include "rangeserver/write/revision_sequencer.h"

#include <algorithm>
#include <string>

namespace cellar::rangeserver {

RevisionSequencer::RevisionSequencer(const Clock& clock, Nanos max_jump)
    : clock_(clock), max_jump_(max_jump), anchor_wall_(clock.WallNow()), anchor_boot_(clock.BootNow()) {
  max_wall_ = anchor_wall_;
}

Nanos RevisionSequencer::ReadWall() {
  const Nanos wall = clock_.WallNow();
  if (wall < max_wall_ - max_jump_) {  // Set back for good: what was ahead was wrong.
    anchor_wall_ = wall;
    anchor_boot_ = clock_.BootNow();
    max_wall_ = wall;
  }
  return wall;
}

Nanos RevisionSequencer::AheadBy(Nanos wall) const {
  return wall - (anchor_wall_ + (clock_.BootNow() - anchor_boot_));
}

Result<model::Revision> RevisionSequencer::Take(uint32_t count) {
  const Nanos wall = ReadWall();
  if (AheadBy(wall) > max_jump_)
    return common::Unavailable("the server's wall clock jumped ahead by " + std::to_string(AheadBy(wall) / kSecond) +
                               " s; writes are refused until it is right");
  const model::Revision base{std::max(last_.get() + 1, wall)};
  last_ = model::Revision{base.get() + static_cast<int64_t>(count) - 1};
  return base;
}

void RevisionSequencer::RaiseFloor(model::Revision floor) {
  last_ = std::max(last_, floor);
}

Nanos RevisionSequencer::WallForExpiry() {
  const Nanos wall = ReadWall();
  if (AheadBy(wall) <= max_jump_) max_wall_ = std::max(max_wall_, wall);
  return max_wall_;
}

}  // namespace cellar::rangeserver
