#pragma once

#include <memory>
#include <string>

#include "common/concurrency/task_group.h"
#include "common/logging/logger.h"
#include "lockservice/zookeeper/znode_tree.h"
#include "lockservice/zookeeper/zookeeper_closer.h"

namespace cellar::lockservice {

/// A connection for whoever has no session: it holds nothing, so it is simply made anew when it was away for long. (A
/// ZooKeeper that was wiped or restored refuses a connection that has seen more than it knows, for ever.) Loop only.
class ZooKeeperReader final {
 public:
  /// Borrows closer and executor.
  static Result<std::unique_ptr<ZooKeeperReader>> Start(ZooKeeperCloser& closer, Executor& executor,
                                                        const ZooKeeperClientOptions& options, Logger logger);
  ~ZooKeeperReader() { tasks_.DestroyAll(); }

  /// The present one.
  SharedZooKeeperClient client() const { return client_.shared(); }

  Task<Result<NodeState>> Read(std::string znode, Deadline deadline);
  Task<Status> AwaitGone(std::string znode, Deadline deadline);

  /// What it asks for; small, so that a silent server is left soon.
  static constexpr Nanos kSessionTimeout = 2 * kSecond;
  static constexpr Nanos kMaxAway = 2 * kSecond;
  static constexpr Nanos kRetryDelay = 50 * kMillisecond;

 private:
  ZooKeeperReader(ZooKeeperCloser& closer, Executor& executor, const ZooKeeperClientOptions& options, Logger logger,
                  OwnedZooKeeperClient client);

  Task<void> KeepConnected();
  /// Until it was away for too long, or is dead.
  Task<void> WaitUntilLost();

  ZooKeeperCloser& closer_;
  Executor& executor_;
  const ZooKeeperClientOptions options_;
  const Logger logger_;
  OwnedZooKeeperClient client_;
  TaskGroup tasks_;
};

}  // namespace cellar::lockservice
