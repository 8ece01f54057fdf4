#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/bytes/byte_room.h"
#include "common/time/clock.h"
#include "thrift/gateway/wire/answer_frame.h"

namespace cellar::thrift {

/// Where a FramedServer listens, and its bounds.
struct FramedServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  ///< 0 takes a free one.
  size_t max_connections = 4096;
  size_t max_frame_bytes = 64 << 20;
  size_t frame_memory_bytes = 256 << 20;  ///< Requests above kSmallFrameBytes wait until they fit in here together.
  Nanos stall_timeout = 60 * kSecond;  ///< A peer that neither sends the rest of a frame nor takes an answer is closed.

  FramedServerOptions() = default;
};

/// What is served at an instant, and since the start.
struct FramedServerStats {
  uint64_t connections = 0;
  uint64_t accepted = 0;
  uint64_t refused = 0;  ///< Too many were open.
  uint64_t broken = 0;   ///< A frame too large, stalled, or ended within a frame.
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
};

inline constexpr size_t kSmallFrameBytes = 64 << 10;

/// One connection, as a request's receiver sees it. Thread-safe; its methods are not called when the server is gone.
class Peer {
 public:
  virtual ~Peer() = default;

  virtual const std::string& address() const = 0;  ///< Without the port.

  /// Answers the frame that was handed over last. Once a request; nothing happens when the peer is gone.
  virtual void Answer(AnswerFrame frame) = 0;

  /// Ends the connection instead.
  virtual void HangUp() = 0;
};

/// What a FramedServer tells. On the server's thread: quick, waits for nothing.
class FrameReceiver {
 public:
  virtual ~FrameReceiver() = default;

  virtual void OnConnect(const std::shared_ptr<Peer>& peer) = 0;
  /// The next frame of this peer comes after the answer to this one.
  virtual void OnFrame(const std::shared_ptr<Peer>& peer, common::ByteRoom frame) = 0;
  /// The last about this peer; also while one of its frames is being answered.
  virtual void OnDisconnect(const std::shared_ptr<Peer>& peer) = 0;
};

/// Reads and writes frames (u32 length, big-endian, then as many bytes) of many connections, on one thread of its own.
///
/// A frame's memory grows with the bytes that have arrived, to at most four times as many, or as many as the
/// connection's frame before it had. A frame above the bound, and so almost anything that is no frame, ends its
/// connection at its first four bytes. An idle connection is kept for ever, as long as its host answers TCP keepalives.
/// Destruction closes everything and joins. Before that the receiver has answered, or will not answer, all frames it
/// was given.
class FramedServer {
 public:
  /// Listens when it returns. kUnavailable naming address and port when they are taken or not ours.
  static Result<std::unique_ptr<FramedServer>> Start(FramedServerOptions options, FrameReceiver& receiver);

  virtual ~FramedServer() = default;
  virtual uint16_t port() const = 0;
  virtual FramedServerStats stats() const = 0;

  /// No more connections, no more frames: what was handed over can still be answered. Returns when it is so.
  virtual void StopTaking() = 0;

  /// Ends all connections; their ends were told when it returns.
  virtual void HangUpAll() = 0;
};

}  // namespace cellar::thrift
