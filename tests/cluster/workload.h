#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/cpp/include/client.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/thread.h"
#include "common/time/system_clock.h"
#include "tests/cluster/mini_cluster.h"

namespace cellar::tests {

/// Rows of three cells, one in each of three access groups, written by clients of their own until told to stop; then
/// every acknowledged row has to be there, whole and as it was written. Rows whose flush failed are in doubt: they may
/// be there or not, but whole. Rows that were never written must not be there.
class Workload {
 public:
  static constexpr const char* kTable = "/workload/rows";

  /// Makes namespace and table. Clients wait for the cluster at most `timeout` a call.
  static Result<std::unique_ptr<Workload>> Create(const MiniCluster& cluster, int writers,
                                                  Nanos timeout = 60 * kSecond);
  ~Workload();  ///< Stops.

  void Start();
  void Stop();

  uint64_t acknowledged() const;
  /// Flushes that failed, and why the first did.
  uint64_t failures() const;
  Status first_failure() const;

  /// Reads everything once: kCorruption naming how many rows are lost, torn, wrong or from nowhere, and one of them.
  Status Verify();

 private:
  /// What one writer knows of its rows.
  struct Writer {
    std::vector<bool> acknowledged;  ///< By row, of those whose flush came back.
    uint64_t sent = 0;               ///< Rows below were given to a mutator.
  };
  class Verification;

  Workload(client::ClientOptions options, int writers);
  Result<std::unique_ptr<client::Client>> Connect() const;
  void Write(int writer);
  Status WriteOnce(client::Client& client, int writer, std::shared_ptr<client::Table>* table,
                   std::unique_ptr<client::Mutator>* mutator);
  Status WriteRows(client::Mutator& mutator, int writer, uint64_t first, uint64_t count);

  const client::ClientOptions options_;
  std::atomic<bool> stopped_{false};
  mutable Mutex mutex_;
  std::vector<Writer> writers_ GUARDED_BY(mutex_);
  uint64_t acknowledged_ GUARDED_BY(mutex_) = 0;
  uint64_t failures_ GUARDED_BY(mutex_) = 0;
  Status first_failure_ GUARDED_BY(mutex_) = common::OkStatus();
  std::vector<std::unique_ptr<common::Thread>> threads_;
};

}  // namespace cellar::tests
