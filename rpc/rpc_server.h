#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/concurrency/gate.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"
#include "rpc/call.h"
#include "rpc/hello.h"
#include "rpc/transport.h"

namespace cellar::rpc {

/// Answers one call. Called on the loop; the arguments are the coroutine's own. An error travels as it is. It may be
/// a lambda that calls a coroutine, never one itself.
using Handler = UniqueFunction<Task<Result<Response>>(CallInfo, Request)>;

struct RpcServerOptions {
  Welcome identity;  ///< Cluster and incarnation to tell; cluster to insist on.
  Nanos hello_timeout = 10 * kSecond;
  size_t max_half_open = 64;                      ///< Connections that have not said hello; beyond, the oldest goes.
  size_t max_connections = 1024;                  ///< All; further ones are closed at once.
  size_t max_calls = 8192;                        ///< Under way in all; kBusy beyond.
  uint64_t max_bytes_per_connection = 64u << 20;  ///< Of requests under way; kBusy beyond.
};

/// Numbers at an instant.
struct RpcServerStats {
  size_t connections = 0;
  size_t half_open = 0;
  uint64_t accepted = 0;
  uint64_t refused_connections = 0;
  uint64_t refused_greetings = 0;
  uint64_t calls = 0;
  uint64_t expired_calls = 0;
  uint64_t busy_answers = 0;
  uint64_t pings = 0;
};

/// Takes calls for a role's handlers. Owned by the role or process; loop only. Register, then Start; Stop before
/// destruction, also when Start was not called.
///
/// 1. Before a peer has said hello it may cost 64 KiB and 10 s; at most max_half_open of them wait. At the bound the
/// oldest
///    gives way, so that silent peers shut nobody out.
/// 2. A request whose deadline has passed is answered kTimedOut and not started.
/// 3. A ping is answered at once, however long the handlers take.
/// 4. Each request gets exactly one answer on the connection that it came on, if that still stands.
class RpcServer {
 public:
  RpcServer(Executor& executor, Transport& transport, RpcServerOptions options);
  ~RpcServer();

  /// Each method once, before Start.
  void Register(MethodId method, Handler handler);

  /// Listens. Errors as of Transport::Listen.
  Status Start(const Address& address);

  /// Where it listens. Requires a successful Start.
  Address address() const;

  /// Lets no call in any more (kUnavailable), waits until those under way are answered or `deadline` has passed,
  /// closes everything. The handlers' coroutines have ended when this returns.
  Task<void> Stop(Deadline deadline);

  RpcServerStats stats() const;

  /// The cluster to insist on, when it became known after the start only.
  void set_identity(const Welcome& identity) { options_.identity = identity; }

  /// Called on the loop after each call.
  void SetHook(UniqueFunction<void(const CallRecord&)> hook) { hook_ = std::move(hook); }

 private:
  /// One peer. Shared by its receiving coroutine and its calls.
  struct Peer {
    Peer(std::unique_ptr<Connection> c, uint64_t bytes) : connection(std::move(c)), request_bytes(bytes) {}
    std::unique_ptr<Connection> connection;
    std::string principal;
    Semaphore request_bytes;
    bool greeted = false;
    bool gone = false;
  };

  Task<void> AcceptConnections();
  void DropOldestHalfOpen();
  Task<void> WriteLastAnswers(Deadline deadline);
  Task<void> Serve(std::shared_ptr<Peer> peer);
  Task<Status> Greet(Peer& peer);  // Serve, which awaits it, keeps the peer alive.
  Status Admit(const Hello& hello, Welcome* welcome) const;
  void TakeRequest(const std::shared_ptr<Peer>& peer, Frame frame);
  Task<void> RunCall(std::shared_ptr<Peer> peer, Frame frame, Gate::Pass pass, Semaphore::Permit bytes);
  Task<Result<Response>> Dispatch(const Peer& peer, Frame frame);  // RunCall keeps the peer alive.
  void AnswerPing(Peer& peer);
  void Answer(Peer& peer, const Frame& request, Result<Response> result);
  static void SendOrCutOff(Peer& peer, Frame frame);

  Executor& executor_;
  Transport& transport_;
  RpcServerOptions options_;
  UniqueFunction<void(const CallRecord&)> hook_;
  std::map<MethodId, Handler> handlers_;
  std::unique_ptr<Listener> listener_;
  std::map<uint64_t, std::shared_ptr<Peer>> peers_;
  uint64_t last_peer_ = 0;
  size_t half_open_ = 0;
  RpcServerStats stats_;
  Gate calls_{"rpc server drain"};
  TaskGroup tasks_;
};

}  // namespace cellar::rpc
