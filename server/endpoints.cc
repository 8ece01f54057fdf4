#include "server/endpoints.h"

#include <fmt/format.h>

namespace cellar::server {

Result<uint16_t> OffsetPort(int64_t port, int64_t offset) {
  constexpr int64_t kMaxPort = 65535;
  if (port < 0 || port > kMaxPort) return common::InvalidArgument(fmt::format("{} is no port", port));
  if (port == 0) return uint16_t{0};
  if (offset < -kMaxPort || offset > kMaxPort || port + offset < 1 || port + offset > kMaxPort) {
    return common::InvalidArgument(fmt::format("port {} with offset {} is no port", port, offset));
  }
  return static_cast<uint16_t>(port + offset);
}

std::string ReadyLine(std::string_view program, const std::vector<Endpoint>& endpoints) {
  std::string line = fmt::format("{} ready:", program);
  for (const Endpoint& endpoint : endpoints) {
    const bool is_v6 = endpoint.address.find(':') != std::string::npos;
    line += fmt::format(" {}={}{}{}:{}", endpoint.role, is_v6 ? "[" : "", endpoint.address, is_v6 ? "]" : "",
                        endpoint.port);
  }
  return line;
}

}  // namespace cellar::server
