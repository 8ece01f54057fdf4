#include "fsbroker/client/connection_pool.h"

#include <algorithm>
#include <utility>

namespace cellar::fsbroker {
namespace {

constexpr Nanos kFirstPause = 10 * kMillisecond;
constexpr Nanos kLongestPause = 250 * kMillisecond;

std::string NameOf(const std::optional<ClusterId>& cluster) {
  return cluster ? "cluster " + cluster->ToString() : std::string("no cluster");
}

}  // namespace

ConnectionPool::ConnectionPool(BrokerOptions options, std::string session, const Clock& clock)
    : options_(std::move(options)), session_(std::move(session)), clock_(clock) {}

bool ConnectionPool::TryTake(std::unique_ptr<BrokerConnection>* idle, common::Parker* waiter) {
  const MutexLock lock(mutex_);
  if (!idle_.empty()) {
    *idle = std::move(idle_.back());
    idle_.pop_back();
  } else if (taken_count_ >= options_.max_connections) {
    waiters_.push_back(waiter);
    return false;
  }
  ++taken_count_;
  return true;
}

void ConnectionPool::StopWaiting(common::Parker* waiter) {
  const MutexLock lock(mutex_);
  std::erase(waiters_, waiter);
}

Result<std::unique_ptr<BrokerConnection>> ConnectionPool::Take(Deadline patience, Deadline deadline) {
  std::unique_ptr<BrokerConnection> connection;
  common::Parker parker;
  while (!TryTake(&connection, &parker)) {
    const bool is_woken = parker.ParkFor(deadline.Remaining(clock_));
    StopWaiting(&parker);
    if (!is_woken) return common::TimedOut("all connections to the broker are in use");
  }
  if (connection != nullptr && connection->IsUsable()) return connection;
  connection.reset();
  for (Nanos pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto opened = BrokerConnection::Open(options_, session_, Earliest(patience, deadline), clock_);
    Status status = opened.ok() ? CheckCluster(**opened) : opened.status();
    if (status.ok()) return std::move(opened).value();
    const bool may_pass = status.Is(StatusCode::kUnavailable) || status.Is(StatusCode::kBusy);
    if (!may_pass || patience.Remaining(clock_) <= pause || deadline.Remaining(clock_) <= pause) {
      Give(nullptr);
      return status;
    }
    common::Parker().ParkFor(pause);
  }
}

void ConnectionPool::Give(std::unique_ptr<BrokerConnection> connection) {
  const MutexLock lock(mutex_);
  --taken_count_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
  if (waiters_.empty()) return;
  waiters_.front()->Unpark();  // Under the lock: the waiter lives until it has taken itself out.
  waiters_.pop_front();
}

void ConnectionPool::CloseIdle() {
  std::vector<std::unique_ptr<BrokerConnection>> closed;
  const MutexLock lock(mutex_);
  closed.swap(idle_);
}

Status ConnectionPool::CheckCluster(const BrokerConnection& connection) {
  const MutexLock lock(mutex_);
  const std::optional<ClusterId>& cluster = connection.hello().cluster;
  if (!std::exchange(knows_cluster_, true)) cluster_ = cluster;
  if (cluster == cluster_) return Status();
  return common::Conflict("broker at " + options_.address.ToString() + " belongs to " + NameOf(cluster) +
                          ", and before it was of " + NameOf(cluster_));
}

}  // namespace cellar::fsbroker
