#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "rpc/address.h"

namespace cellar::lockservice {

/// The value of the setting `lockservice.url`.
struct LockServiceUrl {
  enum class Kind : uint8_t {
    kEmbedded,  ///< "embedded:": in this process.
    kRemote,    ///< "cellar://host:port": an embedded one of another process.
    kZooKeeper  ///< "zookeeper://host:port,host:port/path"
  };

  Kind kind = Kind::kEmbedded;
  rpc::Address address;               ///< kRemote; port 15861 when none is given.
  std::vector<rpc::Address> servers;  ///< kZooKeeper; port 2181 when none is given.
  std::string path;                   ///< kZooKeeper: the znode below which all lies; /cellar when none is given.

  std::string ToString() const;
};

/// kInvalidArgument naming the text.
Result<LockServiceUrl> ParseLockServiceUrl(std::string_view text);

}  // namespace cellar::lockservice
