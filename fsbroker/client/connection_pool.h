#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "fsbroker/client/broker_connection.h"

namespace cellar::fsbroker {

/// The connections of one session with a broker, opened as calls need them, at most `max_connections`. Thread-safe.
class ConnectionPool {
 public:
  ConnectionPool(BrokerOptions options, std::string session, const Clock& clock);

  /// A connection for one call: an idle one, or a new one; a broker that is not there is tried again until `patience`
  /// is over. kUnavailable: none was reached, so nothing was asked. kTimedOut: all are in use until `deadline`. A
  /// broker that belongs to another cluster than the first one is refused (kConflict).
  Result<std::unique_ptr<BrokerConnection>> Take(Deadline patience, Deadline deadline);

  /// Ends the call: `connection` is null when it must not be used again.
  void Give(std::unique_ptr<BrokerConnection> connection);

  /// Closes the idle ones: one was found broken, so the others may be, too.
  void CloseIdle();

  const BrokerOptions& options() const { return options_; }

 private:
  /// True: the caller may open one, or has got `*idle`.
  bool TryTake(std::unique_ptr<BrokerConnection>* idle, common::Parker* waiter);
  void StopWaiting(common::Parker* waiter);
  Status CheckCluster(const BrokerConnection& connection);

  const BrokerOptions options_;
  const std::string session_;
  const Clock& clock_;
  Mutex mutex_;
  size_t taken_count_ GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<BrokerConnection>> idle_ GUARDED_BY(mutex_);
  std::deque<common::Parker*> waiters_ GUARDED_BY(mutex_);  ///< Each is woken once, then looks again.
  bool knows_cluster_ GUARDED_BY(mutex_) = false;
  std::optional<ClusterId> cluster_ GUARDED_BY(mutex_);
};

}  // namespace cellar::fsbroker
