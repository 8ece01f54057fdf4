#include "lockservice/zookeeper/znode_tree.h"

#include <algorithm>
#include <utility>

namespace cellar::lockservice {
namespace {

bool IsLost(const Status& status) {
  return status.Is(StatusCode::kTimedOut) || status.Is(StatusCode::kUnavailable);
}

Status CheckFormat(std::string_view data, const std::string& path) {
  if (data == ZnodeLayout::kFormat) return common::OkStatus();
  if (data.starts_with("cellar lock service ")) {
    return common::Unsupported("ZooKeeper: " + path + " was made by a later version: " + std::string(data));
  }
  return common::InvalidArgument("ZooKeeper: " + path +
                                 " belongs to something else than a Cellar: choose another path");
}

Task<Status> MakeRoot(SharedZooKeeperClient client, std::string path, Deadline deadline) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const Result<ZnodeReply> ancestor = co_await client->Ensure(path.substr(0, slash), "", ZnodeKind::kPersistent,
                                                                ZnodeAccess::kOwnerAndOthers, deadline);
    CO_RETURN_IF_ERROR(ancestor.status());
  }
  const Result<ZnodeReply> made = co_await client->Ensure(path, std::string(ZnodeLayout::kFormat),
                                                          ZnodeKind::kPersistent, ZnodeAccess::kOwner, deadline);
  co_return made.status();
}

Task<Status> MakeIfMissing(SharedZooKeeperClient client, std::string znode, std::string data, Deadline deadline) {
  Result<ZnodeReply> found = co_await client->Exists(znode, deadline);
  if (found.status().Is(StatusCode::kNotFound)) {
    found = co_await client->Ensure(znode, std::move(data), ZnodeKind::kPersistent, ZnodeAccess::kOwner, deadline);
  }
  co_return found.status();
}

/// One attempt. kConflict when the node changed between its two reads.
Task<Result<NodeSnapshot>> TrySnapshot(SharedZooKeeperClient client, std::string znode, bool watch, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await client->WaitUntilConnected(deadline));
  // Sent together, answered in order: the reads see what was decided before the sync reached the leader.
  PendingReply synced = client->StartSync(znode);
  PendingReply got = client->StartGet(znode, watch);
  PendingReply listed = client->StartChildren(znode, watch);
  CO_TRY(const ZnodeReply sync, co_await client->Finish(std::move(synced), deadline));
  CO_TRY(const ZnodeReply data, co_await client->Finish(std::move(got), deadline));
  CO_TRY(ZnodeReply names, co_await client->Finish(std::move(listed), deadline));
  if (data.stat != names.stat) co_return common::Conflict("ZooKeeper: changed meanwhile: " + znode);
  NodeSnapshot snapshot;
  CO_TRY(snapshot.state, DecodeZnode(data.data, znode));
  snapshot.stat = data.stat;
  for (std::string& name : names.children) {
    if (const std::optional<HoldName> hold = ZnodeLayout::ParseHold(name)) {
      snapshot.holds.push_back(*hold);
    } else {
      snapshot.children.push_back(std::move(name));
    }
  }
  std::sort(snapshot.children.begin(), snapshot.children.end());
  co_return snapshot;
}

}  // namespace

Task<Status> PrepareTree(SharedZooKeeperClient client, ZnodeLayout layout, Deadline deadline) {
  Result<ZnodeReply> root = co_await client->Get(layout.path(), deadline);
  if (root.status().Is(StatusCode::kNotFound)) {
    CO_RETURN_IF_ERROR(co_await MakeRoot(client, layout.path(), deadline));
    root = co_await client->Get(layout.path(), deadline);
  }
  CO_RETURN_IF_ERROR(root.status());
  CO_RETURN_IF_ERROR(CheckFormat(root->data, layout.path()));
  CO_RETURN_IF_ERROR(co_await MakeIfMissing(client, layout.sessions(), "", deadline));
  NodeState top;
  top.version = 1;
  co_return co_await MakeIfMissing(client, layout.nodes(), EncodeZnode(top), deadline);
}

Task<Result<NodeSnapshot>> TakeSnapshot(SharedZooKeeperClient client, std::string znode, bool watch,
                                        Deadline deadline) {
  const Executor& executor = co_await common::ThisExecutor();
  for (;;) {
    Result<NodeSnapshot> snapshot = co_await TrySnapshot(client, znode, watch, deadline);
    const bool changed = snapshot.status().Is(StatusCode::kConflict);
    if (!changed && !IsLost(snapshot.status())) co_return snapshot;
    if (!deadline.Expired(executor.clock())) continue;
    if (changed) co_return common::TimedOut(std::string(snapshot.status().message()));
    co_return snapshot;
  }
}

Task<Result<NodeState>> ReadState(SharedZooKeeperClient client, std::string znode, Deadline deadline) {
  for (;;) {
    CO_TRY(NodeSnapshot snapshot, co_await TakeSnapshot(client, znode, false, deadline));
    std::vector<LockHold> holds;
    for (const HoldName& name : snapshot.holds) {
      const Result<ZnodeReply> found = co_await client->Exists(ZnodeLayout::Hold(znode, name), deadline);
      if (found.status().Is(StatusCode::kNotFound)) break;
      CO_RETURN_IF_ERROR(found.status());
      LockHold hold;
      hold.session = name.session;
      hold.mode = name.mode;
      hold.number = static_cast<uint64_t>(found->stat.created);
      holds.push_back(hold);
    }
    if (holds.size() != snapshot.holds.size()) continue;  // One was released meanwhile.
    std::sort(holds.begin(), holds.end(), [](const LockHold& a, const LockHold& b) { return a.number < b.number; });
    snapshot.state.holds = std::move(holds);
    co_return std::move(snapshot.state);
  }
}

Task<Status> WaitUntilGone(SharedZooKeeperClient client, std::string znode, Deadline deadline) {
  const Executor& executor = co_await common::ThisExecutor();
  ZnodeListener listener(*client, znode);
  while (!deadline.Expired(executor.clock())) {
    listener.fired().Reset();
    CO_RETURN_IF_ERROR(co_await client->WaitUntilConnected(deadline));
    PendingReply synced = client->StartSync(znode);
    PendingReply looked = client->StartExists(znode, true);
    (void)co_await client->Finish(std::move(synced), deadline);
    const Result<ZnodeReply> found = co_await client->Finish(std::move(looked), deadline);
    if (found.status().Is(StatusCode::kNotFound)) co_return common::OkStatus();
    if (!found.ok() && !IsLost(found.status())) co_return found.status();
    if (found.ok()) co_await listener.fired().WaitUntil(deadline);
  }
  co_return common::TimedOut("ZooKeeper: still there: " + znode);
}

}  // namespace cellar::lockservice
