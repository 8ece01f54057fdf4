#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/cluster/process_cluster.h"
#include "tests/support/child_process.h"

namespace cellar::bench {

struct ServerOptions {
  std::string program;    ///< The executable `cellar`.
  std::string directory;  ///< Made, and removed at the end with all that is in it.
  int port_offset = 0;
  uint64_t block_cache_bytes = 0;
  /// Every role a process of its own, on a ZooKeeper started by this script and a filesystem broker; empty: one
  /// process.
  std::string zookeeper_script;

  ServerOptions() = default;
};

/// A Cellar of its own, one process or one a role: new data directory, own ports, killed and removed at the end.
class ServerProcess {
 public:
  /// Returns when it says that it is ready. The server's log is `<directory>.log` until then, and kept on failure.
  static Result<std::unique_ptr<ServerProcess>> Start(const ServerOptions& options);
  ~ServerProcess();

  /// All that serve: `cellar start`, or range server, broker and masters. Not the ZooKeeper.
  std::vector<pid_t> pids() const;
  std::string url() const;            ///< As ClientOptions::lock_service_url.
  std::string password_file() const;  ///< As ClientOptions::lock_service_password_file.

  uint64_t ResidentBytes() const;         ///< Of all of them.
  uint64_t NewestCellStoreBytes() const;  ///< Of user tables: the whole table after a major compaction.

 private:
  explicit ServerProcess(ServerOptions options) : options_(std::move(options)) {}

  Status StartCluster();
  Status StartAlone();

  const ServerOptions options_;
  std::unique_ptr<tests::ChildProcess> alone_;
  std::unique_ptr<tests::ProcessCluster> cluster_;
};

}  // namespace cellar::bench
