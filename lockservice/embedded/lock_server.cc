#include "lockservice/embedded/lock_server.h"

#include <algorithm>
#include <utility>

#include "common/fault/co_fault_point.h"
#include "lockservice/lease.h"

namespace cellar::lockservice {
namespace {

constexpr auto kSessions = common::GaugeMetric("cellar_lockservice_sessions", "sessions", "Living sessions");
constexpr auto kNodes = common::GaugeMetric("cellar_lockservice_nodes", "nodes", "Nodes");
constexpr auto kChanges = common::CounterMetric("cellar_lockservice_changes_total", "changes", "Changes made durable");
constexpr auto kExpired =
    common::CounterMetric("cellar_lockservice_expired_total", "sessions", "Sessions ended because they were silent");

Status Stopping() {
  return common::Unavailable("lock service: stopping");
}

}  // namespace

LockServer::LockServer(LockServerParts parts, std::unique_ptr<LockJournal> journal, LockTable table)
    : executor_(parts.executor),
      faults_(parts.faults),
      logger_(std::move(parts.logger)),
      session_count_(parts.metrics.AddGauge(kSessions)),
      node_count_(parts.metrics.AddGauge(kNodes)),
      changes_(parts.metrics.AddCounter(kChanges)),
      expired_(parts.metrics.AddCounter(kExpired)),
      journal_(std::move(journal)),
      table_(std::move(table)),
      tasks_(parts.executor) {
  // Differs from every former life's unless the clock was set back to the nanosecond; never 0.
  life_ = executor_.clock().WallNow() | 1;
  // Also a service that begins anew, or with an older state, gives out no number that somebody still uses.
  table_.RaiseSessionIds(static_cast<uint64_t>(executor_.clock().WallNow()));
  const Nanos now = executor_.clock().MonotonicNow();
  for (const auto& [id, session] : table_.sessions()) {
    LiveSession& live = live_[id];
    live.lease = session.lease;
    live.last_heard = now;
  }
}

LockServer::~LockServer() = default;

Task<Result<std::unique_ptr<LockServer>>> LockServer::Open(LockServerParts parts, std::unique_ptr<LockJournal> journal,
                                                           std::vector<LockEdit> entities) {
  CO_TRY(LockTable table, LockTable::Restore(entities));
  std::unique_ptr<LockServer> server(new LockServer(std::move(parts), std::move(journal), std::move(table)));
  CO_RETURN_IF_ERROR(co_await server->EndLocalSessions());
  server->tasks_.Spawn(server->ExpireSessions(), "lock service expiry");
  co_return server;
}

Task<Status> LockServer::EndLocalSessions() {
  std::vector<SessionId> local;
  for (const auto& [id, session] : table_.sessions()) {
    if (session.local) local.push_back(id);
  }
  for (const SessionId id : local) CO_RETURN_IF_ERROR(co_await EndSession(id));
  co_return common::OkStatus();
}

Task<void> LockServer::Stop() {
  stopping_ = true;
  WakeWaiters();
  sessions_changed_.WakeAll();
  co_await gate_.CloseAndDrain();
  co_await tasks_.Join();
}

Status LockServer::CheckAlive(SessionId session) const {
  if (live_.contains(session)) return common::OkStatus();
  return common::Fenced("lock service: session " + std::to_string(session.get()) + " has ended");
}

// ---- Changes

Task<Status> LockServer::Change(SessionId session, Apply apply) {
  const Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return Stopping();
  const Semaphore::Permit permit = co_await order_.Acquire();
  CO_RETURN_IF_ERROR(CheckAlive(session));
  LockChange change;
  CO_RETURN_IF_ERROR(apply(&change));
  co_return co_await Commit(std::move(change));
}

/// Under `order_`. The table has the change already; nobody sees it before this returns.
Task<Status> LockServer::Commit(LockChange change) {
  DCHECK((table_.CheckInvariants(), true));
  Status logged;
  if (!change.edits.empty()) logged = co_await Log(std::move(change.edits));
  session_count_.Set(static_cast<int64_t>(live_.size()));
  node_count_.Set(static_cast<int64_t>(table_.node_count()));
  Notify(change.touched);
  if (logged.ok()) co_return logged;
  logger_.Error("change not logged", {{"error", logged.ToString()}});
  co_return common::TimedOut("lock service: outcome unknown: " + logged.ToString());
}

Task<Status> LockServer::Log(std::vector<LockEdit> edits) {
  CO_FAULT_POINT(executor_, faults_, "lockservice.change.before_log");
  CO_RETURN_IF_ERROR(co_await journal_->Append(std::move(edits)));
  CO_FAULT_POINT(executor_, faults_, "lockservice.change.logged");
  changes_.Increment();
  co_return common::OkStatus();
}

void LockServer::Notify(const std::set<std::string>& touched) {
  if (last_touch_.size() + touched.size() > kMaxRememberedTouches) {
    last_touch_.clear();
    forgotten_ = change_;
  }
  for (const std::string& path : touched) {
    last_touch_[path] = change_ + 1;
    const auto found = watches_by_path_.find(path);
    if (found == watches_by_path_.end()) continue;
    for (const WatchId id : found->second) watches_.at(id).on_touch();
  }
  if (!touched.empty()) WakeWaiters();
}

void LockServer::WakeWaiters() {
  ++change_;
  changed_.WakeAll();
}

// ---- Sessions

Task<Result<SessionId>> LockServer::OpenSession(SessionRecord session) {
  CO_RETURN_IF_ERROR(CheckLeaseLength(session.lease, kTick, session.lease / 100));
  const Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return Stopping();
  const Semaphore::Permit permit = co_await order_.Acquire();
  const Nanos lease = session.lease;
  LockChange change;
  CO_TRY(const SessionId id, table_.OpenSession(std::move(session), &change));
  LiveSession& live = live_[id];
  live.lease = lease;
  live.last_heard = executor_.clock().MonotonicNow();
  sessions_changed_.WakeAll();
  CO_RETURN_IF_ERROR(co_await Commit(std::move(change)));
  co_return id;
}

Status LockServer::Renew(SessionId session, const std::vector<Sequencer>& held) {
  if (stopping_) return Stopping();
  RETURN_IF_ERROR(CheckAlive(session));
  RETURN_IF_ERROR(table_.CheckHolds(session, held));
  LiveSession& live = live_.at(session);
  live.last_heard = executor_.clock().MonotonicNow();
  live.grace = 0;
  return common::OkStatus();
}

Task<Status> LockServer::CloseSession(SessionId session) {
  const Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return Stopping();
  const Semaphore::Permit permit = co_await order_.Acquire();
  CO_RETURN_IF_ERROR(CheckAlive(session));
  co_return co_await EndSession(session);
}

/// Under `order_`, or before anybody else is there.
Task<Status> LockServer::EndSession(SessionId session) {
  LiveSession ended = std::move(live_.at(session));
  live_.erase(session);
  LockChange change;
  table_.EndSession(session, &change);
  const Status committed = co_await Commit(std::move(change));
  for (const WatchId id : ended.watches) {
    if (const auto watch = watches_.find(id); watch != watches_.end()) watch->second.on_touch();
  }
  if (ended.on_end) ended.on_end();
  WakeWaiters();  // The session itself may be waiting for a lock.
  co_return committed;
}

Task<void> LockServer::ExpireSessions() {
  while (!stopping_) {
    const Nanos now = executor_.clock().MonotonicNow();
    Deadline next;
    std::vector<SessionId> silent;
    for (const auto& [id, live] : live_) {
      const Deadline end(live.last_heard + live.lease + live.grace);
      if (end.at() <= now) {
        silent.push_back(id);
      } else {
        next = Earliest(next, end);
      }
    }
    for (const SessionId id : silent) co_await ExpireIfSilent(id);
    if (silent.empty() && !stopping_) co_await sessions_changed_.WaitUntil(next);
  }
}

Task<void> LockServer::ExpireIfSilent(SessionId session) {
  const Semaphore::Permit permit = co_await order_.Acquire();
  const auto found = live_.find(session);
  // It may have been renewed or closed while this waited for its turn.
  if (found == live_.end()) co_return;
  LiveSession& live = found->second;
  if (executor_.clock().MonotonicNow() - live.last_heard < live.lease + live.grace) co_return;
  if (live.grace == 0 && FAULT_BUGGIFY(faults_, "lockservice.expiry.late")) {
    live.grace = live.lease;  // nobody promised to notice at once
    co_return;
  }
  logger_.Warning("session expired", {{"session", session.get()}, {"name", table_.sessions().at(session).name}});
  expired_.Increment();
  const Status ended = co_await EndSession(session);
  if (!ended.ok()) logger_.Error("end of session not logged", {{"error", ended.ToString()}});
}

void LockServer::SetOnEnd(SessionId session, Callback on_end) {
  if (const auto found = live_.find(session); found != live_.end()) found->second.on_end = std::move(on_end);
}

// ---- Nodes

Task<Status> LockServer::Create(SessionId session, std::string path, NodeKind kind, Attributes attributes) {
  Apply apply = [&](LockChange* change) { return table_.Create(session, path, kind, std::move(attributes), change); };
  co_return co_await Change(session, std::move(apply));
}

Task<Status> LockServer::Remove(SessionId session, std::string path) {
  Apply apply = [&](LockChange* change) { return table_.Remove(session, path, change); };
  co_return co_await Change(session, std::move(apply));
}

Task<Result<NodeState>> LockServer::Read(SessionId session, std::string path) {
  const Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return Stopping();
  const Semaphore::Permit permit = co_await order_.Acquire();
  if (session != SessionId()) CO_RETURN_IF_ERROR(CheckAlive(session));
  co_return table_.Read(path);
}

Task<Result<std::vector<std::string>>> LockServer::List(SessionId session, std::string path) {
  Result<std::vector<std::string>> names = Stopping();
  Apply apply = [&](LockChange*) {
    names = table_.List(path);
    return names.status();
  };
  CO_RETURN_IF_ERROR(co_await Change(session, std::move(apply)));
  co_return names;
}

Task<Result<uint64_t>> LockServer::Write(SessionId session, std::string path, Attributes changes,
                                         std::optional<uint64_t> expected) {
  Result<uint64_t> version = Stopping();
  Apply apply = [&](LockChange* change) {
    version = table_.Write(path, changes, expected, change);
    return version.status();
  };
  CO_RETURN_IF_ERROR(co_await Change(session, std::move(apply)));
  co_return version;
}

// ---- Locks

/// Under `order_`, of a living session.
LockServer::LockAttempts& LockServer::AttemptsOf(SessionId session, const std::string& path) {
  std::map<std::string, LockAttempts>& attempts = live_.at(session).attempts;
  if (attempts.size() >= kMaxRememberedAttempts && !attempts.contains(path)) attempts.clear();
  return attempts[path];
}

Task<Result<Sequencer>> LockServer::Acquire(SessionId session, std::string path, LockMode mode, Deadline deadline,
                                            uint64_t attempt) {
  const Gate::Pass pass = gate_.TryEnter();
  Result<Sequencer> acquired = Stopping();
  while (!stopping_) {
    const uint64_t seen = change_;
    Apply apply = [&](LockChange* change) {
      LockAttempts& attempts = AttemptsOf(session, path);
      if (attempt != 0 && attempt <= attempts.closed) {
        return common::Cancelled("lock service: " + path + " was released since");
      }
      acquired = table_.Acquire(session, path, mode, change);
      if (acquired.ok()) attempts.granted = std::max(attempts.granted, attempt);
      return acquired.status();
    };
    const Status changed = co_await Change(session, std::move(apply));
    if (changed.ok()) co_return acquired;
    if (!changed.Is(StatusCode::kBusy) || deadline.Expired(executor_.clock())) co_return changed;
    if (change_ == seen) co_await changed_.WaitUntil(deadline);
  }
  co_return Stopping();
}

Task<Status> LockServer::Release(SessionId session, std::string path, uint64_t attempt) {
  Apply apply = [&](LockChange* change) {
    LockAttempts& attempts = AttemptsOf(session, path);
    attempts.closed = std::max(attempts.closed, attempt);
    if (attempt != 0 && attempts.granted > attempt) return common::OkStatus();
    return table_.Release(session, path, change);
  };
  co_return co_await Change(session, std::move(apply));
}

Task<Status> LockServer::CheckSequencer(SessionId session, Sequencer sequencer) {
  Apply apply = [&](LockChange*) { return table_.CheckSequencer(sequencer); };
  co_return co_await Change(session, std::move(apply));
}

// ---- Watches

bool LockServer::TouchedAfter(const std::string& path, const Moment& seen) const {
  if (seen.life != life_ || seen.change < forgotten_ || seen.change > change_) return true;
  const auto found = last_touch_.find(path);
  return found != last_touch_.end() && found->second > seen.change;
}

Task<Result<LockServer::Touch>> LockServer::WaitForTouch(SessionId session, std::string path, Moment seen,
                                                         Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  const Gate::Pass pass = gate_.TryEnter();
  Touch touch;
  while (pass && !stopping_) {
    CO_RETURN_IF_ERROR(CheckAlive(session));
    touch.touched = TouchedAfter(path, seen);
    if (touch.touched || deadline.Expired(executor_.clock())) {
      touch.now.life = life_;
      touch.now.change = change_;
      co_return touch;
    }
    co_await changed_.WaitUntil(deadline);
  }
  co_return Stopping();
}

LockServer::WatchId LockServer::AddWatch(SessionId session, std::string path, Callback on_touch) {
  const WatchId id = ++last_watch_;
  if (const auto live = live_.find(session); live != live_.end()) {
    CHECK(live->second.watches.size() < kMaxWatchesPerSession);
    live->second.watches.insert(id);
  }
  watches_by_path_[path].insert(id);
  watches_.emplace(id, WatchRecord{std::move(path), session, std::move(on_touch)});
  return id;
}

void LockServer::RemoveWatch(WatchId id) {
  const auto found = watches_.find(id);
  if (found == watches_.end()) return;
  if (const auto live = live_.find(found->second.session); live != live_.end()) live->second.watches.erase(id);
  const auto by_path = watches_by_path_.find(found->second.path);
  by_path->second.erase(id);
  if (by_path->second.empty()) watches_by_path_.erase(by_path);
  watches_.erase(found);
}

}  // namespace cellar::lockservice
