#pragma once

#include <memory>

#include "rpc/memory/memory_network.h"
#include "rpc/transport.h"

namespace cellar::rpc {

/// One simulated node's access to the MemoryNetwork. Addresses are (any host name, port); faults go by the names of
/// the nodes' executors.
class MemoryTransport final : public Transport {
 public:
  MemoryTransport(MemoryNetwork& network, SimExecutor& node) : network_(network), node_(node) {}

  Task<Result<std::unique_ptr<Connection>>> Connect(Address address, Deadline deadline) override;
  Result<std::unique_ptr<Listener>> Listen(const Address& address) override;

 private:
  Task<bool> Reach(Address address, Deadline deadline);

  MemoryNetwork& network_;
  SimExecutor& node_;
};

}  // namespace cellar::rpc
