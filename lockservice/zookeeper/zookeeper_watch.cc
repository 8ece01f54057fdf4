#include "lockservice/zookeeper/zookeeper_watch.h"

#include <optional>
#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::lockservice {

ZooKeeperWatch::ZooKeeperWatch(ZooKeeperSessionParts& parts, SharedZooKeeperClient client, std::string znode)
    : parts_(parts),
      client_(std::move(client)),
      znode_(std::move(znode)),
      listener_(*client_, znode_),
      tasks_(parts.executor) {
  changed().Set();
  tasks_.Spawn(Follow(), "lock service watch");
}

Task<void> ZooKeeperWatch::Follow() {
  std::optional<Look> last;
  for (;;) {
    listener_.fired().Reset();
    const Result<Look> look = co_await Arm();
    if (look.ok()) {
      if (last != *look) changed().Set();
      last = *look;
      co_await listener_.fired().Wait();
      continue;
    }
    if (look.status().Is(StatusCode::kFenced)) break;
    co_await common::SleepFor(parts_.executor, parts_.retry_delay);
  }
  changed().Set();  // The session has ended: whoever looks again is told so.
}

Task<Result<ZooKeeperWatch::Look>> ZooKeeperWatch::Arm() {
  const Deadline deadline = Deadline::After(parts_.executor.clock(), parts_.call_timeout);
  CO_RETURN_IF_ERROR(co_await client_->WaitUntilConnected(deadline));
  PendingReply looked = client_->StartExists(znode_, true);
  PendingReply listed = client_->StartChildren(znode_, true);
  const Result<ZnodeReply> node = co_await client_->Finish(std::move(looked), deadline);
  const Result<ZnodeReply> children = co_await client_->Finish(std::move(listed), deadline);
  Look look;
  look.exists = node.ok();
  if (!node.ok() && !node.status().Is(StatusCode::kNotFound)) co_return node.status();
  if (!children.ok() && !children.status().Is(StatusCode::kNotFound)) co_return children.status();
  // The later of the two: what happened to the children before it is in it, what happened to the data since the first
  // has fired that one's watch.
  if (node.ok()) look.stat = children.ok() ? children->stat : node->stat;
  co_return look;
}

}  // namespace cellar::lockservice
