#include "rpc/memory/memory_listener.h"

namespace cellar::rpc {

MemoryListener::MemoryListener(MemoryNetwork& network, SimExecutor& node, Address address)
    : network_(network), node_(node), address_(std::move(address)) {
  network_.listeners_[address_] = this;
}

MemoryListener::~MemoryListener() {
  Close();
}

void MemoryListener::Close() {
  const auto found = network_.listeners_.find(address_);
  if (found != network_.listeners_.end() && found->second == this) network_.listeners_.erase(found);
  offered_.Close();
}

bool MemoryListener::Offer(std::shared_ptr<MemoryEnd> end) {
  return offered_.TryPush(std::make_unique<MemoryConnection>(std::move(end))).ok();
}

Task<Result<std::unique_ptr<Connection>>> MemoryListener::Accept() {
  std::optional<std::unique_ptr<Connection>> next = co_await offered_.Pop();
  if (!next.has_value() || offered_.closed()) co_return common::Cancelled("the listener is closed");
  co_return std::move(*next);
}

}  // namespace cellar::rpc
