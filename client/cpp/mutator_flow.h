#pragma once

#include <list>
#include <memory>
#include <optional>

#include "client/cpp/client_core.h"
#include "client/cpp/frame_update.h"
#include "common/concurrency/event.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"

namespace cellar::client {

/// Frames of one mutator on their way, in order: of two writes to one cell the later one wins, whatever happens to the
/// calls that carry them. Loop only; Drain before destruction.
///
/// First tries go out one behind the other without waiting for answers. As soon as one leaves rows unsettled, no
/// further frame goes out until those under way are answered and the unsettled ones have been finished one by one, in
/// order (docs/internals/client.md). A frame's index entries are written beside the frames before it, and it waits for
/// them; when they cannot be written, the frame's rows fail.
class MutatorFlow {
 public:
  MutatorFlow(ClientCore& core, size_t in_flight_bytes);

  /// Takes a frame once there is room for it. None after Cancel: then first_error is kCancelled.
  Task<void> Submit(TableFrame frame, Deadline deadline);

  /// Waits until every frame taken is settled, or given up.
  Task<void> Drain();

  /// No frame is taken any more. Those that are not settled at `patience` are given up: their tries are destroyed where
  /// they wait, what was sent may be done.
  void Cancel(Deadline patience);

  uint64_t acknowledged_cells() const { return acknowledged_cells_; }
  /// Of the frames given up of which something was sent, those that were not acknowledged.
  uint64_t unknown_cells() const { return unknown_cells_; }

  /// Lets another writer go on under this one's session, if nothing went wrong under it. When drained.
  void GiveSessionBack();

  const Status& first_error() const { return error_; }

  /// The first error's rows and those of later ones, at most kMaxFailedRows; forgets them and the error.
  std::vector<FailedRow> TakeFailed();

 private:
  struct Flight {
    FrameUpdate update;
    const uint64_t cell_count;
    bool waits_for_entries;
    Semaphore::Permit permit;

    Flight(UpdateSeams seams, TableFrame frame, Deadline deadline, Semaphore::Permit bytes)
        : update(seams, std::move(frame), deadline),
          cell_count(update.cell_count()),
          waits_for_entries(update.has_entries()),
          permit(std::move(bytes)) {}
  };
  using Flights = std::list<std::unique_ptr<Flight>>;  // in order of submission

  Task<void> WriteEntriesOf(Flights::iterator flight);
  Task<void> Fly(Flights::iterator flight);
  Task<void> TakeOff(Flights::iterator flight);
  void HoldBack();
  Task<void> FinishInOrder();
  void Land(Flights::iterator flight);
  Task<void> End(Deadline patience);
  void GiveUp();

  ClientCore& core_;
  std::optional<BatchNumbers> numbers_;  ///< Drawn at the first frame: it takes the loop's Random.
  model::TableId table_;                 ///< Of all frames.
  const size_t in_flight_bytes_;
  Semaphore room_;
  AsyncMutex take_off_{"mutator's next frame"};  ///< First come, first sent, also when a lookup holds one up.
  Flights flights_;
  size_t trying_ = 0;     ///< First tries under way.
  bool trouble_ = false;  ///< Some frame needs Finish: no first try begins.
  bool clean_ = true;     ///< Every frame was acknowledged at its first try.
  common::Event changed_{"mutator"};
  bool cancelled_ = false;
  uint64_t acknowledged_cells_ = 0;
  uint64_t unknown_cells_ = 0;
  Status error_;
  std::vector<FailedRow> failed_;
  TaskGroup tasks_;
  TaskGroup ending_;  ///< What Cancel has begun.
};

}  // namespace cellar::client
