#include <memory>

#include "common/file/file_system_conformance.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"
#include "common/file/memory_file_system.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/broker/broker_server.h"
#include "fsbroker/client/broker_file_system.h"
#include "tests/broker/lossy_proxy.h"

// What every FileSystem must do, through a broker on a socket: one broker with two clients, two brokers of one disk,
// and connections that break all the time.

namespace cellar::fsbroker {
namespace {

BrokerServerOptions Anywhere() {
  BrokerServerOptions options;
  options.listen = rpc::Address("127.0.0.1", 0);
  return options;
}

/// One broker over `storage`, with a client.
class Served {
 public:
  explicit Served(FileSystem& storage)
      : server_(BrokerServer::Start(storage, clock_, metrics_, Logger(), Anywhere()).value()), client_(Connect()) {}

  std::unique_ptr<BrokerFileSystem> Connect() const { return Connect(port()); }
  std::unique_ptr<BrokerFileSystem> Connect(uint16_t port) const {
    BrokerOptions options;
    options.address = rpc::Address("127.0.0.1", port);
    return BrokerFileSystem::Connect(options, clock_, common::SystemSeed()).value();
  }
  FileSystem& client() { return *client_; }
  uint16_t port() const { return server_->port(); }

 private:
  const common::SystemClock clock_;
  MetricsRegistry metrics_;
  const std::unique_ptr<BrokerServer> server_;
  const std::unique_ptr<BrokerFileSystem> client_;
};

class OneBroker final : public common::StorageUnderTest {
 public:
  FileSystem& files() override { return served_.client(); }
  FileSystem& other_process() override { return *other_; }

 private:
  common::LocalTestDirectory directory_;
  std::unique_ptr<LocalFileSystem> local_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  Served served_{*local_};
  std::unique_ptr<BrokerFileSystem> other_ = served_.Connect();
};

class TwoBrokersOnOneDisk final : public common::StorageUnderTest {
 public:
  FileSystem& files() override { return first_.client(); }
  FileSystem& other_process() override { return second_.client(); }

 private:
  common::LocalTestDirectory directory_;
  std::unique_ptr<LocalFileSystem> local_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  std::unique_ptr<LocalFileSystem> local_too_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  Served first_{*local_};
  Served second_{*local_too_};
};

class BrokerAndTheDiskItself final : public common::StorageUnderTest {
 public:
  FileSystem& files() override { return served_.client(); }
  FileSystem& other_process() override { return *local_too_; }

 private:
  common::LocalTestDirectory directory_;
  std::unique_ptr<LocalFileSystem> local_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  std::unique_ptr<LocalFileSystem> local_too_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  Served served_{*local_};
};

/// Every third call is lost on its way, in turn before and after the broker has done it.
class LossyConnections final : public common::StorageUnderTest {
 public:
  FileSystem& files() override { return *lossy_; }
  FileSystem& other_process() override { return *lossy_too_; }

 private:
  tests::Loss LoseSome(std::string_view call) {
    if (call == "hello" || call == "close" || ++call_count_ % 3 != 0) return tests::Loss::kNone;
    return call_count_ % 2 == 0 ? tests::Loss::kRequest : tests::Loss::kAnswer;
  }

  int call_count_ = 0;
  common::LocalTestDirectory directory_;
  std::unique_ptr<LocalFileSystem> local_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  Served served_{*local_};
  tests::LossyProxy proxy_{served_.port(), [this](std::string_view call) { return LoseSome(call); }};
  std::unique_ptr<BrokerFileSystem> lossy_ = served_.Connect(proxy_.port());
  std::unique_ptr<BrokerFileSystem> lossy_too_ = served_.Connect(proxy_.port());
};

using common::FileSystemConformanceTest;

INSTANTIATE_TEST_SUITE_P(
    Broker, FileSystemConformanceTest,
    ::testing::Values(
        common::StorageFactory{"OneBroker", [] { return std::make_unique<OneBroker>(); }},
        common::StorageFactory{"TwoBrokersOnOneDisk", [] { return std::make_unique<TwoBrokersOnOneDisk>(); }},
        common::StorageFactory{"BrokerAndTheDiskItself", [] { return std::make_unique<BrokerAndTheDiskItself>(); }},
        common::StorageFactory{"LossyConnections", [] { return std::make_unique<LossyConnections>(); }}));

}  // namespace
}  // namespace cellar::fsbroker
