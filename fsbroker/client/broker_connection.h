#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "fsbroker/client/broker_options.h"
#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {

namespace gen {
class BrokerClient;
}

/// Names one life of one broker: drawn anew at each of its starts.
using BrokerLife = std::array<char, kLifeBytes>;

/// What a broker said of itself on a connection.
struct BrokerHello {
  BrokerLife life{};
  std::string program;
  std::optional<ClusterId> cluster;
  size_t max_transfer_bytes = 0;
  Nanos lease = 0;
};

/// How one call over one connection ended.
struct BrokerAnswer {
  enum class Kind : uint8_t {
    kAnswered,     ///< By success or by an error of the file system: `status`.
    kUnknownFile,  ///< The handle is none of this session's any more.
    kNoAnswer,     ///< The connection broke or the deadline passed: it may have been done or not.
    kNonsense      ///< The answer breaks the protocol.
  };

  Kind kind = Kind::kAnswered;
  Status status;
};

/// One connection to a broker, which has said hello. Used by one thread at a time.
class BrokerConnection {
 public:
  /// kUnavailable when nobody listens, or whoever listens does not answer as a broker in time; kUnsupported for another
  /// version of the protocol; kBusy when it has too many connections. The message names the address.
  static Result<std::unique_ptr<BrokerConnection>> Open(const BrokerOptions& options, const std::string& session,
                                                        Deadline deadline, const Clock& clock);
  ~BrokerConnection();

  const BrokerHello& hello() const { return hello_; }

  /// Whether it can be given to a caller: false once the broker has closed it.
  bool IsUsable() const;

  /// Runs `call` with the stub, whose exceptions end up in the answer. After kNoAnswer and kNonsense the connection
  /// must not be used any more. `call` may return an error of its own: an answer that makes no sense.
  BrokerAnswer Ask(Deadline deadline, const std::function<Status(gen::BrokerClient&)>& call);

 private:
  struct Wire;
  explicit BrokerConnection(std::unique_ptr<Wire> wire);

  std::unique_ptr<Wire> wire_;
  BrokerHello hello_;
};

}  // namespace cellar::fsbroker
