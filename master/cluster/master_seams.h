#pragma once

#include <functional>
#include <string>

#include "common/base/cluster_id.h"
#include "common/concurrency/executor.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "common/random/random.h"
#include "lockservice/lock_service.h"
#include "rpc/address.h"
#include "rpc/rpc_client.h"
#include "rpc/transport.h"

namespace cellar::master {

/// What a master stands on. All borrowed; they outlive it, and the files also the executor's jobs.
struct MasterSeams {
  Executor& executor;
  FileSystem& log_files;   ///< Metalogs and commit logs.
  FileSystem& data_files;  ///< CellStores.
  rpc::Transport& transport;
  rpc::RpcClient& rpc;
  LockService& locks;
  Random& random;
  Logger logger;
  MetricsRegistry& metrics;
  FaultPoints& faults;
  ClusterId cluster;
};

struct MasterOptions {
  rpc::Address listen{"127.0.0.1", 15862};  ///< Port 0 takes a free one.
  std::string announced_host;               ///< In `/master`; empty: the host it listens on.
  Nanos lease = 10 * kSecond;               ///< Of the lock service's session.
  Nanos max_clock_skew = kSecond;           ///< A server whose wall clock is further off is refused.
  Nanos unlocked_patience = 5 * kSecond;    ///< A ready server that is seen without its lock for so long is dead.
  int load_parallelism = 8;                 ///< Ranges that are being loaded at once.
  Nanos garbage_interval = 300 * kSecond;   ///< Between collections of garbage, but for those after a recovery.
  /// Called with the session's credentials as soon as it is open: who proves this process dead may end it by them.
  std::function<void(std::string)> on_session;
  // Told in MasterStatus, for tools: the directory of one machine's Cellar, or the urls of files that others serve.
  std::string data_directory;
  std::string data_url;
  std::string log_url;

  MasterOptions() = default;
};

}  // namespace cellar::master
