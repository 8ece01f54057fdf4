#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "lockservice/zookeeper/zookeeper_client.h"

namespace cellar::lockservice {

class ZooKeeperCloser;

/// A client that is closed by its closer when its owner lets it go, wherever that happens. Move-only.
class OwnedZooKeeperClient final {
 public:
  OwnedZooKeeperClient() = default;
  OwnedZooKeeperClient(ZooKeeperCloser& closer, std::shared_ptr<ZooKeeperClient> client)
      : closer_(&closer), client_(std::move(client)) {}
  OwnedZooKeeperClient(OwnedZooKeeperClient&& other) noexcept
      : closer_(std::exchange(other.closer_, nullptr)), client_(std::move(other.client_)) {}
  OwnedZooKeeperClient& operator=(OwnedZooKeeperClient&& other) noexcept;
  ~OwnedZooKeeperClient() { Close(); }

  ZooKeeperClient* operator->() const { return client_.get(); }
  ZooKeeperClient& operator*() const { return *client_; }
  const std::shared_ptr<ZooKeeperClient>& shared() const { return client_; }

  /// Begins to close it, if there is one; it stays there to be asked. `changed()` of the client tells of its end.
  void Close();

 private:
  ZooKeeperCloser* closer_ = nullptr;  ///< Null once it was told.
  std::shared_ptr<ZooKeeperClient> client_;
};

/// The thread that closes handles: it waits for the network and for the handle's own threads, so neither the loop nor
/// those may do it. It also closes the handle whose give_up_at has come, however the loop fares: the C client's own
/// pings would keep the session of a process alive whose loop hangs.
///
/// Outlives its clients' owners; its destructor closes what is left, and waits for that. Thread-safe.
class ZooKeeperCloser final {
 public:
  explicit ZooKeeperCloser(const Clock& clock);
  ~ZooKeeperCloser();

  Result<OwnedZooKeeperClient> Start(Executor& executor, const ZooKeeperClientOptions& options);

 private:
  friend class OwnedZooKeeperClient;
  static constexpr Nanos kMaxPark = kSecond;  ///< So that time spent suspended is noticed.

  void Close(std::shared_ptr<ZooKeeperClient> client);
  void Run();
  /// Takes what is to be closed now out of the lists; how long the rest has time.
  Nanos TakeDue(std::vector<std::shared_ptr<ZooKeeperClient>>* due);

  const Clock& clock_;
  std::atomic<bool> stopping_{false};
  common::Parker news_;
  common::Mutex mutex_;
  std::vector<std::shared_ptr<ZooKeeperClient>> to_close_ GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<ZooKeeperClient>> started_ GUARDED_BY(mutex_);
  common::Thread thread_;
};

}  // namespace cellar::lockservice
