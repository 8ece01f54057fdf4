#pragma once

#include <string>

#include "common/concurrency/task_group.h"
#include "lockservice/lock_session.h"
#include "lockservice/zookeeper/zookeeper_session.h"

namespace cellar::lockservice {

/// ZooKeeper's watches fire once, and say what happened, not how things stand. This one looks again after each, arms
/// before it tells, and compares: a change between two looks is seen by the look, one after it by the armed watch, and
/// one while the connection was broken by the look that follows the reconnection.
class ZooKeeperWatch final : public NodeWatch {
 public:
  ZooKeeperWatch(ZooKeeperSessionParts& parts, SharedZooKeeperClient client, std::string znode);
  ~ZooKeeperWatch() override { tasks_.DestroyAll(); }

 private:
  /// What changes with every change of the node.
  struct Look {
    bool exists = false;
    ZnodeStat stat;
    friend bool operator==(const Look&, const Look&) = default;
  };

  Task<void> Follow();
  Task<Result<Look>> Arm();

  ZooKeeperSessionParts& parts_;
  const SharedZooKeeperClient client_;
  const std::string znode_;
  ZnodeListener listener_;
  TaskGroup tasks_;
};

}  // namespace cellar::lockservice
