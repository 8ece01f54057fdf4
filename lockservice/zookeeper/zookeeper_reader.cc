#include "lockservice/zookeeper/zookeeper_reader.h"

#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::lockservice {

Result<std::unique_ptr<ZooKeeperReader>> ZooKeeperReader::Start(ZooKeeperCloser& closer, Executor& executor,
                                                                const ZooKeeperClientOptions& options, Logger logger) {
  ASSIGN_OR_RETURN(OwnedZooKeeperClient client, closer.Start(executor, options));
  return std::unique_ptr<ZooKeeperReader>(
      new ZooKeeperReader(closer, executor, options, std::move(logger), std::move(client)));
}

ZooKeeperReader::ZooKeeperReader(ZooKeeperCloser& closer, Executor& executor, const ZooKeeperClientOptions& options,
                                 Logger logger, OwnedZooKeeperClient client)
    : closer_(closer),
      executor_(executor),
      options_(options),
      logger_(std::move(logger)),
      client_(std::move(client)),
      tasks_(executor) {
  tasks_.Spawn(KeepConnected(), "zookeeper reader");
}

Task<void> ZooKeeperReader::WaitUntilLost() {
  const SharedZooKeeperClient watched = client();
  Deadline patience = Deadline::After(executor_.clock(), kMaxAway);
  while (!watched->dead()) {
    if (watched->connected()) {
      co_await watched->changed().Wait();
      patience = Deadline::After(executor_.clock(), kMaxAway);
    } else if (!co_await watched->changed().WaitUntil(patience) || patience.Expired(executor_.clock())) {
      co_return;
    }
  }
}

Task<void> ZooKeeperReader::KeepConnected() {
  for (;;) {
    co_await WaitUntilLost();
    logger_.Warning("no connection to ZooKeeper", {{"servers", options_.servers}});
    Result<OwnedZooKeeperClient> next = closer_.Start(executor_, options_);
    while (!next.ok()) {
      co_await common::SleepFor(executor_, kMaxAway);
      next = closer_.Start(executor_, options_);
    }
    client_ = std::move(next).value();
  }
}

Task<Result<NodeState>> ZooKeeperReader::Read(std::string znode, Deadline deadline) {
  for (;;) {
    Result<NodeState> state = co_await ReadState(client(), znode, deadline);
    if (!state.status().Is(StatusCode::kFenced)) co_return state;
    // The connection was just given up: the next one.
    if (deadline.Expired(executor_.clock())) co_return common::Unavailable(std::string(state.status().message()));
    co_await common::SleepFor(executor_, kRetryDelay);
  }
}

Task<Status> ZooKeeperReader::AwaitGone(std::string znode, Deadline deadline) {
  for (;;) {
    const Status gone = co_await WaitUntilGone(client(), znode, deadline);
    if (!gone.Is(StatusCode::kFenced)) co_return gone;
    if (deadline.Expired(executor_.clock())) co_return common::Unavailable(std::string(gone.message()));
    co_await common::SleepFor(executor_, kRetryDelay);
  }
}

}  // namespace cellar::lockservice
