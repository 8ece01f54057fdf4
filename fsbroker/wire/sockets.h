#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/file/local_descriptor.h"
#include "rpc/address.h"

namespace cellar::fsbroker {

// TCP, blocking callers: what a broker and its clients need of it. Errors name the address.

/// A socket that listens; port 0 takes a free one. kUnavailable when the address is taken or not ours.
Result<common::LocalDescriptor> ListenOn(const rpc::Address& address);

/// The port that a listening socket has.
Result<uint16_t> PortOf(const common::LocalDescriptor& listener);

/// The next connection that waits at `listener`, non-blocking, with TCP_NODELAY and keepalive; and its peer's address
/// for messages. Closed when there is none after all.
struct AcceptedSocket {
  common::LocalDescriptor descriptor;
  std::string peer;
};
AcceptedSocket AcceptFrom(const common::LocalDescriptor& listener);

/// A non-blocking connection with TCP_NODELAY and keepalive. kUnavailable when nobody listens there or the deadline
/// passes: nothing was said to anybody.
Result<common::LocalDescriptor> ConnectTo(const rpc::Address& address, Deadline deadline, const Clock& clock);

/// Waits for `events` of poll(2). False when the deadline passes first.
bool WaitForSocket(int fd, short events, Deadline deadline, const Clock& clock);

}  // namespace cellar::fsbroker
