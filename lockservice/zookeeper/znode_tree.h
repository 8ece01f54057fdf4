#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lockservice/zookeeper/znode_layout.h"
#include "lockservice/zookeeper/zookeeper_client.h"

namespace cellar::lockservice {

// Coroutines over one client; the client may be closed meanwhile (kFenced). Reads see all that was decided before they
// began, by whichever server; they are repeated while answers are lost, until the deadline.

using SharedZooKeeperClient = std::shared_ptr<ZooKeeperClient>;

/// A node at one instant, without the numbers of its holds.
struct NodeSnapshot {
  NodeState state;
  ZnodeStat stat;
  std::vector<std::string> children;  ///< Nodes, in byte order.
  std::vector<HoldName> holds;
};

/// Makes the path and what must lie below it, as far as it is missing. kInvalidArgument when it belongs to something
/// else or another password, kUnsupported when to a later version.
Task<Status> PrepareTree(SharedZooKeeperClient client, ZnodeLayout layout, Deadline deadline);

/// kNotFound when there is no such node. `watch`: a ZnodeListener hears of the next change.
Task<Result<NodeSnapshot>> TakeSnapshot(SharedZooKeeperClient client, std::string znode, bool watch, Deadline deadline);

/// The node with its holds' numbers, in order of acquisition.
Task<Result<NodeState>> ReadState(SharedZooKeeperClient client, std::string znode, Deadline deadline);

/// Until there is no such znode. kTimedOut when it is there at the deadline.
Task<Status> WaitUntilGone(SharedZooKeeperClient client, std::string znode, Deadline deadline);

}  // namespace cellar::lockservice
