#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/unique_function.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/gate.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "lockservice/embedded/lock_journal.h"
#include "lockservice/embedded/lock_table.h"

namespace cellar::lockservice {

/// What a LockServer borrows; all of it outlives the server.
struct LockServerParts {
  LockServerParts(Executor& server_executor, FaultPoints& fault_points, MetricsRegistry& registry, Logger server_logger)
      : executor(server_executor), faults(fault_points), metrics(registry), logger(std::move(server_logger)) {}

  Executor& executor;
  FaultPoints& faults;
  MetricsRegistry& metrics;
  Logger logger;
};

/// The embedded lock service's own side: sessions by their ids, so that calls from this process and from others are the
/// same. One change after the other: applied to the table, made durable, answered, told to watchers. Loop only; Stop is
/// awaited before destruction.
///
/// Invariants: 1. what a call was answered is durable, and reads show durable state only; 2. a session that was renewed
/// less than its lease ago, on this server's monotonic clock, is alive; 3. an ended session's locks are free and its
/// ephemeral nodes gone before on_end runs.
class LockServer {
 public:
  /// A server over what the journal holds. Sessions of this process's former life are ended, the others get a full
  /// lease from now.
  static Task<Result<std::unique_ptr<LockServer>>> Open(LockServerParts parts, std::unique_ptr<LockJournal> journal,
                                                        std::vector<LockEdit> entities);
  ~LockServer();

  /// Lets nobody in any more (kUnavailable), ends waits, waits for what is under way. Sessions stay as they are.
  Task<void> Stop();

  Task<Result<SessionId>> OpenSession(SessionRecord session);
  Task<Status> CloseSession(SessionId session);
  /// kConflict, and nothing is renewed, when some of `held` is not the session's.
  Status Renew(SessionId session, const std::vector<Sequencer>& held);

  Task<Status> Create(SessionId session, std::string path, NodeKind kind, Attributes attributes);
  Task<Status> Remove(SessionId session, std::string path);
  /// Of a living session, or of nobody (SessionId()).
  Task<Result<NodeState>> Read(SessionId session, std::string path);
  Task<Result<std::vector<std::string>>> List(SessionId session, std::string path);
  Task<Result<uint64_t>> Write(SessionId session, std::string path, Attributes changes,
                               std::optional<uint64_t> expected);
  /// `attempt`: the session's own numbering of its acquisitions, from 1, so that a request that comes late does no
  /// harm: one that was released since is not granted (kCancelled), a release does not touch a later acquisition. 0
  /// from callers whose requests cannot come late.
  Task<Result<Sequencer>> Acquire(SessionId session, std::string path, LockMode mode, Deadline deadline,
                                  uint64_t attempt = 0);
  Task<Status> Release(SessionId session, std::string path, uint64_t attempt = 0);
  Task<Status> CheckSequencer(SessionId session, Sequencer sequencer);

  using Callback = UniqueFunction<void()>;
  using WatchId = uint64_t;

  /// `on_touch` runs on the loop after each change of the node, and when the session ends. It calls nothing here.
  WatchId AddWatch(SessionId session, std::string path, Callback on_touch);
  void RemoveWatch(WatchId id);

  /// A point in the order of changes of one life of this server.
  struct Moment {
    Moment() = default;
    Moment(int64_t server_life, uint64_t change_number) : life(server_life), change(change_number) {}
    int64_t life = 0;  ///< 0: before anything.
    uint64_t change = 0;
  };
  struct Touch {
    Moment now;
    bool touched = false;
  };
  /// For watches from afar, which keep nothing here between two calls: whether the node was touched after `seen`, as
  /// soon as it was, or at `deadline`. A `seen` of another life, or from too long ago, counts as touched.
  Task<Result<Touch>> WaitForTouch(SessionId session, std::string path, Moment seen, Deadline deadline);

  Executor& executor() { return executor_; }

  /// Runs on the loop when the session has ended. No effect when it has already.
  void SetOnEnd(SessionId session, Callback on_end);

  /// How late a renewal or an end may be noticed: for CheckLeaseLength.
  static constexpr Nanos kTick = 20 * kMillisecond;
  static constexpr size_t kMaxWatchesPerSession = 1'000;
  static constexpr size_t kMaxRememberedTouches = 10'000;
  static constexpr size_t kMaxRememberedAttempts = 1'000;  ///< Paths per session.

 private:
  struct LockAttempts {
    uint64_t granted = 0;  ///< The latest that was granted.
    uint64_t closed = 0;   ///< Those up to here were released.
  };
  struct LiveSession {
    Nanos lease = 0;
    Nanos last_heard = 0;  ///< Monotonic.
    Nanos grace = 0;       ///< How much later than it could its end is noticed.
    Callback on_end;
    std::set<WatchId> watches;
    std::map<std::string, LockAttempts> attempts;  ///< By path.
  };
  struct WatchRecord {
    std::string path;
    SessionId session;
    Callback on_touch;
  };
  using Apply = UniqueFunction<Status(LockChange*)>;

  LockServer(LockServerParts parts, std::unique_ptr<LockJournal> journal, LockTable table);

  Task<Status> EndLocalSessions();
  Status CheckAlive(SessionId session) const;
  LockAttempts& AttemptsOf(SessionId session, const std::string& path);
  Task<Status> Change(SessionId session, Apply apply);
  Task<Status> Commit(LockChange change);
  Task<Status> Log(std::vector<LockEdit> edits);
  Task<Status> EndSession(SessionId session);
  Task<void> ExpireSessions();
  Task<void> ExpireIfSilent(SessionId session);
  void Notify(const std::set<std::string>& touched);
  void WakeWaiters();
  bool TouchedAfter(const std::string& path, const Moment& seen) const;

  Executor& executor_;
  FaultPoints& faults_;
  Logger logger_;
  Gauge& session_count_;
  Gauge& node_count_;
  Counter& changes_;
  Counter& expired_;

  const std::unique_ptr<LockJournal> journal_;
  LockTable table_;
  std::map<SessionId, LiveSession> live_;
  std::map<WatchId, WatchRecord> watches_;
  std::map<std::string, std::set<WatchId>> watches_by_path_;
  WatchId last_watch_ = 0;
  bool stopping_ = false;
  int64_t life_ = 0;
  uint64_t change_ = 0;  ///< Counts the wake-ups of changed_, so that none is slept through.
  std::map<std::string, uint64_t> last_touch_;
  uint64_t forgotten_ = 0;  ///< Touches up to this change are not remembered any more.
  AsyncMutex order_{"lock service order"};
  common::Event changed_{"lock service change"};  ///< Woken after each change of a node or lock.
  common::Event sessions_changed_{"lease"};       ///< Woken when the next expiry may be earlier.
  Gate gate_{"lock service drain"};
  TaskGroup tasks_;
};

}  // namespace cellar::lockservice
