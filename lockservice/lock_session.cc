#include "lockservice/lock_session.h"

#include <algorithm>
#include <utility>

namespace cellar::lockservice {

std::vector<Sequencer> LockSession::HeldLocks() const {
  std::vector<Sequencer> held;
  held.reserve(held_.size());
  for (const auto& [path, sequencer] : held_) held.push_back(sequencer);
  return held;
}

bool LockSession::StillHolds(const std::vector<Sequencer>& locks) const {
  return std::all_of(locks.begin(), locks.end(), [this](const Sequencer& lock) {
    const auto found = held_.find(lock.path);
    return found != held_.end() && found->second == lock;
  });
}

Task<Status> LockSession::Renew(Deadline deadline) {
  for (;;) {
    const std::vector<Sequencer> held = HeldLocks();
    Status renewed = co_await RenewHolding(held, deadline);
    if (!renewed.Is(StatusCode::kConflict)) co_return renewed;
    // One that was given up while the renewal was under way is rightly not there.
    if (!StillHolds(held)) continue;
    MarkEnded();
    // What the service still knows of the session goes at once, if it can be told so, and not with the lease.
    const Status closed = co_await Close();
    static_cast<void>(closed);
    co_return common::Fenced(std::string(renewed.message()) + ": the lock service was set back; the session has ended");
  }
}

Task<Result<Sequencer>> LockSession::Acquire(std::string path, LockMode mode, Deadline deadline) {
  if (held_.size() >= kMaxHeldLocks && !held_.contains(path)) {
    co_return common::Busy("lock service: a session holds at most " + std::to_string(kMaxHeldLocks) + " locks");
  }
  Result<Sequencer> held = co_await AcquireLock(std::move(path), mode, deadline);
  if (held.ok()) held_.insert_or_assign(held->path, *held);
  co_return held;
}

Task<Status> LockSession::Release(std::string path) {
  held_.erase(path);
  return ReleaseLock(std::move(path));
}

Task<Status> LockSession::Remove(std::string path) {
  auto lock = held_.extract(path);
  Status removed = co_await RemoveNode(std::move(path));
  const bool is_refused = removed.Is(StatusCode::kConflict) || removed.Is(StatusCode::kInvalidArgument);
  if (is_refused && !lock.empty()) held_.insert(std::move(lock));
  co_return removed;
}

}  // namespace cellar::lockservice
