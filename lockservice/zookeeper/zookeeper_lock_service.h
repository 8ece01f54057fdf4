#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/logging/logger.h"
#include "lockservice/lock_service.h"
#include "lockservice/zookeeper/four_letter_words.h"
#include "lockservice/zookeeper/zookeeper_reader.h"
#include "lockservice/zookeeper/zookeeper_session.h"
#include "rpc/address.h"

namespace cellar::lockservice {

struct ZooKeeperOptions {
  std::vector<rpc::Address> servers;
  std::string path = "/cellar";  ///< The znode below which everything lies.
  std::string password;          ///< Of every znode; the same for all of a cluster's processes. Not empty.

  Nanos connect_timeout = 2500 * kMillisecond;  ///< How long Open waits for a server.
  Nanos call_timeout = 5 * kSecond;             ///< Of calls without a deadline of their own.
  Nanos retry_delay = 100 * kMillisecond;
};

/// The lock service kept by a ZooKeeper (`zookeeper://host:port,…/path`). docs/internals/lockservice.md says what lies
/// where. Each session has a connection and a ZooKeeper session of its own; one more connection is for reads without a
/// session. A ZooKeeper that goes away after Open is waited for in the background.
///
/// Borrows the executor. Loop only, destruction too: it waits for its connections to close, seconds at worst.
class ZooKeeperLockService final : public LockService {
 public:
  /// Makes the path if it is missing. kUnavailable, after connect_timeout at most, naming each server that does not
  /// answer; kInvalidArgument for a wrong password, a path of somebody else, a bad option; kUnsupported for a path made
  /// by a later version.
  static Task<Result<std::unique_ptr<ZooKeeperLockService>>> Open(ZooKeeperOptions options, Executor& executor,
                                                                  Logger logger);
  ~ZooKeeperLockService() override = default;

  /// kInvalidArgument also when the ensemble's tick, or the session times it allows, do not suit the lease.
  Task<Result<std::unique_ptr<LockSession>>> OpenSession(SessionOptions options) override;
  Task<Result<NodeState>> Read(std::string path) override;
  Task<Status> EndSession(std::string credentials) override;

  /// The ensemble's tickTime: the largest that a server told, or what the reading connection's session time allows.
  Nanos tick() const { return tick_; }

 private:
  ZooKeeperLockService(ZooKeeperOptions options, Executor& executor, Logger logger);

  static Task<Result<ServerReport>> Ask(Executor& executor, rpc::Address server, Nanos at_most);
  Task<void> AskInto(rpc::Address server, ServerReport* report);
  Task<std::vector<ServerReport>> AskAll();
  Status CheckReachable(const std::vector<ServerReport>& reports) const;
  Task<Status> Connect();
  void LearnTick(const std::vector<ServerReport>& reports);
  Task<Result<std::unique_ptr<LockSession>>> TryOpenSession(SessionOptions options);
  Task<Status> TryEndSession(std::string credentials);
  Task<Status> SeeToTheEnd(ZooKeeperSessionKey key, Deadline deadline);
  Task<Status> CloseResumed(ZooKeeperSessionKey key, Deadline deadline);

  ZooKeeperClientOptions ClientOptions(Nanos session_timeout) const;
  Deadline CallDeadline() const { return Deadline::After(executor_.clock(), options_.call_timeout); }
  std::string Name() const;

  const ZooKeeperOptions options_;
  Executor& executor_;
  const Logger logger_;
  const ZnodeLayout layout_;
  Nanos tick_ = 0;
  ZooKeeperCloser closer_;
  std::unique_ptr<ZooKeeperReader> reader_;
  ZooKeeperSessionParts parts_;
};

/// "host:port,host:port"
std::string JoinAddresses(const std::vector<rpc::Address>& addresses);

}  // namespace cellar::lockservice
