#include "tests/gateway/gateway_world.h"

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "common/concurrency/parker.h"

namespace cellar::tests {
namespace {

using ::apache::thrift::protocol::TBinaryProtocol;
using ::apache::thrift::transport::TFramedTransport;
using ::apache::thrift::transport::TSocket;

constexpr Nanos kPatience = 10 * kSecond;
constexpr Nanos kLook = 5 * kMillisecond;

template <typename T>
T Need(Result<T> result) {
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  CHECK(result.ok());
  return std::move(result).value();
}

}  // namespace

GatewayConnection::GatewayConnection(uint16_t port)
    : GatewayConnection(std::make_shared<TFramedTransport>(std::make_shared<TSocket>("127.0.0.1", port))) {}

GatewayConnection::GatewayConnection(std::shared_ptr<::apache::thrift::transport::TTransport> transport)
    : transport_(std::move(transport)), client_(std::make_shared<TBinaryProtocol>(transport_)) {
  transport_->open();
}

GatewayConnection::~GatewayConnection() {
  Vanish();
}

void GatewayConnection::Vanish() {
  transport_->close();
}

GatewayWorld::GatewayWorld(thrift::GatewayOptions options, bool with_import_root) : folder_("gateway") {
  if (with_import_root) {
    options.import_root = folder() + "/import";
    std::filesystem::create_directory(options.import_root);
  }
  cluster_ = Need(InProcessCluster::Start("", folder()));
  client_ = Need(client::Client::Connect(cluster_->client_options()));
  thrift::GatewaySeams seams{*client_, clock_, metrics_, Logger(log_, clock_, common::LogLevel::kWarning, "gateway")};
  seams.open_cluster_files = [this] { return Result<std::shared_ptr<FileSystem>>(cluster_files_); };
  gateway_ = Need(thrift::Gateway::Start(std::move(seams), std::move(options)));
}

GatewayWorld::~GatewayWorld() {
  gateway_.reset();
  client_.reset();
  cluster_.reset();
}

std::unique_ptr<client::Client> GatewayWorld::NewClient() const {
  return Need(client::Client::Connect(cluster_->client_options()));
}

api::Schema SchemaOfFamily(const std::string& name) {
  api::Schema schema;
  schema.column_families[name].name = name;
  schema.__isset.column_families = true;
  return schema;
}

int32_t CodeOf(const std::function<void()>& call) {
  try {
    call();
    return 0;
  } catch (const api::ClientException& error) {
    return error.code;
  }
}

bool Eventually(const std::function<bool()>& holds) {
  const common::SystemClock clock;
  const Nanos end = clock.MonotonicNow() + kPatience;
  while (!holds()) {
    if (clock.MonotonicNow() > end) return false;
    common::Parker().ParkFor(kLook);
  }
  return true;
}

}  // namespace cellar::tests
