// Locks of a ZooKeeperSession. A lock is held by whoever has an ephemeral znode "=x-…" or "=s-…" below the node's. It
// is acquired in one transaction that makes that znode and writes the node's data as it was, on condition of the
// version that was read: so of two who saw the lock free one has to look again. Ends of holds need no condition, they
// only free.
#include <algorithm>
#include <utility>

#include "common/concurrency/sleep.h"
#include "lockservice/zookeeper/zookeeper_session.h"

namespace cellar::lockservice {
namespace {

bool IsLost(const Status& status) {
  return status.Is(StatusCode::kTimedOut) || status.Is(StatusCode::kUnavailable);
}

bool Admits(const std::vector<HoldName>& holds, LockMode mode) {
  const auto is_shared = [](const HoldName& hold) { return hold.mode == LockMode::kShared; };
  return holds.empty() || (mode == LockMode::kShared && std::all_of(holds.begin(), holds.end(), is_shared));
}

}  // namespace

Task<Result<Sequencer>> ZooKeeperSession::AcquireLock(std::string path, LockMode mode, Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  if (path == "/") co_return common::InvalidArgument("lock service: the root node cannot be changed");
  Result<Sequencer> held = co_await AcquireUntil(path, mode, deadline);
  if (!held.ok()) co_return Heed(held.status(), path);
  co_return held;
}

Task<Result<Sequencer>> ZooKeeperSession::AcquireUntil(std::string path, LockMode mode, Deadline deadline) {
  ZnodeListener listener(*client_, ZnodeOf(path));
  bool may_be_held = false;
  for (;;) {
    listener.fired().Reset();
    const Result<Sequencer> held = co_await TryAcquire(path, mode);
    const bool is_busy = held.status().Is(StatusCode::kBusy);
    if (held.ok() || (!is_busy && !IsLost(held.status()))) co_return held;
    may_be_held = may_be_held || held.status().Is(StatusCode::kTimedOut);
    if (deadline.Expired(parts_.executor.clock())) {
      // What was sent and not answered must not acquire for nobody. Requests of a session are decided in order.
      if (may_be_held) (void)co_await TryRelease(ZnodeOf(path));
      co_return held;
    }
    if (is_busy) {
      co_await listener.fired().WaitUntil(deadline);
    } else {
      co_await common::SleepFor(parts_.executor, parts_.retry_delay);
    }
  }
}

/// Looks once; kBusy when others hold it.
Task<Result<Sequencer>> ZooKeeperSession::TryAcquire(std::string path, LockMode mode) {
  const std::string znode = ZnodeOf(path);
  const Deadline deadline = CallDeadline();
  HoldName mine;
  mine.mode = mode;
  mine.session = id();
  for (;;) {
    CO_TRY(const NodeSnapshot snapshot, co_await TakeSnapshot(client_.shared(), znode, true, deadline));
    if (snapshot.state.kind == NodeKind::kEphemeral) co_return common::Conflict("an ephemeral node has no lock");
    bool held = false;
    for (const HoldName& hold : snapshot.holds) {
      if (hold.session != id()) continue;
      if (hold.mode != mode) co_return common::Conflict("this session holds it in the other mode");
      held = true;
    }
    Result<ZnodeReply> answer = common::Busy("locked");
    if (held) {
      answer = co_await client_->Exists(ZnodeLayout::Hold(znode, mine), deadline);
      if (answer.ok()) co_return Sequencer(std::move(path), mode, static_cast<uint64_t>(answer->stat.created));
      if (!answer.status().Is(StatusCode::kNotFound)) co_return answer.status();
    } else {
      if (!Admits(snapshot.holds, mode)) co_return answer.status();
      std::vector<ZnodeChange> changes;
      changes.emplace_back(ZnodeChange::Kind::kCreateEphemeral, ZnodeLayout::Hold(znode, mine), options_.name);
      changes.emplace_back(ZnodeChange::Kind::kSet, znode, EncodeZnode(snapshot.state), snapshot.stat.version);
      answer = co_await client_->Finish(client_->StartChanges(changes), deadline);
      // The transaction's zxid: the number that the hold's znode was made under.
      if (answer.ok()) co_return Sequencer(std::move(path), mode, static_cast<uint64_t>(answer->stat.modified));
      const bool look_again =
          answer.status().Is(StatusCode::kConflict) || answer.status().Is(StatusCode::kAlreadyExists);
      if (!look_again) co_return answer.status();
    }
    if (deadline.Expired(parts_.executor.clock())) co_return common::Busy("it changes too fast");
  }
}

Task<Status> ZooKeeperSession::ReleaseLock(std::string path) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  if (path == "/") co_return common::InvalidArgument("lock service: the root node cannot be changed");
  co_return Heed(co_await TryRelease(ZnodeOf(path)), path);
}

Task<Status> ZooKeeperSession::TryRelease(std::string znode) {
  const Deadline deadline = CallDeadline();
  for (;;) {
    CO_TRY(const NodeSnapshot snapshot, co_await TakeSnapshot(client_.shared(), znode, false, deadline));
    const auto mine = std::find_if(snapshot.holds.begin(), snapshot.holds.end(),
                                   [this](const HoldName& hold) { return hold.session == id(); });
    if (mine == snapshot.holds.end()) co_return common::OkStatus();
    PendingReply sent = client_->StartDelete(ZnodeLayout::Hold(znode, *mine));
    const Result<ZnodeReply> removed = co_await client_->Finish(std::move(sent), deadline);
    if (removed.ok() || removed.status().Is(StatusCode::kNotFound)) co_return common::OkStatus();
    if (!IsLost(removed.status()) || deadline.Expired(parts_.executor.clock())) co_return removed.status();
  }
}

Task<Status> ZooKeeperSession::CheckSequencer(Sequencer sequencer) {
  CO_RETURN_IF_ERROR(CheckNodePath(sequencer.path));
  const Result<NodeState> state = co_await ReadState(client_.shared(), ZnodeOf(sequencer.path), CallDeadline());
  if (!state.ok() && !state.status().Is(StatusCode::kNotFound)) co_return Heed(state.status(), sequencer.path);
  if (state.ok()) {
    for (const LockHold& hold : state->holds) {
      if (hold.number == sequencer.number && hold.mode == sequencer.mode) co_return common::OkStatus();
    }
  }
  co_return NotStanding(sequencer, StatusCode::kFenced);
}

}  // namespace cellar::lockservice
