#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/concurrency/deadline.h"
#include "common/concurrency/event.h"
#include "common/concurrency/task.h"
#include "lockservice/lease.h"
#include "lockservice/node.h"

namespace cellar::lockservice {

inline constexpr size_t kMaxCredentialsBytes = 256;
inline constexpr size_t kMaxHeldLocks = 64;  ///< Of one session: each renewal carries them.

/// Says "look again" about one node. Goes before its session. Loop only.
class NodeWatch {
 public:
  virtual ~NodeWatch() = default;

  /// Set when the node may have changed. Reset it, read, then wait for it.
  common::Event& changed() { return changed_; }

 private:
  common::Event changed_{"lock service node"};
};

/// One life of one client of the lock service. docs/internals/lockservice.md has the rules and the errors of each call.
/// Belongs to whoever opened it; used on the loop of the executor it was opened on, save lease(), which any thread may
/// ask. Its calls must have ended before it is destroyed. Destruction without Close ends the session by its lease, at
/// the latest.
///
/// Invariant: the lease is extended only by a renewal that found standing, at the service, every acquisition that its
/// owner has been granted and did not begin to give up.
class LockSession {
 public:
  LockSession(SessionId id, const Clock& clock, Nanos lease_length) : id_(id), lease_(clock, lease_length) {}
  virtual ~LockSession() = default;
  LockSession(const LockSession&) = delete;
  LockSession& operator=(const LockSession&) = delete;

  SessionId id() const { return id_; }
  const Lease& lease() const { return lease_; }
  /// For a holder who has to confirm its lease after a lapse (Lease).
  void RequireConfirmation() { lease_.RequireConfirmation(); }
  void ConfirmLease(uint64_t lapses) { lease_.Confirm(lapses); }
  /// Set when the session has ended: everything it held is gone, or was given up by this side and goes with the lease.
  common::Event& ended() { return ended_; }

  /// Extends the lease from the time of this call. LeaseRenewer calls it every T/6. A session of which the service has
  /// forgotten a lock, because it was set back to an older state, ends: kFenced.
  Task<Status> Renew(Deadline deadline);

  /// Ends the session: locks and ephemeral nodes go in one step.
  virtual Task<Status> Close() = 0;

  /// What LockService::EndSession takes, in this process or another: printable, at most kMaxCredentialsBytes, the same
  /// for the session's whole life. Whoever has it can end the session: it is not for logs.
  virtual std::string credentials() const = 0;

  virtual Task<Status> Create(std::string path, NodeKind kind, Attributes attributes) = 0;

  /// Removes a node that has no children and is locked by nobody else.
  Task<Status> Remove(std::string path);

  virtual Task<Result<NodeState>> Read(std::string path) = 0;

  /// Names of the children, without slashes, in byte order.
  virtual Task<Result<std::vector<std::string>>> List(std::string path) = 0;

  /// Replaces the attributes in `changes` and keeps the others, if the version is `expected` (any, when absent).
  /// Returns the new version.
  virtual Task<Result<uint64_t>> Write(std::string path, Attributes changes, std::optional<uint64_t> expected) = 0;

  /// Waits for the lock until `deadline` (Deadline(0): does not wait), then kBusy. Held already by this session in this
  /// mode: the same sequencer again. Who of several waiters is next is not promised.
  Task<Result<Sequencer>> Acquire(std::string path, LockMode mode, Deadline deadline);

  /// OK also when this session does not hold it. Whatever it answers, the owner has given the lock up. Not while an
  /// Acquire of the same path is under way.
  Task<Status> Release(std::string path);

  /// OK while that very acquisition stands, kFenced when it does not.
  virtual Task<Status> CheckSequencer(Sequencer sequencer) = 0;

  /// Set once at first. The node need not exist. kBusy is not reported: a session has at most 1,000 watches (CHECK).
  virtual std::unique_ptr<NodeWatch> Watch(std::string path) = 0;

 protected:
  /// Extends the lease if all of `held` stands. kConflict (NotStanding) when some of it does not, which ends nothing
  /// yet. An answer says what stood when the service decided: one that comes after a reconnection is none.
  virtual Task<Status> RenewHolding(std::vector<Sequencer> held, Deadline deadline) = 0;
  // As the calls above, which keep account of what is held.
  virtual Task<Result<Sequencer>> AcquireLock(std::string path, LockMode mode, Deadline deadline) = 0;
  virtual Task<Status> ReleaseLock(std::string path) = 0;
  virtual Task<Status> RemoveNode(std::string path) = 0;

  Lease& mutable_lease() { return lease_; }
  /// The service said that the session is over.
  void MarkEnded() {
    lease_.End();
    ended_.Set();
  }

 private:
  std::vector<Sequencer> HeldLocks() const;
  bool StillHolds(const std::vector<Sequencer>& locks) const;

  const SessionId id_;
  Lease lease_;
  std::map<std::string, Sequencer> held_;  ///< By path: granted to the owner, and not given up since.
  common::Event ended_{"lock service session"};
};

}  // namespace cellar::lockservice
