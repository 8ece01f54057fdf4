#include "lockservice/zookeeper/zookeeper_closer.h"

#include <algorithm>
#include <limits>

namespace cellar::lockservice {

OwnedZooKeeperClient& OwnedZooKeeperClient::operator=(OwnedZooKeeperClient&& other) noexcept {
  Close();
  closer_ = std::exchange(other.closer_, nullptr);
  client_ = std::move(other.client_);
  return *this;
}

void OwnedZooKeeperClient::Close() {
  if (ZooKeeperCloser* const closer = std::exchange(closer_, nullptr)) closer->Close(client_);
}

ZooKeeperCloser::ZooKeeperCloser(const Clock& clock) : clock_(clock), thread_("zk-closer", [this] { Run(); }) {}

ZooKeeperCloser::~ZooKeeperCloser() {
  stopping_.store(true, std::memory_order_release);
  news_.Unpark();
}

Result<OwnedZooKeeperClient> ZooKeeperCloser::Start(Executor& executor, const ZooKeeperClientOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<ZooKeeperClient> client, ZooKeeperClient::Start(executor, options));
  {
    MutexLock lock(mutex_);
    started_.push_back(client);
  }
  return OwnedZooKeeperClient(*this, std::move(client));
}

void ZooKeeperCloser::Close(std::shared_ptr<ZooKeeperClient> client) {
  {
    MutexLock lock(mutex_);
    to_close_.push_back(std::move(client));
  }
  news_.Unpark();
}

Nanos ZooKeeperCloser::TakeDue(std::vector<std::shared_ptr<ZooKeeperClient>>* due) {
  std::vector<std::shared_ptr<ZooKeeperClient>> open;
  {
    MutexLock lock(mutex_);
    due->swap(to_close_);
    std::erase_if(started_, [](const std::weak_ptr<ZooKeeperClient>& client) { return client.expired(); });
    for (const std::weak_ptr<ZooKeeperClient>& client : started_) open.push_back(client.lock());
  }
  const Nanos now = clock_.BootNow();
  Nanos time_left = kMaxPark;
  for (std::shared_ptr<ZooKeeperClient>& client : open) {
    if (client == nullptr) continue;
    const Nanos at = client->give_up_at();
    if (at > now) {
      time_left = std::min(time_left, at - now);
    } else {
      client->set_give_up_at(std::numeric_limits<Nanos>::max());
      due->push_back(std::move(client));
    }
  }
  return time_left;
}

void ZooKeeperCloser::Run() {
  for (;;) {
    const bool last_round = stopping_.load(std::memory_order_acquire);
    std::vector<std::shared_ptr<ZooKeeperClient>> due;
    const Nanos time_left = TakeDue(&due);
    for (const std::shared_ptr<ZooKeeperClient>& client : due) client->CloseNow();
    if (last_round) return;
    if (due.empty()) (void)news_.ParkFor(time_left);
  }
}

}  // namespace cellar::lockservice
