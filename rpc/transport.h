#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "rpc/address.h"
#include "rpc/frame.h"

namespace cellar::rpc {

/// What one connection may cost. The first set holds until the peer has said who it is.
struct ConnectionLimits {
  ConnectionLimits() = default;
  ConnectionLimits(uint32_t frame_bytes, uint64_t queue_bytes)
      : max_frame_bytes(frame_bytes), max_queued_bytes(queue_bytes) {}

  uint32_t max_frame_bytes = 64u << 10;
  uint64_t max_queued_bytes = 64u << 10;  ///< Sent but not taken by the peer; received but not taken by Receive.

  static ConnectionLimits BeforeHello() { return ConnectionLimits(); }
  static ConnectionLimits AfterHello() { return ConnectionLimits(64u << 20, 64u << 20); }
};

/// A stream of whole frames to one peer and back. Frames arrive as sent, those of one priority in order, or the
/// connection breaks; the simulated network also loses and repeats them. Loop only. Destruction closes.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Queues a frame. kBusy when the peer takes too little and the queue is full: then nothing was sent.
  /// kUnavailable when the connection has broken: nothing was sent.
  virtual Status Send(Frame frame) = 0;

  /// The next frame. kTimedOut at the deadline, after which it may be called again; any other error is the end:
  /// kUnavailable when the peer closed or the network failed, kCorruption when the bytes make no frames.
  /// One caller at a time.
  virtual Task<Result<Frame>> Receive(Deadline deadline) = 0;

  /// When bytes of the peer came last, be it a part of a frame only; at first, when the connection was made.
  virtual Nanos last_heard() const = 0;

  /// Closes now; what is queued may be lost. Receive returns `why`, or kUnavailable if that is OK.
  virtual void Close(Status why) = 0;

  /// Bytes queued by Send and not yet handed to the network.
  virtual uint64_t queued_bytes() const = 0;

  virtual void SetLimits(const ConnectionLimits& limits) = 0;

  /// For messages and logs: "127.0.0.1:39114".
  virtual std::string peer() const = 0;
};

/// Takes in connections. Loop only. Destruction closes.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Where it listens, with the port that was taken when 0 was asked for.
  virtual Address address() const = 0;

  /// The next connection. An error is the end: the listener was closed.
  virtual Task<Result<std::unique_ptr<Connection>>> Accept() = 0;

  virtual void Close() = 0;
};

/// The network. Production: TcpTransport (rpc/tcp); simulation: MemoryTransport (rpc/memory). Belongs to one executor,
/// on whose loop everything happens. transport_conformance.h says what both must do.
class Transport {
 public:
  virtual ~Transport() = default;

  /// kUnavailable when nobody listens there, kTimedOut at the deadline.
  virtual Task<Result<std::unique_ptr<Connection>>> Connect(Address address, Deadline deadline) = 0;

  /// Port 0 takes a free one. kAlreadyExists when the port is in use.
  virtual Result<std::unique_ptr<Listener>> Listen(const Address& address) = 0;
};

}  // namespace cellar::rpc
