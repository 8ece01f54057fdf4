#pragma once

#include <set>
#include <string>

#include "common/base/cluster_id.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/semaphore.h"
#include "lockservice/lock_service.h"
#include "master/cluster/cluster_node.h"
#include "model/metadata_row.h"

namespace cellar::master {

/// Whether that life of a server holds the lock of its node.
bool IsHeldBy(const lockservice::NodeState& node, Incarnation incarnation);

/// Whether it may: a holder that the node does not name yet, or not any more, as the lock service was set back.
bool MayBeHeldBy(const lockservice::NodeState& node, Incarnation incarnation);

/// Knows when a range server's life that is over can answer nobody any more: before that, nobody else may be given its
/// ranges (protocols.md B11). What proves it, and what has to be waited for otherwise, is told in
/// docs/internals/master.md, "The end of a lease". Owned by the core. Loop only. Borrows session and executor.
class LeaseEnds {
 public:
  /// `node`: as seen under the lock on `/master`. `lease`: that of range servers.
  LeaseEnds(LockSession& session, Executor& executor, ClusterId cluster, ClusterNode node, Nanos lease);

  /// The lock service has forgotten lives before `since`, which was noticed just now: a lock of theirs that looks free
  /// proves nothing. They answer for two thirds of a lease yet, by clocks that may be slow.
  void ForgottenBefore(Incarnation since);

  /// All of them have ended by now.
  bool doubt_is_over() const { return doubted_until_.Expired(executor_.clock()); }

  /// Leaves a mark: what was in the lock service before it is there still when the mark is. kFenced: the lock service
  /// was emptied or set back, this master ends.
  Task<Status> Mark(FencingNumber mark);
  const ClusterNode& node() const { return node_; }

  /// Whether the lock service is the one that it was, as it was left. Errors as Mark.
  Task<Status> CheckRemembers();

  /// Until `life` is certain not to hold its location's lock. kBusy at `deadline`, kFenced as Mark.
  Task<Status> AwaitRelease(model::LogRef life, Deadline deadline);

  /// Until the lease of `life`, which holds no range any more in the master's eyes, has certainly ended. Errors of
  /// AwaitRelease.
  Task<Status> Await(model::LogRef life);

  /// How long a lease of `length` runs on at most, by clocks that are as slow as may be.
  static Nanos LongestRest(Nanos length);

 private:
  LockSession& session_;
  Executor& executor_;
  const ClusterId cluster_;
  const Nanos lease_;
  ClusterNode node_;
  Incarnation since_;
  Deadline doubted_until_ = Deadline(0);
  common::AsyncMutex looking_{"/cluster"};
  std::set<std::string> over_;  ///< Directories of lives whose leases have ended.
};

}  // namespace cellar::master
