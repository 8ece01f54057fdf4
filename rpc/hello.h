#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/fencing.h"
#include "common/base/result.h"

namespace cellar::rpc {

inline constexpr uint16_t kMinProtocol = 1;  ///< Lowest version of the messages that this build speaks.
inline constexpr uint16_t kMaxProtocol = 1;

/// Bits of `features`: what is sent only to a peer that has it, too.
inline constexpr uint64_t kFeaturePing = 1;  ///< Answers pings.
inline constexpr uint64_t kOurFeatures = kFeaturePing;

/// The first message on a connection, from the side that opened it.
struct Hello {
  static constexpr size_t kMaxTextBytes = 256;
  static constexpr size_t kMaxBlobBytes = 32 * 1024;

  ClusterId cluster;  ///< None: any, for a caller that does not know yet.
  uint16_t min_protocol = kMinProtocol;
  uint16_t max_protocol = kMaxProtocol;
  uint64_t features = kOurFeatures;
  Incarnation incarnation;  ///< The caller's; none for clients.
  std::string mechanism = "none";
  std::string credentials;  ///< Opaque to all but the mechanism.

  std::string Encode() const;
  static Result<Hello> Decode(std::string_view bytes);
};

/// Its answer, when the connection is accepted. A refusal is a welcome frame with a status instead.
struct Welcome {
  ClusterId cluster;
  uint16_t protocol = kMaxProtocol;  ///< The one to speak: the highest that both know.
  uint64_t features = kOurFeatures;  ///< Those that both have.
  Incarnation incarnation;           ///< The server's; none for a master or a broker.
  std::string principal;             ///< Who the caller is taken for.

  std::string Encode() const;
  static Result<Welcome> Decode(std::string_view bytes);
};

}  // namespace cellar::rpc
