#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "rpc/address.h"

namespace cellar::lockservice {

/// The value of the setting `lockservice.url`.
struct LockServiceUrl {
  enum class Kind : uint8_t {
    kEmbedded,  ///< "embedded:": in this process.
    kRemote     ///< "cellar://host:port": an embedded one of another process.
  };

  Kind kind = Kind::kEmbedded;
  rpc::Address address;  ///< kRemote; port 15861 when none is given.

  std::string ToString() const;
};

/// kUnsupported for "zookeeper://…", which this build does not speak; kInvalidArgument naming the text for all else.
Result<LockServiceUrl> ParseLockServiceUrl(std::string_view text);

}  // namespace cellar::lockservice
