#include "fsbroker/broker/broker_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <thrift/TProcessor.h>

#include <algorithm>
#include <utility>

#include "common/concurrency/parker.h"
#include "common/logging/escape.h"
#include "common/random/random.h"
#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/binary_protocol.h"
#include "fsbroker/wire/framed_socket.h"
#include "fsbroker/wire/sockets.h"

namespace cellar::fsbroker {
namespace {

constexpr Nanos kSweepInterval = kSecond;
constexpr Nanos kDrainLook = 5 * kMillisecond;
constexpr Nanos kRefusalTimeout = kSecond;

std::string DrawLife() {
  SeededRandom random(common::SystemSeed());
  std::string life;
  while (life.size() < kLifeBytes) life.push_back(static_cast<char>(random.Next()));
  return life;
}

}  // namespace

BrokerServer::BrokerServer(FileSystem& files, const Clock& clock, MetricsRegistry& metrics, Logger logger,
                           BrokerServerOptions options)
    : options_(std::move(options)),
      clock_(clock),
      logger_(std::move(logger)),
      metrics_(metrics),
      identity_{.life = DrawLife(),
                .program = options_.program,
                .cluster = options_.cluster,
                .max_transfer_bytes = options_.max_transfer_bytes,
                .lease = options_.lease},
      handles_({.max_open_files = options_.max_open_files, .lease = options_.lease}, clock),
      parts_(files, handles_, metrics_, clock, identity_, logger_) {}

Result<std::unique_ptr<BrokerServer>> BrokerServer::Start(FileSystem& files, const Clock& clock,
                                                          MetricsRegistry& metrics, Logger logger,
                                                          BrokerServerOptions options) {
  std::unique_ptr<BrokerServer> server(new BrokerServer(files, clock, metrics, std::move(logger), std::move(options)));
  ASSIGN_OR_RETURN(server->listener_, ListenOn(server->options_.listen));
  ASSIGN_OR_RETURN(server->port_, PortOf(server->listener_));
  server->acceptor_ = std::make_unique<common::Thread>("fsbroker.accept", [raw = server.get()] { raw->Accept(); });
  return server;
}

BrokerServer::~BrokerServer() {
  Stop();
}

void BrokerServer::Accept() {
  while (!stopping_) {
    if (WaitForSocket(listener_.get(), POLLIN, Deadline::After(clock_, kSweepInterval), clock_)) AcceptOne();
    Reap();
    handles_.Sweep();
    connection_count_ = connections_.size();
    metrics_.connections.Set(static_cast<int64_t>(connections_.size()));
    metrics_.open_files.Set(static_cast<int64_t>(handles_.open_count()));
    metrics_.sessions.Set(static_cast<int64_t>(handles_.session_count()));
  }
}

void BrokerServer::AcceptOne() {
  AcceptedSocket accepted = AcceptFrom(listener_);
  if (!accepted.descriptor.is_open()) {
    // Out of descriptors, or gone again: the listener stays ready, so this must not turn into a busy loop.
    if (!stopping_) common::Parker().ParkFor(kDrainLook);
    return;
  }
  Reap();
  if (connections_.size() >= options_.max_connections) {
    metrics_.connections_refused.Increment();
    logger_.Warning("connection refused: too many are open", {{"peer", accepted.peer}});
    return Refuse(std::move(accepted.descriptor));
  }
  metrics_.connections_accepted.Increment();
  Connection& connection = connections_.emplace_back();
  connection.socket = std::make_shared<FramedSocket>(std::move(accepted.descriptor), kMaxFrameBytes, clock_);
  connection.thread = std::make_unique<common::Thread>("fsbroker.serve", [this, &connection, peer = accepted.peer] {
    Serve(connection.socket, peer);
    ::shutdown(connection.socket->fd(), SHUT_RDWR);  // The peer hears of it now, not when this is reaped.
    connection.ended = true;
  });
}

/// Answers the hello that is on its way, so that the client hears why.
void BrokerServer::Refuse(common::LocalDescriptor socket) {
  auto framed = std::make_shared<FramedSocket>(std::move(socket), kMaxFrameBytes, clock_);
  framed->SetDeadline(Deadline::After(clock_, kRefusalTimeout));
  gen::Broker_hello_result refusal;
  refusal.error.code = gen::ErrorCode::BUSY;
  refusal.error.message = std::to_string(options_.max_connections) + " connections are open (fsbroker.max_connections)";
  refusal.__isset.error = true;
  try {
    const auto protocol = BinaryProtocolOver(framed);
    protocol->writeMessageBegin("hello", apache::thrift::protocol::T_REPLY, 0);
    refusal.write(protocol.get());
    protocol->writeMessageEnd();
    framed->flush();
  } catch (const apache::thrift::TException& error) {
    logger_.Debug("refusal not delivered", {{"why", error.what()}});
  }
}

void BrokerServer::Serve(const std::shared_ptr<FramedSocket>& socket, const std::string& peer) {
  socket->SetDeadline(Deadline::After(clock_, options_.hello_timeout));
  socket->SetFrameTimeout(options_.frame_timeout);
  const auto protocol = BinaryProtocolOver(socket);
  BrokerService service(parts_);
  try {
    while (socket->AwaitFrame()) {
      if (!service.processor().process(protocol, protocol, nullptr)) break;
      if (service.said_hello()) socket->SetDeadline(Deadline());
    }
  } catch (const std::exception& error) {
    metrics_.connections_broken.Increment();
    logger_.Warning("connection broken", {{"peer", peer}, {"why", error.what()}});
  }
}

void BrokerServer::Reap() {
  connections_.remove_if([](const Connection& connection) { return connection.ended.load(); });
}

std::string BrokerServer::StatusJson() const {
  return fmt::format(
      R"({{"cluster": {}, "connections": {}, "max_connections": {}, "sessions": {}, "open_files": {}, "max_open_files": {}}})",
      identity_.cluster ? common::JsonQuote(identity_.cluster->ToString()) : "null", connection_count_.load(),
      options_.max_connections, handles_.session_count(), handles_.open_count(), options_.max_open_files);
}

void BrokerServer::Stop() {
  if (acceptor_ == nullptr) return;
  stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_->Join();
  acceptor_.reset();
  listener_ = common::LocalDescriptor();
  for (const Connection& connection : connections_) ::shutdown(connection.socket->fd(), SHUT_RD);
  const Deadline drained = Deadline::After(clock_, options_.drain_timeout);
  while (!connections_.empty() && !drained.Expired(clock_)) {
    common::Parker().ParkFor(kDrainLook);
    Reap();
  }
  for (const Connection& connection : connections_) ::shutdown(connection.socket->fd(), SHUT_RDWR);
  connections_.clear();
}

}  // namespace cellar::fsbroker
