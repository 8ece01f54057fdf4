#include "lockservice/embedded/embedded_lock_service.h"

#include <utility>

#include "lockservice/credentials.h"

namespace cellar::lockservice {
namespace {

class EmbeddedWatch final : public NodeWatch {
 public:
  EmbeddedWatch(LockServer& server, SessionId session, std::string path) : server_(server) {
    changed().Set();
    id_ = server_.AddWatch(session, std::move(path), [this] { changed().Set(); });
  }
  ~EmbeddedWatch() override { server_.RemoveWatch(id_); }

 private:
  LockServer& server_;
  LockServer::WatchId id_ = 0;
};

class EmbeddedSession final : public LockSession {
 public:
  EmbeddedSession(LockServer& server, const Clock& clock, SessionId session, Nanos lease, Nanos opened_at)
      : LockSession(session, clock, lease), server_(server), clock_(clock) {
    mutable_lease().Extend(opened_at);
    server_.SetOnEnd(session, [this] { MarkEnded(); });
  }
  ~EmbeddedSession() override { server_.SetOnEnd(id(), LockServer::Callback()); }

  Task<Status> Close() override { return server_.CloseSession(id()); }
  std::string credentials() const override { return CredentialsOf(id()); }
  Task<Status> Create(std::string path, NodeKind kind, Attributes attributes) override {
    return server_.Create(id(), std::move(path), kind, std::move(attributes));
  }
  Task<Result<NodeState>> Read(std::string path) override { return server_.Read(id(), std::move(path)); }
  Task<Result<std::vector<std::string>>> List(std::string path) override { return server_.List(id(), std::move(path)); }
  Task<Result<uint64_t>> Write(std::string path, Attributes changes, std::optional<uint64_t> expected) override {
    return server_.Write(id(), std::move(path), std::move(changes), expected);
  }
  Task<Status> CheckSequencer(Sequencer sequencer) override {
    return server_.CheckSequencer(id(), std::move(sequencer));
  }
  std::unique_ptr<NodeWatch> Watch(std::string path) override {
    return std::make_unique<EmbeddedWatch>(server_, id(), std::move(path));
  }

 private:
  Task<Status> RenewHolding(std::vector<Sequencer> held, Deadline) override {
    const Nanos sent_at = clock_.BootNow();
    Status renewed = server_.Renew(id(), held);
    if (renewed.ok()) mutable_lease().Extend(sent_at);
    co_return renewed;
  }
  Task<Result<Sequencer>> AcquireLock(std::string path, LockMode mode, Deadline deadline) override {
    return server_.Acquire(id(), std::move(path), mode, deadline);
  }
  Task<Status> ReleaseLock(std::string path) override { return server_.Release(id(), std::move(path)); }
  Task<Status> RemoveNode(std::string path) override { return server_.Remove(id(), std::move(path)); }

  LockServer& server_;
  const Clock& clock_;
};

}  // namespace

Task<Result<std::unique_ptr<LockSession>>> EmbeddedLockService::OpenSession(SessionOptions options) {
  const Nanos opened_at = executor_.clock().BootNow();
  SessionRecord record;
  record.name = std::move(options.name);
  record.lease = options.lease;
  record.local = true;
  CO_TRY(const SessionId id, co_await server_.OpenSession(std::move(record)));
  std::unique_ptr<LockSession> session =
      std::make_unique<EmbeddedSession>(server_, executor_.clock(), id, options.lease, opened_at);
  co_return session;
}

Task<Status> EmbeddedLockService::EndSession(std::string credentials) {
  CO_TRY(const SessionId id, ParseCredentials(credentials));
  Status closed = co_await server_.CloseSession(id);
  if (closed.Is(StatusCode::kFenced)) co_return common::OkStatus();
  co_return closed;
}

}  // namespace cellar::lockservice
