#pragma once

#include <deque>
#include <memory>
#include <string>

#include "common/concurrency/event.h"
#include "rpc/frame_decoder.h"
#include "rpc/memory/memory_network.h"

namespace cellar::rpc {

/// One end of a simulated connection. Shared by its MemoryConnection and by frames on their way to it. What happens
/// to it happens on its node's loop.
class MemoryEnd final : public std::enable_shared_from_this<MemoryEnd> {
 public:
  MemoryEnd(MemoryNetwork& network, SimExecutor& node, std::string peer_node)
      : network_(network),
        node_(node),
        node_name_(node.name()),
        peer_node_(std::move(peer_node)),
        last_heard_(node.clock().MonotonicNow()) {}

  void Pair(const std::shared_ptr<MemoryEnd>& other) { other_ = other; }

  Status Send(Frame frame);
  Task<Result<Frame>> Receive(Deadline deadline);
  void Close(Status why);  ///< By this side; the other learns of it.
  void SetLimits(const ConnectionLimits& limits);
  uint64_t queued_bytes() const { return bytes_on_the_way_; }
  Nanos last_heard() const { return last_heard_; }

  /// By the network. Both ends learn of it.
  void Cut();

  const std::string& node_name() const { return node_name_; }
  const std::string& peer_node() const { return peer_node_; }

 private:
  void SendBytes(std::string bytes, uint64_t frame_bytes);
  void Arrive(const std::string& bytes);
  void Break(const Status& why);
  void TellOther(const Status& why);
  void DeliverAt(Nanos time, const std::shared_ptr<MemoryEnd>& target, Work work);

  MemoryNetwork& network_;
  SimExecutor& node_;
  const std::string node_name_;
  const std::string peer_node_;
  std::weak_ptr<MemoryEnd> other_;
  ConnectionLimits limits_;
  bool open_ = true;
  Status closed_with_;
  Nanos last_arrival_ = 0;  // of what this end has sent: frames of a connection keep their order
  uint64_t bytes_on_the_way_ = 0;
  std::deque<Frame> received_;
  Nanos last_heard_;
  Event arrived_{"rpc frame"};
};

/// The face of a MemoryEnd.
class MemoryConnection final : public Connection {
 public:
  explicit MemoryConnection(std::shared_ptr<MemoryEnd> end) : end_(std::move(end)) {}
  ~MemoryConnection() override { end_->Close(Status()); }

  Status Send(Frame frame) override { return end_->Send(std::move(frame)); }
  Task<Result<Frame>> Receive(Deadline deadline) override { return end_->Receive(deadline); }
  void Close(Status why) override { end_->Close(std::move(why)); }
  uint64_t queued_bytes() const override { return end_->queued_bytes(); }
  Nanos last_heard() const override { return end_->last_heard(); }
  void SetLimits(const ConnectionLimits& limits) override { end_->SetLimits(limits); }
  std::string peer() const override { return end_->peer_node(); }

 private:
  std::shared_ptr<MemoryEnd> end_;
};

}  // namespace cellar::rpc
