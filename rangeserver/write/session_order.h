#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "common/base/status.h"
#include "common/concurrency/event.h"
#include "common/concurrency/task.h"
#include "common/time/clock.h"
#include "model/ids.h"

namespace cellar::rangeserver {

/// Keeps the batches of one session in the order in which they came, though they are parsed side by side: of two writes
/// to one cell the later one gets the later revision. And lets none overtake one that was refused and will come again:
/// a session of which something was refused gets everything refused until its sender says that it has heard so
/// (WriteBatch::resumes). Shared by a write pipeline and the
/// batches in it; loop only.
class SessionOrder {
 public:
  static constexpr size_t kMaxStalledSessions = 100'000;  ///< Beyond, the stall that ends first is forgotten.
  static constexpr Nanos kStallLife = 600 * kSecond;

  /// One batch's place in its session, from its arrival until it is queued or refused.
  class Place {
   public:
    Place(std::shared_ptr<SessionOrder> order, model::SessionId session);
    ~Place() { Leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Waits until all that came earlier have left. Await it before leaving, also with a batch that will be refused.
    Task<void> AwaitTurn();

    /// Lets the next one go on. At destruction at the latest.
    void Leave();

   private:
    friend class SessionOrder;
    struct Turn {
      bool is_over = false;
      common::Event over{"turn of a session's batch"};
    };

    const std::shared_ptr<SessionOrder> order_;
    const model::SessionId session_;
    std::shared_ptr<Turn> before_;  ///< Null: nobody came earlier.
    std::shared_ptr<Turn> own_;
  };

  /// kBusy while the session is stalled, unless the batch `resumes` it. In the batch's turn.
  Status CheckGoesOn(model::SessionId session, bool resumes, Nanos now);

  /// Something of the session was refused in its turn with `status`: stalls it when the sender will try again.
  void NoteRefusal(model::SessionId session, const Status& status, Nanos now);

  size_t stalled_count() const { return stalled_.size(); }

 private:
  void MakeRoom(Nanos now);

  std::map<model::SessionId, std::shared_ptr<Place::Turn>> last_;  ///< Of sessions with a batch in a place.
  std::map<model::SessionId, Nanos> stalled_;                      ///< And until when, monotonic.
};

}  // namespace cellar::rangeserver
