#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/cpp/include/client.h"
#include "common/file/memory_file_system.h"
#include "common/logging/log_sink.h"
#include "common/metrics/metrics_registry.h"
#include "common/time/system_clock.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/support/temporary_folder.h"
#include "thrift/gateway/gateway.h"
#include "thrift/idl/gen/CellarService.h"

namespace cellar::tests {

namespace api = ::Hypertable::ThriftGen;
namespace own = ::cellar::thrift::gen;

/// A connection of a client's, with the generated stub.
class GatewayConnection {
 public:
  explicit GatewayConnection(uint16_t port);
  ~GatewayConnection();

  own::CellarServiceClient* operator->() { return &client_; }
  /// Ends the connection without a word.
  void Vanish();

 private:
  explicit GatewayConnection(std::shared_ptr<::apache::thrift::transport::TTransport> transport);

  std::shared_ptr<::apache::thrift::transport::TTransport> transport_;
  own::CellarServiceClient client_;
};

/// A Cellar and a gateway of their own in this process, in a folder that goes with them.
class GatewayWorld {
 public:
  /// `with_import_root`: the gateway's is "import" in folder().
  explicit GatewayWorld(thrift::GatewayOptions options = thrift::GatewayOptions(), bool with_import_root = false);
  ~GatewayWorld();

  uint16_t port() const { return gateway_->port(); }
  thrift::Gateway& gateway() { return *gateway_; }
  /// Where the world keeps its files; "import" in it is free.
  const std::string& folder() const { return folder_.path(); }
  MemoryFileSystem& cluster_files() { return *cluster_files_; }
  client::Client& client() { return *client_; }
  const MetricsRegistry& metrics() const { return metrics_; }  ///< The gateway's.
  MemoryLogSink& log() { return log_; }                        ///< Of the gateway, from warnings on.
  /// One that shares nothing with the gateway's.
  std::unique_ptr<client::Client> NewClient() const;

 private:
  const TemporaryFolder folder_;
  const std::shared_ptr<MemoryFileSystem> cluster_files_ = std::make_shared<MemoryFileSystem>();  ///< For fs://
  const common::SystemClock clock_;
  MetricsRegistry metrics_;
  MemoryLogSink log_;
  std::unique_ptr<InProcessCluster> cluster_;
  std::unique_ptr<client::Client> client_;
  std::unique_ptr<thrift::Gateway> gateway_;
};

/// Of a table with this family alone.
api::Schema SchemaOfFamily(const std::string& name);

/// The public code of the ClientException that `call` meets; 0 when it meets none.
int32_t CodeOf(const std::function<void()>& call);

/// Whether `holds` becomes true within ten seconds.
bool Eventually(const std::function<bool()>& holds);

}  // namespace cellar::tests
