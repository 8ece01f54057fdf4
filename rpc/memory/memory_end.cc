#include "rpc/memory/memory_end.h"

#include <algorithm>

#include "common/bytes/crc32c.h"
#include "rpc/frame_queue.h"

namespace cellar::rpc {

/// At `time`, on the target's loop, if it still exists then.
void MemoryEnd::DeliverAt(Nanos time, const std::shared_ptr<MemoryEnd>& target, Work work) {
  auto shared_work = std::make_shared<Work>(std::move(work));
  const std::weak_ptr<MemoryEnd> weak = target;
  network_.world().At(time, [weak, shared_work] {
    const std::shared_ptr<MemoryEnd> end = weak.lock();
    if (end == nullptr) return;
    end->node_.Post([weak, shared_work] {
      if (weak.lock() != nullptr) (*shared_work)();
    });
  });
}

Status MemoryEnd::Send(Frame frame) {
  if (!open_ || node_.IsDead()) return common::Unavailable("connection to " + peer_node_ + " is closed");
  const uint64_t frame_bytes = kFrameHeaderBytes + frame.size_bytes();
  if (bytes_on_the_way_ > 0 && bytes_on_the_way_ + frame_bytes > limits_.max_queued_bytes) {
    return common::Busy("connection to " + peer_node_ + ": send queue is full");
  }
  SendBytes(EncodeFrame(frame), frame_bytes);
  return Status();
}

void MemoryEnd::SendBytes(std::string bytes, uint64_t frame_bytes) {
  common::SimTrace& trace = network_.world().trace();
  const Nanos now = network_.world().now();
  const LinkFaults& faults = network_.faults().Of(node_name_, peer_node_);
  SeededRandom& random = network_.random();
  trace.Add(now, node_name_, "net send", peer_node_, common::Crc32c(bytes));
  const std::shared_ptr<MemoryEnd> target = other_.lock();
  if (faults.cut_one_in != 0 && random.OneIn(faults.cut_one_in)) {
    trace.Add(now, node_name_, "net cut", peer_node_);
    Cut();
    return;
  }
  const bool lost = network_.faults().IsBlocked(node_name_, peer_node_) ||
                    (faults.lose_one_in != 0 && random.OneIn(faults.lose_one_in));
  if (lost) {
    trace.Add(now, node_name_, "net lose", peer_node_);
    return;
  }
  if (target == nullptr) {  // nobody there any more: the machine says so
    const std::shared_ptr<MemoryEnd> self = shared_from_this();
    DeliverAt(now + network_.Delay(node_name_, peer_node_), self,
              [end = self.get()] { end->Break(common::Unavailable("connection reset by " + end->peer_node_)); });
    return;
  }
  bytes_on_the_way_ += frame_bytes;
  const Nanos arrival = std::max(last_arrival_, now + network_.Delay(node_name_, peer_node_));
  last_arrival_ = arrival;
  if (faults.duplicate_one_in != 0 && random.OneIn(faults.duplicate_one_in)) {
    trace.Add(now, node_name_, "net duplicate", peer_node_);
    DeliverAt(arrival + network_.Delay(node_name_, peer_node_), target,
              [end = target.get(), bytes] { end->Arrive(bytes); });
  }
  DeliverAt(arrival, target, [end = target.get(), bytes = std::move(bytes)] { end->Arrive(bytes); });
}

void MemoryEnd::Arrive(const std::string& bytes) {
  if (!open_) {
    TellOther(common::Unavailable("connection reset by " + node_name_));
    return;
  }
  FrameDecoder decoder(limits_.max_frame_bytes);
  std::string_view input = bytes;
  Result<std::optional<Frame>> frame = decoder.Next(&input);
  if (!frame.ok()) {
    Break(std::move(frame).status().WithContext("connection to " + peer_node_));
    TellOther(common::Unavailable("connection reset by " + node_name_));
    return;
  }
  CHECK(frame->has_value() && input.empty());
  last_heard_ = node_.clock().MonotonicNow();
  (*frame)->received_at = last_heard_;
  received_.push_back(std::move(**frame));
  arrived_.WakeOne();
}

Task<Result<Frame>> MemoryEnd::Receive(Deadline deadline) {
  const std::shared_ptr<MemoryEnd> self = shared_from_this();
  while (received_.empty() && open_) {
    const bool in_time = co_await arrived_.WaitUntil(deadline);
    if (!in_time && received_.empty() && open_) co_return common::TimedOut("nothing received from " + peer_node_);
  }
  if (received_.empty()) co_return closed_with_;
  Frame frame = std::move(received_.front());
  received_.pop_front();
  if (const std::shared_ptr<MemoryEnd> other = other_.lock()) {
    other->bytes_on_the_way_ -= std::min(other->bytes_on_the_way_, kFrameHeaderBytes + frame.size_bytes());
  }
  co_return std::move(frame);
}

void MemoryEnd::Close(Status why) {
  received_.clear();
  if (!open_) return;
  Break(why.ok() ? common::Unavailable("connection to " + peer_node_ + " was closed") : why);
  TellOther(common::Unavailable("connection closed by " + node_name_));
}

void MemoryEnd::Break(const Status& why) {
  if (!open_) return;
  open_ = false;
  closed_with_ = why;
  arrived_.Set();
}

/// What the machine tells the other side when this one closes or does not exist any more.
void MemoryEnd::TellOther(const Status& why) {
  const std::shared_ptr<MemoryEnd> target = other_.lock();
  if (target == nullptr || node_.IsDead() || network_.faults().IsBlocked(node_name_, peer_node_)) return;
  const Nanos now = network_.world().now();
  const Nanos arrival = std::max(last_arrival_, now + network_.Delay(node_name_, peer_node_));
  DeliverAt(arrival, target, [end = target.get(), why] { end->Break(why); });
}

void MemoryEnd::Cut() {
  const Status why = common::Unavailable("connection between " + node_name_ + " and " + peer_node_ + " was cut");
  const Nanos now = network_.world().now();
  const std::shared_ptr<MemoryEnd> self = shared_from_this();
  DeliverAt(now + network_.Delay(peer_node_, node_name_), self, [end = self.get(), why] { end->Break(why); });
  const std::shared_ptr<MemoryEnd> target = other_.lock();
  if (target == nullptr || network_.faults().IsBlocked(node_name_, peer_node_)) return;
  DeliverAt(now + network_.Delay(node_name_, peer_node_), target, [end = target.get(), why] { end->Break(why); });
}

void MemoryEnd::SetLimits(const ConnectionLimits& limits) {
  limits_ = limits;
}

}  // namespace cellar::rpc
