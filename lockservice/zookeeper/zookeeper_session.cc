#include "lockservice/zookeeper/zookeeper_session.h"

#include <utility>

#include "common/bytes/coding.h"
#include "lockservice/zookeeper/zookeeper_watch.h"

namespace cellar::lockservice {
namespace {

constexpr std::string_view kCredentialsPrefix = "zookeeper:";

bool IsLost(const Status& status) {
  return status.Is(StatusCode::kTimedOut) || status.Is(StatusCode::kUnavailable);
}

Status RootStays() {
  return common::InvalidArgument("lock service: the root node cannot be changed");
}

}  // namespace

ZooKeeperSession::ZooKeeperSession(ZooKeeperSessionParts& parts, OwnedZooKeeperClient client, SessionId session,
                                   SessionOptions options, Nanos opened_at)
    : LockSession(session, parts.executor.clock(), options.lease),
      parts_(parts),
      options_(std::move(options)),
      key_(client->key()),
      znode_(parts.layout.Session(key_.id)),
      client_(std::move(client)) {
  Confirm(opened_at);
  client_->SetOnEnd([this] { MarkEnded(); });
  if (client_->dead()) MarkEnded();
}

ZooKeeperSession::~ZooKeeperSession() {
  client_->SetOnEnd(UniqueFunction<void()>());
}

void ZooKeeperSession::Confirm(Nanos sent_at) {
  mutable_lease().Extend(sent_at);
  client_->set_give_up_at(sent_at + lease().length());
}

Status ZooKeeperSession::Heed(const Status& status, std::string_view path) {
  if (status.Is(StatusCode::kFenced)) MarkEnded();
  return status.WithContext("lock service: " + std::string(path));
}

/// A write of the session's znode, on condition that the znodes of its holds are there.
Task<Status> ZooKeeperSession::RenewHolding(std::vector<Sequencer> held, Deadline deadline) {
  for (;;) {
    CO_RETURN_IF_ERROR(Heed(co_await client_->WaitUntilConnected(deadline), "renewal"));
    const Nanos sent_at = parts_.executor.clock().BootNow();
    std::vector<ZnodeChange> changes;
    changes.emplace_back(ZnodeChange::Kind::kSet, znode_,
                         EncodeSessionZnode(options_.name, options_.lease, ++renewals_), version_);
    for (const Sequencer& lock : held) changes.emplace_back(ZnodeChange::Kind::kCheck, ZnodeOfHold(lock));
    Result<ZnodeReply> answer = co_await client_->Finish(client_->StartChanges(changes), deadline);
    if (answer.ok()) {
      version_ = answer->stat.version;
      Confirm(sent_at);
      co_return common::OkStatus();
    }
    const bool is_refused = answer.status().Is(StatusCode::kConflict) || answer.status().Is(StatusCode::kNotFound);
    if (!is_refused && (!IsLost(answer.status()) || deadline.Expired(parts_.executor.clock()))) {
      co_return Heed(answer.status(), "renewal");
    }
    if (is_refused) CO_RETURN_IF_ERROR(co_await LearnWhyRefused(held, deadline));
  }
}

/// OK: the renewal is to be sent anew, as the session's znode had another version than this session knew: a renewal
/// whose answer was lost has raised it.
Task<Status> ZooKeeperSession::LearnWhyRefused(std::vector<Sequencer> held, Deadline deadline) {
  const Result<ZnodeReply> found = co_await client_->Exists(znode_, deadline);
  if (found.status().Is(StatusCode::kNotFound)) {
    client_.Close();
    co_return Heed(common::Fenced("somebody removed the session's znode " + znode_), "renewal");
  }
  if (!found.ok()) co_return Heed(found.status(), "renewal");
  version_ = found->stat.version;
  for (const Sequencer& lock : held) {
    const Result<ZnodeReply> hold = co_await client_->Exists(ZnodeOfHold(lock), deadline);
    if (hold.status().Is(StatusCode::kNotFound)) co_return NotStanding(lock, StatusCode::kConflict);
    if (!hold.ok()) co_return Heed(hold.status(), "renewal");
  }
  if (!deadline.Expired(parts_.executor.clock())) co_return common::OkStatus();
  co_return common::TimedOut("lock service: renewal: somebody else writes the session's znode " + znode_);
}

std::string ZooKeeperSession::ZnodeOfHold(const Sequencer& lock) const {
  HoldName mine;
  mine.mode = lock.mode;
  mine.session = id();
  return ZnodeLayout::Hold(ZnodeOf(lock.path), mine);
}

Task<Status> ZooKeeperSession::Close() {
  if (client_->dead()) co_return common::Fenced("lock service: the session has ended");
  const Deadline deadline = CallDeadline();
  client_.Close();
  while (!client_->dead()) {
    if (!co_await client_->changed().WaitUntil(deadline)) break;
  }
  MarkEnded();
  co_return co_await parts_.see_to_the_end(key_, deadline);
}

std::string ZooKeeperSession::credentials() const {
  return EncodeSessionKey(key_);
}

// ---- Nodes

Task<Status> ZooKeeperSession::Create(std::string path, NodeKind kind, Attributes attributes) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  CO_RETURN_IF_ERROR(CheckAttributes(attributes));
  const Deadline deadline = CallDeadline();
  NodeState state;
  state.kind = kind;
  state.version = 1;
  state.attributes = std::move(attributes);
  if (kind == NodeKind::kEphemeral) {
    state.owner = id();
    const Result<ZnodeReply> made = co_await client_->Ensure(ZnodeOf(path), EncodeZnode(state), ZnodeKind::kEphemeral,
                                                             ZnodeAccess::kOwner, deadline);
    co_return Heed(made.status(), path);
  }
  CO_RETURN_IF_ERROR(Heed(co_await client_->WaitUntilConnected(deadline), path));
  PendingReply sent =
      client_->StartCreate(ZnodeOf(path), EncodeZnode(state), ZnodeKind::kPersistent, ZnodeAccess::kOwner);
  const Result<ZnodeReply> made = co_await client_->Finish(std::move(sent), deadline);
  co_return Heed(made.status(), path);
}

Task<Status> ZooKeeperSession::RemoveNode(std::string path) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  if (path == "/") co_return RootStays();
  co_return Heed(co_await TryRemove(ZnodeOf(path)), path);
}

Task<Status> ZooKeeperSession::TryRemove(std::string znode) {
  const Deadline deadline = CallDeadline();
  CO_TRY(const NodeSnapshot snapshot, co_await TakeSnapshot(client_.shared(), znode, false, deadline));
  if (!snapshot.children.empty()) co_return common::Conflict("node has children");
  std::vector<ZnodeChange> changes;
  for (const HoldName& hold : snapshot.holds) {
    if (hold.session != id()) co_return common::Conflict("node is locked");
    changes.emplace_back(ZnodeChange::Kind::kDelete, ZnodeLayout::Hold(znode, hold));
  }
  changes.emplace_back(ZnodeChange::Kind::kDelete, znode);
  const Result<ZnodeReply> removed = co_await client_->Finish(client_->StartChanges(changes), deadline);
  co_return removed.status();
}

Task<Result<NodeState>> ZooKeeperSession::Read(std::string path) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  Result<NodeState> state = co_await ReadState(client_.shared(), ZnodeOf(path), CallDeadline());
  if (!state.ok()) co_return Heed(state.status(), path);
  co_return state;
}

Task<Result<std::vector<std::string>>> ZooKeeperSession::List(std::string path) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  Result<NodeSnapshot> snapshot = co_await TakeSnapshot(client_.shared(), ZnodeOf(path), false, CallDeadline());
  if (!snapshot.ok()) co_return Heed(snapshot.status(), path);
  co_return std::move(snapshot->children);
}

Task<Result<uint64_t>> ZooKeeperSession::Write(std::string path, Attributes changes, std::optional<uint64_t> expected) {
  CO_RETURN_IF_ERROR(CheckNodePath(path));
  if (path == "/") co_return RootStays();
  const std::string znode = ZnodeOf(path);
  const Deadline deadline = CallDeadline();
  for (;;) {
    Result<NodeSnapshot> snapshot = co_await TakeSnapshot(client_.shared(), znode, false, deadline);
    if (!snapshot.ok()) co_return Heed(snapshot.status(), path);
    NodeState& state = snapshot->state;
    if (expected && *expected != state.version) {
      co_return common::Conflict("lock service: node " + path + " has version " + std::to_string(state.version) +
                                 ", not " + std::to_string(*expected));
    }
    Attributes merged = changes;
    merged.insert(state.attributes.begin(), state.attributes.end());
    CO_RETURN_IF_ERROR(CheckAttributes(merged));
    state.attributes = std::move(merged);
    ++state.version;
    PendingReply sent = client_->StartSet(znode, EncodeZnode(state), snapshot->stat.version);
    const Result<ZnodeReply> written = co_await client_->Finish(std::move(sent), deadline);
    if (written.ok()) co_return state.version;
    // Somebody wrote or locked it meanwhile: look again.
    if (!written.status().Is(StatusCode::kConflict)) co_return Heed(written.status(), path);
    if (deadline.Expired(parts_.executor.clock()))
      co_return common::Busy("lock service: " + path + " changes too fast");
  }
}

std::unique_ptr<NodeWatch> ZooKeeperSession::Watch(std::string path) {
  return std::make_unique<ZooKeeperWatch>(parts_, client_.shared(), ZnodeOf(path));
}

// ---- Credentials

std::string EncodeSessionKey(const ZooKeeperSessionKey& key) {
  std::string text(kCredentialsPrefix);
  text.append(HexOf(static_cast<uint64_t>(key.id))).append(":");
  text.append(HexOf(common::LoadBigEndian64(key.secret.data())));
  return text.append(HexOf(common::LoadBigEndian64(key.secret.data() + sizeof(uint64_t))));
}

Result<ZooKeeperSessionKey> ParseSessionKey(std::string_view text) {
  constexpr size_t kDigits = 16;
  constexpr size_t kSecretAt = kCredentialsPrefix.size() + kDigits + 1;
  std::optional<uint64_t> id;
  std::optional<uint64_t> first;
  std::optional<uint64_t> second;
  if (text.size() == kSecretAt + 2 * kDigits && text.starts_with(kCredentialsPrefix) && text[kSecretAt - 1] == ':') {
    id = ParseHex(text.substr(kCredentialsPrefix.size(), kDigits));
    first = ParseHex(text.substr(kSecretAt, kDigits));
    second = ParseHex(text.substr(kSecretAt + kDigits));
  }
  if (!id || !first || !second || *id == 0) {
    return common::InvalidArgument("lock service: these are not the credentials of a ZooKeeper session");
  }
  ZooKeeperSessionKey key;
  key.id = static_cast<int64_t>(*id);
  common::PutBigEndian64(&key.secret, *first);
  common::PutBigEndian64(&key.secret, *second);
  return key;
}

}  // namespace cellar::lockservice
