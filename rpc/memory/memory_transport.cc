#include "rpc/memory/memory_transport.h"

#include "common/concurrency/sleep.h"
#include "rpc/memory/memory_end.h"
#include "rpc/memory/memory_listener.h"

namespace cellar::rpc {
namespace {

constexpr Nanos kConnectRetry = kSecond;  // as TCP repeats its first packet

}  // namespace

/// Waits as long as it takes to reach the other node and hear back. False when the deadline passes first.
Task<bool> MemoryTransport::Reach(Address address, Deadline deadline) {
  while (true) {
    const auto called = network_.listeners_.find(address);
    const std::string peer = called == network_.listeners_.end() ? "" : called->second->node().name();
    const bool blocked =
        network_.faults_.IsBlocked(node_.name(), peer) || network_.faults_.IsBlocked(peer, node_.name());
    const Nanos round_trip = network_.Delay(node_.name(), peer) + network_.Delay(peer, node_.name());
    const Deadline next = Deadline::After(node_.clock(), blocked ? kConnectRetry : round_trip);
    co_await SleepUntil(node_, Earliest(next, deadline));
    if (deadline < next) co_return false;
    if (!blocked) co_return true;
  }
}

Task<Result<std::unique_ptr<Connection>>> MemoryTransport::Connect(Address address, Deadline deadline) {
  if (!co_await Reach(address, deadline)) co_return common::TimedOut("connect to " + address.ToString());
  const auto found = network_.listeners_.find(address);
  if (found == network_.listeners_.end() || found->second->node().IsDead() || node_.IsDead()) {
    co_return common::Unavailable("connect to " + address.ToString() + ": connection refused");
  }
  SimExecutor& other_node = found->second->node();
  auto here = std::make_shared<MemoryEnd>(network_, node_, other_node.name());
  auto there = std::make_shared<MemoryEnd>(network_, other_node, node_.name());
  here->Pair(there);
  there->Pair(here);
  network_.AddEnd(here);
  network_.AddEnd(there);
  other_node.Post([&network = network_, address, there] {
    const auto listener = network.listeners_.find(address);
    if (listener == network.listeners_.end() || !listener->second->Offer(there)) there->Close(Status());
  });
  std::unique_ptr<Connection> connection = std::make_unique<MemoryConnection>(std::move(here));
  co_return std::move(connection);
}

Result<std::unique_ptr<Listener>> MemoryTransport::Listen(const Address& address) {
  Address bound = address;
  while (bound.port == 0 || (address.port == 0 && network_.listeners_.count(bound) > 0)) {
    bound.port = ++network_.last_port_;
  }
  const auto found = network_.listeners_.find(bound);
  if (found != network_.listeners_.end() && !found->second->node().IsDead()) {
    return common::AlreadyExists("listen on " + bound.ToString() + ": address in use");
  }
  std::unique_ptr<Listener> listener = std::make_unique<MemoryListener>(network_, node_, bound);
  return listener;
}

}  // namespace cellar::rpc
