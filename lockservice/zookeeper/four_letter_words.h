#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "rpc/address.h"

namespace cellar::lockservice {

/// What one ZooKeeper server says about itself before any session.
struct ServerReport {
  Status reached;             ///< Why no connection could be made.
  std::optional<Nanos> tick;  ///< Unless its 4lw.commands.whitelist is without `conf`.
  bool serving = true;        ///< False: it says that it has no quorum.
};

/// Asks one server for its configuration over a connection of its own. Blocks, for at most about `at_most` and the
/// resolution of the name: on a worker.
ServerReport AskServer(const rpc::Address& server, Nanos at_most);

/// tickTime out of the answer to `conf`.
std::optional<Nanos> ParseTick(std::string_view configuration);

}  // namespace cellar::lockservice
