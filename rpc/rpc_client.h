#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/concurrency/task_group.h"
#include "common/random/random.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/hello.h"
#include "rpc/transport.h"

namespace cellar::rpc {

struct RpcClientOptions {
  Hello hello;  ///< Who this process says it is.
  /// From the first packet to the welcome; a peer that takes longer is not there.
  Nanos connect_timeout = 2 * kSecond;
  /// The same for a peer that was left for its silence: doubled each time, up to connect_timeout.
  Nanos reconnect_timeout = 500 * kMillisecond;
  Nanos min_backoff = 50 * kMillisecond;  ///< Between failed attempts to connect: doubled each time, …
  Nanos max_backoff = 2 * kSecond;        ///< … up to this, with chance in the last half.
  Nanos ping_after = kSecond;             ///< So long silent while calls wait for it, a peer is pinged, …
  Nanos ping_timeout = 3 * kSecond;       ///< … and so long silent after that, left: the calls' outcome is unknown.
  size_t max_channels = 1024;             ///< Peers at a time; kBusy beyond.
  size_t max_calls_per_channel = 4096;    ///< Unanswered calls to one peer; kBusy beyond.
};

/// Calls other processes: one connection a peer, opened when first needed and again when it broke, many calls in
/// flight on it. Owned by a process or a role; loop only. Stop() before destruction.
///
/// Errors of Call, beside what the handler answered:
///   kUnavailable  nothing was done: nobody listens, the greeting failed, or the server is stopping;
///   kBusy         nothing was done: too much is under way here or there;
///   kTimedOut     outcome unknown: the deadline passed; or, after the request was sent, the connection broke or the
///                 peer fell silent, which one that is only slow does not: it answers pings.
class RpcClient {
 public:
  RpcClient(Executor& executor, Transport& transport, Random& random, RpcClientOptions options = {});
  ~RpcClient();

  /// `deadline` on this executor's clock; what remains of it travels with the request.
  Task<Result<Response>> Call(Address address, MethodId method, Request request, Deadline deadline,
                              CallOptions options = {});

  /// A connection to the peer stands, as far as is known.
  bool IsConnected(const Address& address) const;

  /// Ends all calls with kCancelled, closes all connections. No calls afterwards.
  Task<void> Stop();

  /// Called on the loop after each call.
  void SetHook(UniqueFunction<void(const CallRecord&)> hook) { hook_ = std::move(hook); }

 private:
  Executor& executor_;
  Transport& transport_;
  Random& random_;
  const RpcClientOptions options_;
  UniqueFunction<void(const CallRecord&)> hook_;
  bool stopped_ = false;
  std::map<Address, std::unique_ptr<Channel>> channels_;
};

}  // namespace cellar::rpc
