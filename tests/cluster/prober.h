#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/cpp/include/client.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/thread.h"
#include "common/time/system_clock.h"
#include "tests/cluster/mini_cluster.h"

namespace cellar::tests {

/// Asks a cluster for service all the time, to see when it is there again after a fault: one row is written and read
/// back, one namespace made and dropped, each by a thread with a client of its own. Thread-safe.
class Prober {
 public:
  static constexpr const char* kTable = "/probe/rows";
  static constexpr const char* kFamily = "v";

  enum class Service { kData, kNames };

  /// Makes what it needs.
  static Result<std::unique_ptr<Prober>> Start(const MiniCluster& cluster);
  ~Prober();

  /// Waits for an answer to a question that was asked after `moment` (monotonic); returns how long after `moment` it
  /// came. kTimedOut after `patience`.
  Result<Nanos> AwaitServiceAfter(Service service, Nanos moment, Nanos patience) const;

  /// What was read back and was not what had been acknowledged; empty: nothing.
  std::string wrong() const;

 private:
  struct Answered {
    Nanos asked = 0;
    Nanos answered = 0;
  };

  explicit Prober(client::ClientOptions options) : options_(std::move(options)) {}
  void AskForData();
  void AskForNames();
  void Note(Service service, Nanos asked);
  void NoteWrong(std::string what);

  const client::ClientOptions options_;
  const common::SystemClock clock_;
  std::atomic<bool> stopped_{false};
  mutable Mutex mutex_;
  Answered last_[2] GUARDED_BY(mutex_);  ///< By service.
  std::string wrong_ GUARDED_BY(mutex_);
  std::unique_ptr<common::Thread> data_;
  std::unique_ptr<common::Thread> names_;
};

}  // namespace cellar::tests
