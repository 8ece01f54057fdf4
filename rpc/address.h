#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::rpc {

/// Where a server listens: host name or IP address, and port.
struct Address {
  Address() = default;
  Address(std::string host_name, uint16_t port_number) : host(std::move(host_name)), port(port_number) {}

  std::string host;
  uint16_t port = 0;

  /// "127.0.0.1:15865"; an IPv6 host stands in brackets.
  std::string ToString() const;
  static Result<Address> Parse(std::string_view text);

  friend auto operator<=>(const Address&, const Address&) = default;
  friend bool operator==(const Address&, const Address&) = default;
};

}  // namespace cellar::rpc
