#pragma once

#include <cstdint>
#include <string>

#include "common/base/named_type.h"

namespace cellar::rpc {

/// Number of a method, from protocol/<role>/methods.h.
using MethodId = NamedType<uint16_t, struct MethodIdTag>;

/// What overtakes what on a connection: leases and heartbeats pass METADATA, that passes users' calls, those pass
/// bulk. The order of the numbers is the order of service.
enum class Priority : uint8_t { kControl = 0, kMetadata = 1, kNormal = 2, kBulk = 3 };
inline constexpr int kPriorityCount = 4;

enum class FrameKind : uint8_t {
  kHello = 1,    ///< First on a connection, from who opened it.
  kWelcome = 2,  ///< Its answer.
  kRequest = 3,
  kResponse = 4,
  kChunk = 5,  ///< On the wire only: more of the attachment of the last request or response of this priority.
  kPing = 6,   ///< Asks for a sign of life. Only to a peer that has kFeaturePing; carries nothing.
  kPong = 7    ///< Its answer, sent at once, whatever the peer is at.
};

/// One request, response or greeting as it travels. docs/internals/wire.md
struct Frame {
  Frame() = default;

  FrameKind kind = FrameKind::kRequest;
  Priority priority = Priority::kNormal;
  uint64_t call_id = 0;
  uint64_t trace_id = 0;
  uint16_t method_or_code = 0;      ///< MethodId of a request, StatusCode of a response.
  uint32_t deadline_or_detail = 0;  ///< Milliseconds left to a request (0: no deadline), Status::detail of a response.
  std::string message;
  std::string attachment;
  int64_t received_at = 0;  ///< Monotonic time of arrival, set by the receiving connection; does not travel.

  uint64_t size_bytes() const { return message.size() + attachment.size(); }
};

}  // namespace cellar::rpc
