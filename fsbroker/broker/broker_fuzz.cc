#include <sys/socket.h>
#include <thrift/TProcessor.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/check.h"
#include "common/file/memory_file_system.h"
#include "common/time/manual_clock.h"
#include "fsbroker/broker/broker_service.h"
#include "fsbroker/wire/binary_protocol.h"
#include "fsbroker/wire/protocol.h"

// Whatever a stranger sends to a broker: an exception at most, and nothing is allocated for what has not arrived.

namespace cellar::fsbroker {
namespace {

void ServeBytes(std::string bytes) {
  int ends[2];
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
  const common::LocalDescriptor stranger(ends[1]);
  common::ManualClock clock;
  auto socket = std::make_shared<FramedSocket>(common::LocalDescriptor(ends[0]), kMaxFrameBytes, clock);
  const auto protocol = BinaryProtocolOver(socket);
  common::MemoryFileSystem files;
  MetricsRegistry registry;
  BrokerMetrics metrics(registry);
  HandleTable handles({.max_open_files = 4, .lease = kSecond}, clock);
  const BrokerIdentity identity{
      .life = std::string(kLifeBytes, 'l'), .max_transfer_bytes = kMinTransferBytes, .lease = kSecond};
  const Logger logger;
  BrokerService service(BrokerServiceParts(files, handles, metrics, clock, identity, logger));
  CHECK(::send(stranger.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  ::shutdown(stranger.get(), SHUT_WR);
  try {
    while (socket->AwaitFrame() && service.processor().process(protocol, protocol, nullptr)) continue;
  } catch (const apache::thrift::TException&) {
    return;  // That connection is closed.
  }
}

}  // namespace
}  // namespace cellar::fsbroker

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxInputBytes = 64 << 10;  // What the pair of sockets holds.
  cellar::fsbroker::ServeBytes(std::string(reinterpret_cast<const char*>(data), std::min(size, kMaxInputBytes)));
  return 0;
}
