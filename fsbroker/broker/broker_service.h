#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "common/logging/logger.h"
#include "common/time/clock.h"
#include "fsbroker/broker/broker_metrics.h"
#include "fsbroker/broker/handle_table.h"

namespace apache::thrift {
class TProcessor;
}

namespace cellar::fsbroker {

/// What a broker says of itself in hello.
struct BrokerIdentity {
  std::string life;     ///< kLifeBytes, drawn at each start.
  std::string program;  ///< "cellar 0.1.0"
  std::optional<ClusterId> cluster;
  size_t max_transfer_bytes = 0;
  Nanos lease = 0;
};

/// What the connections of one broker share. Borrows all of it.
struct BrokerServiceParts {
  BrokerServiceParts(FileSystem& storage, HandleTable& handle_table, BrokerMetrics& counted, const Clock& time,
                     const BrokerIdentity& self, const Logger& log)
      : files(storage), handles(handle_table), metrics(counted), clock(time), identity(self), logger(log) {}

  FileSystem& files;
  HandleTable& handles;
  BrokerMetrics& metrics;
  const Clock& clock;
  const BrokerIdentity& identity;
  const Logger& logger;
};

/// The calls of one connection, over a FileSystem. Used by one thread; attached to a session from its hello to its end.
/// Every bound is looked at before anything is allocated, and every path is checked, whatever the storage below does.
class BrokerService {
 public:
  explicit BrokerService(const BrokerServiceParts& parts);
  ~BrokerService();
  BrokerService(const BrokerService&) = delete;
  BrokerService& operator=(const BrokerService&) = delete;

  /// Reads one message and answers it. Throws what its transport and Thrift throw.
  apache::thrift::TProcessor& processor();

  bool said_hello() const;

 private:
  class Handler;
  std::shared_ptr<Handler> handler_;
  std::unique_ptr<apache::thrift::TProcessor> processor_;
};

}  // namespace cellar::fsbroker
