#pragma once

#include <map>
#include <memory>
#include <optional>

#include "common/concurrency/event.h"
#include "common/concurrency/task_group.h"
#include "common/random/random.h"
#include "rpc/call.h"
#include "rpc/hello.h"
#include "rpc/transport.h"

namespace cellar::rpc {

struct RpcClientOptions;

/// The calls to one peer, over one connection after the other. Owned by an RpcClient; loop only.
///
///     idle → connecting → ready → idle (broken)
///               ↓ failed
///            backing off → connecting (when a call waits)
///
/// 1. An answer belongs to the connection on which its request went: when that is gone, so are its calls.
/// 2. While calls wait, a peer of which nothing is heard for ping_after is pinged, one ping at a time; one that stays
///    silent for ping_timeout after that is left. A peer that answers pings is never left, however long its calls take.
/// 3. On a connection without calls nothing is sent.
class Channel {
 public:
  Channel(Executor& executor, Transport& transport, Random& random, const RpcClientOptions& options, Address address);
  ~Channel();

  Task<Result<Response>> Call(MethodId method, Request request, Deadline deadline, CallOptions options);

  bool is_connected() const { return link_ != nullptr; }

  /// Fails all calls with kCancelled, closes, and waits for the channel's coroutines.
  Task<void> Stop();

 private:
  struct PendingCall;

  /// One connection after its greeting, with the calls that went out on it.
  struct Link {
    Link(std::unique_ptr<Connection> c, bool pings) : connection(std::move(c)), answers_pings(pings) {}
    std::unique_ptr<Connection> connection;
    std::map<uint64_t, PendingCall*> calls;  // the calls are in their coroutines' frames
    const bool answers_pings;                // a build without them closes the connection at a ping
    Nanos asked_at = 0;                      // the first request since the peer was heard last
    bool watched = false;
    bool broken = false;
    Event ended{"rpc silence"};  // set when broken
  };

  /// Among its link's calls as long as its coroutine's frame lives, also when that is destroyed while it waits.
  struct PendingCall {
    PendingCall(std::shared_ptr<Link> on, uint64_t id) : link(std::move(on)), call_id(id) {
      link->calls.emplace(call_id, this);
    }
    ~PendingCall() { link->calls.erase(call_id); }
    PendingCall(const PendingCall&) = delete;
    PendingCall& operator=(const PendingCall&) = delete;

    const std::shared_ptr<Link> link;
    const uint64_t call_id;
    Event answered{"rpc answer"};
    std::optional<Result<Response>> result;
  };

  Task<Result<std::shared_ptr<Link>>> Connected(Deadline deadline);
  Task<void> Connect();
  Task<Result<std::shared_ptr<Link>>> Greet();
  Task<void> ReceiveAnswers(std::shared_ptr<Link> link);
  Task<void> Watch(std::shared_ptr<Link> link);
  Task<bool> IsAlive(std::shared_ptr<Link> link);
  void TakeAnswer(Link& link, Frame frame);
  void Break(Link& link, const Status& why);
  Nanos ConnectTimeout() const;
  Nanos NextBackoff();

  Executor& executor_;
  Transport& transport_;
  Random& random_;
  const RpcClientOptions& options_;
  const Address address_;

  std::shared_ptr<Link> link_;  // null unless ready
  bool connecting_ = false;
  bool stopped_ = false;
  bool fell_silent_ = false;      // the last link was left for that
  uint64_t failed_attempts_ = 0;  // since the channel exists
  uint64_t failures_in_a_row_ = 0;
  Nanos next_attempt_ = 0;
  Status last_failure_;
  uint64_t last_call_id_ = 0;
  Event changed_{"rpc connect"};
  Event stopping_{"rpc back-off"};
  TaskGroup tasks_;
};

}  // namespace cellar::rpc
