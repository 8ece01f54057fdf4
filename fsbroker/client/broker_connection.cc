#include "fsbroker/client/broker_connection.h"

#include <thrift/TApplicationException.h>

#include <algorithm>
#include <utility>

#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/binary_protocol.h"
#include "fsbroker/wire/broker_error.h"
#include "fsbroker/wire/framed_socket.h"
#include "fsbroker/wire/protocol.h"
#include "fsbroker/wire/sockets.h"

namespace cellar::fsbroker {
namespace {

using apache::thrift::transport::TTransportException;
using Kind = BrokerAnswer::Kind;

constexpr int64_t kLongestLeaseMs = 24 * 3'600'000;

BrokerAnswer FromBrokerError(const gen::BrokerError& error) {
  if (error.code == gen::ErrorCode::UNKNOWN_FILE) return {Kind::kUnknownFile, common::IoError(error.message)};
  return {Kind::kAnswered, Status(StatusCodeOf(error.code), error.message)};
}

BrokerAnswer FromTransport(const TTransportException& error) {
  const bool is_nonsense = error.getType() == TTransportException::CORRUPTED_DATA;
  return {is_nonsense ? Kind::kNonsense : Kind::kNoAnswer, common::IoError(error.what())};
}

/// kNonsense as the Status of a hello.
Status NoBroker(const rpc::Address& address, const std::string& why) {
  return common::Unavailable("what listens at " + address.ToString() + " is no broker: " + why);
}

}  // namespace

struct BrokerConnection::Wire {
  Wire(common::LocalDescriptor descriptor, const Clock& clock)
      : socket(std::make_shared<FramedSocket>(std::move(descriptor), kMaxFrameBytes, clock)),
        stub(BinaryProtocolOver(socket)) {}

  const std::shared_ptr<FramedSocket> socket;
  gen::BrokerClient stub;
};

BrokerConnection::BrokerConnection(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}

BrokerConnection::~BrokerConnection() = default;

bool BrokerConnection::IsUsable() const {
  return !wire_->socket->IsStale();
}

Result<std::unique_ptr<BrokerConnection>> BrokerConnection::Open(const BrokerOptions& options,
                                                                 const std::string& session, Deadline deadline,
                                                                 const Clock& clock) {
  ASSIGN_OR_RETURN(common::LocalDescriptor socket, ConnectTo(options.address, deadline, clock));
  std::unique_ptr<BrokerConnection> connection(new BrokerConnection(std::make_unique<Wire>(std::move(socket), clock)));
  gen::Welcome welcome;
  const BrokerAnswer answer = connection->Ask(deadline, [&](gen::BrokerClient& stub) {
    stub.hello(welcome, kProtocolVersion, session, options.client);
    return Status();
  });
  const std::string at = "broker at " + options.address.ToString();
  if (answer.kind == Kind::kNoAnswer) return common::Unavailable(at + ": " + std::string(answer.status.message()));
  if (answer.kind != Kind::kAnswered) return NoBroker(options.address, std::string(answer.status.message()));
  if (!answer.status.ok()) return answer.status.WithContext(at);
  BrokerHello& hello = connection->hello_;
  if (welcome.life.size() != kLifeBytes) return NoBroker(options.address, "its life is not named by 16 bytes");
  if (welcome.limits.max_transfer_bytes < static_cast<int32_t>(kMinTransferBytes)) {
    return NoBroker(options.address, "it takes fewer than 4096 bytes at once");
  }
  std::copy(welcome.life.begin(), welcome.life.end(), hello.life.begin());
  hello.program = std::move(welcome.program);
  hello.max_transfer_bytes = std::min(static_cast<size_t>(welcome.limits.max_transfer_bytes), kMaxTransferBytes);
  hello.lease = std::clamp<int64_t>(welcome.limits.lease_ms, 0, kLongestLeaseMs) * kMillisecond;
  if (welcome.__isset.cluster_id) {
    Result<ClusterId> cluster = ClusterId::Parse(welcome.cluster_id);
    if (!cluster.ok()) return NoBroker(options.address, std::string(cluster.status().message()));
    hello.cluster = *cluster;
  }
  return connection;
}

BrokerAnswer BrokerConnection::Ask(Deadline deadline, const std::function<Status(gen::BrokerClient&)>& call) {
  wire_->socket->SetDeadline(deadline);
  try {
    Status status = call(wire_->stub);
    return {status.ok() ? Kind::kAnswered : Kind::kNonsense, std::move(status)};
  } catch (const gen::BrokerError& error) {
    return FromBrokerError(error);
  } catch (const TTransportException& error) {
    return FromTransport(error);
  } catch (const apache::thrift::TApplicationException& error) {
    return {Kind::kAnswered, common::IoError(std::string("the broker failed: ") + error.what())};
  } catch (const std::exception& error) {  // TProtocolException, and what the library throws of itself
    return {Kind::kNonsense, common::IoError(error.what())};
  }
}

}  // namespace cellar::fsbroker
