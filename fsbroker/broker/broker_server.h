#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/concurrency/thread.h"
#include "common/file/file_system.h"
#include "common/file/local_descriptor.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "fsbroker/broker/broker_metrics.h"
#include "fsbroker/broker/broker_service.h"
#include "fsbroker/broker/handle_table.h"
#include "fsbroker/wire/protocol.h"
#include "rpc/address.h"

namespace cellar::fsbroker {

class FramedSocket;

/// Where a broker listens, and its bounds.
struct BrokerServerOptions {
  rpc::Address listen;  ///< Port 0 takes a free one.
  std::string program = "cellar";
  std::optional<ClusterId> cluster;
  size_t max_connections = 256;
  size_t max_open_files = 8'192;
  size_t max_transfer_bytes = kMaxTransferBytes;
  Nanos lease = 10 * kSecond;
  Nanos hello_timeout = 10 * kSecond;  ///< A connection that says nothing is closed then.
  Nanos frame_timeout = 30 * kSecond;  ///< For one message, from its first byte to its last.
  Nanos drain_timeout = 10 * kSecond;  ///< Calls under way may take so long when the server stops.
};

/// Serves a FileSystem to clients (fsbroker/broker.thrift, docs/internals/broker.md): one thread accepts, each
/// connection has a thread, whose calls block in the FileSystem. Destruction stops.
class BrokerServer {
 public:
  /// Listens when it returns. kUnavailable naming the address when it is taken. Borrows `files`, `clock` and `metrics`.
  static Result<std::unique_ptr<BrokerServer>> Start(FileSystem& files, const Clock& clock, MetricsRegistry& metrics,
                                                     Logger logger, BrokerServerOptions options);
  ~BrokerServer();

  uint16_t port() const { return port_; }

  /// For a status page: cluster, connections, sessions, open files. Thread-safe.
  std::string StatusJson() const;

  /// Takes no more connections and no more calls, answers those that are under way, closes all files. Once.
  void Stop();

 private:
  struct Connection {
    std::shared_ptr<FramedSocket> socket;  ///< Used by the thread; `shutdown` on it ends its waits.
    std::atomic<bool> ended{false};
    std::unique_ptr<common::Thread> thread;
  };

  BrokerServer(FileSystem& files, const Clock& clock, MetricsRegistry& metrics, Logger logger,
               BrokerServerOptions options);
  void Accept();
  void AcceptOne();
  void Refuse(common::LocalDescriptor socket);
  void Serve(const std::shared_ptr<FramedSocket>& socket, const std::string& peer);
  void Reap();

  const BrokerServerOptions options_;
  const Clock& clock_;
  const Logger logger_;
  BrokerMetrics metrics_;
  BrokerIdentity identity_;
  HandleTable handles_;
  const BrokerServiceParts parts_;
  common::LocalDescriptor listener_;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> connection_count_{0};
  std::list<Connection> connections_;  ///< Of the accepting thread; once that has ended, of whoever stops.
  std::unique_ptr<common::Thread> acceptor_;
};

}  // namespace cellar::fsbroker
