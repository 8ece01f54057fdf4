#pragma once

#include <cstddef>
#include <string>

#include "common/time/clock.h"
#include "rpc/address.h"

namespace cellar::fsbroker {

/// How a process uses a broker.
struct BrokerOptions {
  rpc::Address address;
  std::string client = "cellar";  ///< Who asks, for the broker's log.

  size_t max_connections = 16;          ///< Calls under way at once; others wait for one to end.
  Nanos connect_timeout = 2 * kSecond;  ///< For the first connection, so that a start fails soon.
  Nanos call_timeout = 20 * kSecond;    ///< One call with all its repetitions; then kTimedOut.
  Nanos reconnect_wait = 5 * kSecond;   ///< So long a call waits for a broker that is away; then kUnavailable.
};

}  // namespace cellar::fsbroker
