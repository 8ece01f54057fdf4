#pragma once

#include <memory>

#include "common/concurrency/bounded_queue.h"
#include "rpc/memory/memory_end.h"

namespace cellar::rpc {

/// A node's ear on the MemoryNetwork.
class MemoryListener final : public Listener {
 public:
  static constexpr size_t kBacklog = 128;

  MemoryListener(MemoryNetwork& network, SimExecutor& node, Address address);
  ~MemoryListener() override;

  Address address() const override { return address_; }
  Task<Result<std::unique_ptr<Connection>>> Accept() override;
  void Close() override;

  SimExecutor& node() { return node_; }

  /// By the network, on this node's loop. False when the backlog is full or the listener closed.
  bool Offer(std::shared_ptr<MemoryEnd> end);

 private:
  MemoryNetwork& network_;
  SimExecutor& node_;
  const Address address_;
  BoundedQueue<std::unique_ptr<Connection>> offered_{kBacklog, "accept backlog"};
};

}  // namespace cellar::rpc
