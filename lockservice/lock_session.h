#pragma once

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

  /// Extends the lease from the time of this call. LeaseRenewer calls it every T/6.
  virtual Task<Status> Renew(Deadline deadline) = 0;

  /// Ends the session: locks and ephemeral nodes go in one step.
  virtual Task<Status> Close() = 0;

  /// What LockService::EndSession takes, in this process or another: printable, at most kMaxCredentialsBytes, the same
  /// for the session's whole life. Whoever has it can end the session: it is not for logs.
  virtual std::string credentials() const = 0;

  virtual Task<Status> Create(std::string path, NodeKind kind, Attributes attributes) = 0;

  /// Removes a node that has no children and is locked by nobody else.
  virtual Task<Status> Remove(std::string path) = 0;

  virtual Task<Result<NodeState>> Read(std::string path) = 0;

  /// Names of the children, without slashes, in byte order.
  virtual Task<Result<std::vector<std::string>>> List(std::string path) = 0;

  /// Replaces the attributes in `changes` and keeps the others, if the version is `expected` (any, when absent).
  /// Returns the new version.
  virtual Task<Result<uint64_t>> Write(std::string path, Attributes changes, std::optional<uint64_t> expected) = 0;

  /// Waits for the lock until `deadline` (Deadline(0): does not wait), then kBusy. Held already by this session in this
  /// mode: the same sequencer again. Who of several waiters is next is not promised.
  virtual Task<Result<Sequencer>> Acquire(std::string path, LockMode mode, Deadline deadline) = 0;

  /// OK also when this session does not hold it.
  virtual Task<Status> Release(std::string path) = 0;

  /// OK while that very acquisition stands, kFenced when it does not.
  virtual Task<Status> CheckSequencer(Sequencer sequencer) = 0;

  /// Set once at first. The node need not exist. kBusy is not reported: a session has at most 1,000 watches (CHECK).
  virtual std::unique_ptr<NodeWatch> Watch(std::string path) = 0;

 protected:
  Lease& mutable_lease() { return lease_; }
  /// The service said that the session is over.
  void MarkEnded() {
    lease_.End();
    ended_.Set();
  }

 private:
  const SessionId id_;
  Lease lease_;
  common::Event ended_{"lock service session"};
};

}  // namespace cellar::lockservice
