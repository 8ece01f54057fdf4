#pragma once

#include <optional>
#include <string>

#include "common/base/cluster_id.h"
#include "common/base/fencing.h"
#include "common/random/random.h"
#include "lockservice/lock_service.h"

namespace cellar::master {

/// What `/cluster` in the lock service holds: whose it is, and by what it is known again.
struct ClusterNode {
  std::string nonce;  ///< Drawn when the node was made. Another one: the lock service was emptied since.
  FencingNumber
      mark;  ///< Left by the masters, ever higher. A lower one than was left: it was set back to an older state.
  uint64_t version = 0;

  ClusterNode() = default;
  friend bool operator==(const ClusterNode&, const ClusterNode&) = default;
};

/// nullopt: there is none yet. kInvalidArgument: it is another cluster's. The session outlives the call.
Task<Result<std::optional<ClusterNode>>> ReadClusterNode(LockSession& session, ClusterId cluster);

/// Makes it when it is not there. Errors of ReadClusterNode. Under the lock on `/master`. The session
/// outlives the call.
Task<Result<ClusterNode>> EnsureClusterNode(LockSession& session, ClusterId cluster, Random& random);

/// Leaves a mark in the node that is as `seen`; gives the node with it. kFenced: it is not as it was seen. The session
/// outlives the call.
Task<Result<ClusterNode>> LeaveMark(LockSession& session, ClusterId cluster, ClusterNode seen, FencingNumber mark);

}  // namespace cellar::master
