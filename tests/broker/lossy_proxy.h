#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "common/concurrency/mutex.h"
#include "common/concurrency/thread.h"
#include "common/file/local_descriptor.h"
#include "common/time/system_clock.h"

namespace cellar::tests {

/// What becomes of one call on its way through a LossyProxy. After a loss its connection is closed.
enum class Loss {
  kNone,
  kRequest,  ///< The broker never hears of it.
  kAnswer    ///< The broker has done it, and nobody hears of that.
};

/// Stands between clients and a broker, and loses calls by plan. Destruction closes everything.
class LossyProxy {
 public:
  /// `plan` is asked for each call, by its name ("append"); by one thread at a time.
  LossyProxy(uint16_t broker_port, std::function<Loss(std::string_view call)> plan);
  ~LossyProxy();

  uint16_t port() const { return port_; }
  int lost_count() const { return lost_count_; }

  /// Where later connections lead: a broker that was started anew.
  void SetBrokerPort(uint16_t port) { broker_port_ = port; }

 private:
  void Accept();
  void Carry(int client);
  Loss Plan(std::string_view request);

  const common::SystemClock clock_;
  std::atomic<uint16_t> broker_port_;
  common::LocalDescriptor listener_;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> lost_count_{0};
  Mutex mutex_;
  std::function<Loss(std::string_view)> plan_ GUARDED_BY(mutex_);
  std::list<common::LocalDescriptor> clients_;  ///< Of the accepting thread, like the next.
  std::list<common::Thread> carriers_;
  std::unique_ptr<common::Thread> acceptor_;
};

}  // namespace cellar::tests
