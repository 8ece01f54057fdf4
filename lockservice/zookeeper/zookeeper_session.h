#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockservice/lock_service.h"
#include "lockservice/zookeeper/znode_tree.h"
#include "lockservice/zookeeper/zookeeper_closer.h"

namespace cellar::lockservice {

/// What the sessions of one ZooKeeperLockService share.
struct ZooKeeperSessionParts {
  using SeeToTheEnd = UniqueFunction<Task<Status>(ZooKeeperSessionKey key, Deadline deadline)>;

  ZooKeeperSessionParts(Executor& loop, const ZnodeLayout& znodes, Nanos timeout, Nanos delay, SeeToTheEnd end)
      : executor(loop), layout(znodes), call_timeout(timeout), retry_delay(delay), see_to_the_end(std::move(end)) {}

  Executor& executor;
  const ZnodeLayout& layout;
  Nanos call_timeout;
  Nanos retry_delay;
  /// Waits until ZooKeeper has ended a session whose handle was closed, and helps where the request was lost.
  SeeToTheEnd see_to_the_end;
};

/// A session of its own handle of the C client. Its name in the contract (id) is the zxid that made its znode, so that
/// ids rise whichever server of the ensemble was asked. Borrows the parts.
///
/// Invariants: 1. the lease is extended only by confirmed writes of the session's znode; 2. the handle is closed, and
/// the session ended, when none was confirmed for T, however the connection fares.
class ZooKeeperSession final : public LockSession {
 public:
  ZooKeeperSession(ZooKeeperSessionParts& parts, OwnedZooKeeperClient client, SessionId id, SessionOptions options,
                   Nanos opened_at);
  ~ZooKeeperSession() override;

  Task<Status> Close() override;
  std::string credentials() const override;

  Task<Status> Create(std::string path, NodeKind kind, Attributes attributes) override;
  Task<Result<NodeState>> Read(std::string path) override;
  Task<Result<std::vector<std::string>>> List(std::string path) override;
  Task<Result<uint64_t>> Write(std::string path, Attributes changes, std::optional<uint64_t> expected) override;

  Task<Status> CheckSequencer(Sequencer sequencer) override;
  std::unique_ptr<NodeWatch> Watch(std::string path) override;

 private:
  Task<Status> RenewHolding(std::vector<Sequencer> held, Deadline deadline) override;
  Task<Result<Sequencer>> AcquireLock(std::string path, LockMode mode, Deadline deadline) override;
  Task<Status> ReleaseLock(std::string path) override;
  Task<Status> RemoveNode(std::string path) override;

  Deadline CallDeadline() const { return Deadline::After(parts_.executor.clock(), parts_.call_timeout); }
  std::string ZnodeOf(std::string_view path) const { return parts_.layout.Node(path); }
  std::string ZnodeOfHold(const Sequencer& lock) const;
  Task<Status> LearnWhyRefused(std::vector<Sequencer> held, Deadline deadline);
  void Confirm(Nanos sent_at);
  /// Notes the end of the session when the status says so, and puts the node before its message.
  Status Heed(const Status& status, std::string_view path);

  Task<Result<Sequencer>> AcquireUntil(std::string path, LockMode mode, Deadline deadline);
  Task<Result<Sequencer>> TryAcquire(std::string path, LockMode mode);
  Task<Status> TryRelease(std::string path);
  Task<Status> TryRemove(std::string path);

  ZooKeeperSessionParts& parts_;
  const SessionOptions options_;
  const ZooKeeperSessionKey key_;
  const std::string znode_;
  OwnedZooKeeperClient client_;
  uint64_t renewals_ = 0;
  int32_t version_ = 0;  ///< Of the session's znode, as far as known.
};

/// Text for LockService::EndSession, and back.
std::string EncodeSessionKey(const ZooKeeperSessionKey& key);
Result<ZooKeeperSessionKey> ParseSessionKey(std::string_view text);

}  // namespace cellar::lockservice
