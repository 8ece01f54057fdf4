#include "lockservice/zookeeper/zookeeper_lock_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/concurrency/with_deadline.h"

namespace cellar::lockservice {
namespace {

constexpr size_t kMaxServers = 16;
constexpr Nanos kAskTimeout = kSecond;
constexpr Nanos kEndPatience = 500 * kMillisecond;  ///< Until EndSession tries again.

Status CheckOptions(const ZooKeeperOptions& options) {
  if (options.servers.empty() || options.servers.size() > kMaxServers) {
    return common::InvalidArgument(fmt::format("lock service: from 1 to {} ZooKeeper servers", kMaxServers));
  }
  if (options.password.empty()) {
    return common::InvalidArgument(
        "lock service: no password: lockservice.password_file must name the file that holds the cluster's");
  }
  if (options.path == "/") return common::InvalidArgument("lock service: the ZooKeeper path must not be /");
  return CheckNodePath(options.path);
}

}  // namespace

std::string JoinAddresses(const std::vector<rpc::Address>& addresses) {
  std::string text;
  for (const rpc::Address& address : addresses) text.append(text.empty() ? "" : ",").append(address.ToString());
  return text;
}

ZooKeeperLockService::ZooKeeperLockService(ZooKeeperOptions options, Executor& executor, Logger logger)
    : options_(std::move(options)),
      executor_(executor),
      logger_(std::move(logger)),
      layout_(options_.path),
      closer_(executor.clock()),
      parts_(executor, layout_, options_.call_timeout, options_.retry_delay,
             [this](ZooKeeperSessionKey key, Deadline deadline) { return SeeToTheEnd(std::move(key), deadline); }) {}

std::string ZooKeeperLockService::Name() const {
  return "lock service zookeeper://" + JoinAddresses(options_.servers) + options_.path;
}

ZooKeeperClientOptions ZooKeeperLockService::ClientOptions(Nanos session_timeout) const {
  ZooKeeperClientOptions client;
  client.servers = JoinAddresses(options_.servers);
  client.user_password = "cellar:" + options_.password;
  client.session_timeout = session_timeout;
  return client;
}

// ---- Start

Task<Result<std::unique_ptr<ZooKeeperLockService>>> ZooKeeperLockService::Open(ZooKeeperOptions options,
                                                                               Executor& executor, Logger logger) {
  CO_RETURN_IF_ERROR(CheckOptions(options));
  std::unique_ptr<ZooKeeperLockService> service(
      new ZooKeeperLockService(std::move(options), executor, std::move(logger)));
  Status connected = co_await service->Connect();
  if (!connected.ok()) co_return std::move(connected).WithContext(service->Name());
  co_return service;
}

/// The job owns what it uses: it may outlive its waiter.
Task<Result<ServerReport>> ZooKeeperLockService::Ask(Executor& executor, rpc::Address server, Nanos at_most) {
  auto ask = [server, at_most] { return AskServer(server, at_most); };
  co_return co_await common::RunJob(executor, JobClass::kMaintenance, std::move(ask));
}

Task<void> ZooKeeperLockService::AskInto(rpc::Address server, ServerReport* report) {
  const Deadline deadline = Deadline::After(executor_.clock(), options_.connect_timeout);
  Result<ServerReport> answer = co_await common::WithDeadline(deadline, Ask(executor_, server, kAskTimeout));
  if (answer.ok()) {
    *report = std::move(answer).value();
  } else {
    report->reached = common::Unavailable(server.ToString() + ": its name is not resolved in time");
  }
}

Task<std::vector<ServerReport>> ZooKeeperLockService::AskAll() {
  std::vector<ServerReport> reports(options_.servers.size());
  TaskGroup asking(executor_);
  for (size_t i = 0; i < reports.size(); ++i) asking.Spawn(AskInto(options_.servers[i], &reports[i]), "ask ZooKeeper");
  co_await asking.Join();
  co_return reports;
}

Status ZooKeeperLockService::CheckReachable(const std::vector<ServerReport>& reports) const {
  std::string failures;
  for (const ServerReport& report : reports) {
    if (report.reached.ok()) return common::OkStatus();
    failures.append(failures.empty() ? "" : "; ").append(report.reached.message());
  }
  return common::Unavailable("no ZooKeeper: " + failures);
}

Task<Status> ZooKeeperLockService::Connect() {
  const Deadline deadline = Deadline::After(executor_.clock(), options_.connect_timeout);
  const std::vector<ServerReport> reports = co_await AskAll();
  CO_RETURN_IF_ERROR(CheckReachable(reports));
  CO_TRY(reader_, ZooKeeperReader::Start(closer_, executor_, ClientOptions(ZooKeeperReader::kSessionTimeout),
                                         logger_.Named("zookeeper")));
  const SharedZooKeeperClient client = reader_->client();
  Status connected = co_await client->WaitUntilConnected(deadline);
  const auto serves = [](const ServerReport& report) { return report.reached.ok() && report.serving; };
  if (!connected.ok() && std::none_of(reports.begin(), reports.end(), serves)) {
    connected = common::Unavailable("of its ZooKeeper servers none serves: they have no quorum");
  }
  CO_RETURN_IF_ERROR(connected);
  LearnTick(reports);
  co_return co_await PrepareTree(client, layout_, CallDeadline());
}

void ZooKeeperLockService::LearnTick(const std::vector<ServerReport>& reports) {
  for (const ServerReport& report : reports) tick_ = std::max(tick_, report.tick.value_or(0));
  if (tick_ > 0) return;
  // The least session time is two ticks unless it was configured. Where it is not above what was asked for, half of
  // that is the most that a tick can be.
  tick_ = std::max(ZooKeeperReader::kSessionTimeout, reader_->client()->session_timeout()) / 2;
  logger_.Warning("ZooKeeper does not tell its tickTime: 4lw.commands.whitelist is without conf",
                  {{"taken_for_ms", tick_ / kMillisecond}});
}

// ---- Calls

Task<Result<std::unique_ptr<LockSession>>> ZooKeeperLockService::OpenSession(SessionOptions options) {
  Result<std::unique_ptr<LockSession>> session = co_await TryOpenSession(std::move(options));
  if (session.ok()) co_return session;
  // What ended here was never a session to its caller.
  if (session.status().Is(StatusCode::kFenced))
    co_return common::Unavailable(Name() + ": the new session ended at once");
  co_return std::move(session).status().WithContext(Name());
}

Task<Result<std::unique_ptr<LockSession>>> ZooKeeperLockService::TryOpenSession(SessionOptions options) {
  const Status suits = CheckLeaseLength(options.lease, tick_, options.lease / 100);
  if (!suits.ok()) {
    co_return suits.WithContext("lockservice.lease_ms must be longer or ZooKeeper's tickTime shorter");
  }
  const Deadline deadline = CallDeadline();
  CO_TRY(OwnedZooKeeperClient client, closer_.Start(executor_, ClientOptions(options.lease)));
  CO_RETURN_IF_ERROR(co_await client->WaitUntilConnected(deadline));
  const Nanos agreed = client->session_timeout();
  if (agreed / kMillisecond != options.lease / kMillisecond) {
    co_return common::InvalidArgument(
        fmt::format("lease of {} ms: this ZooKeeper makes it {} ms: change its {} or lockservice.lease_ms",
                    options.lease / kMillisecond, agreed / kMillisecond,
                    agreed < options.lease ? "maxSessionTimeout" : "minSessionTimeout"));
  }
  CO_RETURN_IF_ERROR(co_await PrepareTree(client.shared(), layout_, deadline));
  CO_TRY(const ZnodeReply sessions, co_await client->Exists(layout_.sessions(), deadline));
  if (static_cast<size_t>(sessions.stat.child_count) >= kMaxSessions) co_return common::Busy("too many sessions");
  const Nanos opened_at = executor_.clock().BootNow();
  const std::string data = EncodeSessionZnode(options.name, options.lease, 0);
  CO_TRY(const ZnodeReply made, co_await client->Ensure(layout_.Session(client->key().id), data, ZnodeKind::kEphemeral,
                                                        ZnodeAccess::kOwner, deadline));
  const SessionId id(static_cast<uint64_t>(made.stat.created));
  std::unique_ptr<LockSession> session =
      std::make_unique<ZooKeeperSession>(parts_, std::move(client), id, std::move(options), opened_at);
  co_return session;
}

Task<Result<NodeState>> ZooKeeperLockService::Read(std::string path) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  Result<NodeState> state = co_await reader_->Read(layout_.Node(path), CallDeadline());
  if (state.ok()) co_return state;
  co_return std::move(state).status().WithContext(Name());
}

Task<Status> ZooKeeperLockService::EndSession(std::string credentials) {
  Status ended = co_await TryEndSession(std::move(credentials));
  co_return std::move(ended).WithContext(Name());
}

Task<Status> ZooKeeperLockService::TryEndSession(std::string credentials) {
  CO_TRY(ZooKeeperSessionKey key, ParseSessionKey(credentials));
  const Deadline deadline = CallDeadline();
  const Status closed = co_await CloseResumed(key, deadline);
  if (closed.Is(StatusCode::kNotFound)) {
    const Deadline soon = Earliest(deadline, Deadline::After(executor_.clock(), kEndPatience));
    Status gone = co_await reader_->AwaitGone(layout_.Session(key.id), soon);
    if (!gone.Is(StatusCode::kTimedOut)) co_return gone;
    co_return common::InvalidArgument("these are not the credentials of that session");
  }
  CO_RETURN_IF_ERROR(closed);
  co_return co_await SeeToTheEnd(std::move(key), deadline);
}

/// The C client does not say whether its request to close arrived, and a session's living owner may come back to it: so
/// the session's znode is looked for, and the session resumed and closed again while it is there.
Task<Status> ZooKeeperLockService::SeeToTheEnd(ZooKeeperSessionKey key, Deadline deadline) {
  for (;;) {
    const Deadline soon = Earliest(deadline, Deadline::After(executor_.clock(), kEndPatience));
    Status gone = co_await reader_->AwaitGone(layout_.Session(key.id), soon);
    const bool again = gone.Is(StatusCode::kTimedOut) || gone.Is(StatusCode::kUnavailable);
    if (!again || deadline.Expired(executor_.clock())) co_return gone;
    gone = co_await CloseResumed(key, deadline);
    if (!gone.ok() && !gone.Is(StatusCode::kNotFound)) co_return gone;
  }
}

/// kNotFound when ZooKeeper does not know the session, or not with that secret.
Task<Status> ZooKeeperLockService::CloseResumed(ZooKeeperSessionKey key, Deadline deadline) {
  ZooKeeperClientOptions resumed = ClientOptions(ZooKeeperReader::kSessionTimeout);
  const std::string znode = layout_.Session(key.id);
  resumed.resumed = std::move(key);
  CO_TRY(OwnedZooKeeperClient client, closer_.Start(executor_, resumed));
  // One answer before the close: what is sent in the very moment of connecting may be lost with the handle.
  const Result<ZnodeReply> seen = co_await client->Exists(znode, deadline);
  if (seen.status().Is(StatusCode::kFenced)) co_return common::NotFound("no such session");
  if (!seen.ok() && !seen.status().Is(StatusCode::kNotFound)) co_return seen.status();
  client.Close();
  while (!client->dead()) {
    if (!co_await client->changed().WaitUntil(deadline)) break;
  }
  co_return common::OkStatus();
}

}  // namespace cellar::lockservice
