#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockservice/lock_session.h"
#include "lockservice/remote/remote_lock_service.h"
#include "protocol/lockservice/methods.h"

namespace cellar::lockservice {

/// Calls of one RemoteLockService; shared by its sessions and their watches, which may outlive each other's calls.
class LockServiceCaller {
 public:
  LockServiceCaller(Executor& executor, rpc::RpcClient& client, rpc::Address address,
                    const RemoteLockServiceOptions& options)
      : executor_(executor), client_(client), address_(std::move(address)), options_(options) {}

  Executor& executor() const { return executor_; }
  const Clock& clock() const { return executor_.clock(); }
  const RemoteLockServiceOptions& options() const { return options_; }

  /// The answer's message bytes.
  Task<Result<std::string>> Call(protocol::LockServiceMethod method, std::string message, Deadline deadline) const;
  Task<Result<std::string>> Call(protocol::LockServiceMethod method, std::string message) const {
    return Call(method, std::move(message), Deadline::After(clock(), options_.call_timeout));
  }

  /// `session` 0: nobody's.
  Task<Result<NodeState>> Read(int64_t session, std::string path) const;
  Task<Status> CloseSession(int64_t session) const;

 private:
  Executor& executor_;
  rpc::RpcClient& client_;
  const rpc::Address address_;
  const RemoteLockServiceOptions options_;
};

/// A session that calls its service over the wire.
class RemoteSession final : public LockSession {
 public:
  RemoteSession(std::shared_ptr<const LockServiceCaller> caller, SessionId id, Nanos lease, Nanos opened_at);

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

  /// Notes the end of the session when the answer says so.
  Result<std::string> Heed(Result<std::string> answer);
  Task<Result<Sequencer>> TryAcquire(std::string path, LockMode mode, Nanos wait, int64_t attempt);
  Task<Status> ReleaseAttempt(std::string path, int64_t attempt);
  int64_t number() const { return static_cast<int64_t>(id().get()); }

  const std::shared_ptr<const LockServiceCaller> caller_;
  int64_t last_attempt_ = 0;  ///< Numbers the acquisitions, so that late requests do no harm.
};

}  // namespace cellar::lockservice
