#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.h"

namespace cellar::bench {

struct ServerOptions {
  std::string program;    ///< The executable `cellar`.
  std::string directory;  ///< Made, and removed at the end with all that is in it.
  int port_offset = 0;
  uint64_t block_cache_bytes = 0;

  ServerOptions() = default;
};

/// A `cellar start` of its own: new data directory, own ports, killed and removed at the end.
class ServerProcess {
 public:
  /// Returns when it says that it is ready. The server's log is `<directory>.log` until then, and kept on failure.
  static Result<std::unique_ptr<ServerProcess>> Start(const ServerOptions& options);
  ~ServerProcess();

  pid_t pid() const { return pid_; }
  std::string url() const;  ///< As ClientOptions::lock_service_url.

  uint64_t ResidentBytes() const;
  uint64_t NewestCellStoreBytes() const;  ///< Of user tables: the whole table after a major compaction.

 private:
  explicit ServerProcess(ServerOptions options) : options_(std::move(options)) {}

  Status Spawn();
  Status AwaitReady(int output);

  const ServerOptions options_;
  pid_t pid_ = 0;
};

}  // namespace cellar::bench
