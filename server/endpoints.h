#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace cellar::server {

// The fixed ports (design §11), all moved by --port-offset. A role in a process of its own has its HTTP port 1000 above
// its own.
inline constexpr uint16_t kHttpPort = 15860;
inline constexpr uint16_t kLockServicePort = 15861;
inline constexpr uint16_t kBrokerPort = 15863;
inline constexpr uint16_t kMasterPort = 15864;
inline constexpr uint16_t kRangeServerPort = 15865;
inline constexpr uint16_t kGatewayPort = 15867;
inline constexpr int kRoleHttpPortDistance = 1000;

/// `port` + `offset`; 0 stays 0 (takes a free one). kInvalidArgument when the sum is no port.
Result<uint16_t> OffsetPort(int64_t port, int64_t offset);

/// Where one role listens.
struct Endpoint {
  std::string role;  ///< "gateway", "http"
  std::string address;
  uint16_t port = 0;
};

/// "cellar ready: gateway=127.0.0.1:15867 http=127.0.0.1:15860"; the one line on stdout that scripts wait for. IPv6
/// addresses stand in brackets.
std::string ReadyLine(std::string_view program, const std::vector<Endpoint>& endpoints);

}  // namespace cellar::server
