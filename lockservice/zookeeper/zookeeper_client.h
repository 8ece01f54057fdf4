#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/unique_function.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/event.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/task.h"

struct _zhandle;  // the C client's

namespace cellar::lockservice {

/// What ZooKeeper keeps beside a znode's data. Zxids number all changes of an ensemble, in order.
struct ZnodeStat {
  int64_t created = 0;   ///< zxid
  int64_t modified = 0;  ///< zxid of the last write of its data.
  int64_t children = 0;  ///< zxid of the last coming or going of a child.
  int64_t owner = 0;     ///< ZooKeeper's id of the session that an ephemeral znode goes with; else 0.
  int32_t version = 0;   ///< Writes of its data.
  int32_t child_count = 0;

  friend bool operator==(const ZnodeStat&, const ZnodeStat&) = default;
};

struct ZnodeReply {
  std::string data;
  std::vector<std::string> children;
  ZnodeStat stat;
};

/// One of several changes that go in together.
struct ZnodeChange {
  enum class Kind : uint8_t {
    kCreateEphemeral,
    kSet,
    kDelete,
    kCheck
  };  ///< kCheck changes nothing: it is a condition.

  ZnodeChange(Kind what, std::string path, std::string bytes = {}, int32_t expected_version = -1)
      : kind(what), znode(std::move(path)), data(std::move(bytes)), version(expected_version) {}

  Kind kind;
  std::string znode;
  std::string data;
  int32_t version;  ///< That the znode must have; -1: any.
};

enum class ZnodeKind : uint8_t { kPersistent, kEphemeral };
enum class ZnodeAccess : uint8_t {
  kOwner,          ///< Who knows the password may do everything, others nothing.
  kOwnerAndOthers  ///< Others may look and make znodes below it.
};

/// ZooKeeper's own id of a session, and what it asks of whoever comes back to it.
struct ZooKeeperSessionKey {
  int64_t id = 0;
  std::string secret;
};

struct ZooKeeperClientOptions {
  std::string servers;        ///< "host:port,host:port"
  std::string user_password;  ///< "name:password" of the digest scheme.
  Nanos session_timeout = 0;
  ZooKeeperSessionKey resumed;  ///< Comes back to this session; id 0: asks for a new one.
};

/// A request that was handed to the C client. Destroying it does not withdraw it.
struct ZooKeeperRequest;
using PendingReply = std::shared_ptr<ZooKeeperRequest>;

/// One handle of ZooKeeper's C client, with its answers and events brought to the executor's loop. Requests are sent in
/// order, also those that nobody waits for any more. The handle finds its way back to some server by itself; once its
/// session has ended it is dead.
///
/// Made and closed by a ZooKeeperCloser. Loop only, save CloseNow, give_up_at and what the C client calls.
///
/// Errors: kNotFound, kAlreadyExists, kConflict (version; children; ephemeral parent) as the request's place tells;
/// kTimedOut: no answer, outcome unknown; kUnavailable: nothing was sent; kInvalidArgument: the znode is another
/// password's; kFenced: the session has ended.
class ZooKeeperClient final : public std::enable_shared_from_this<ZooKeeperClient> {
 public:
  static Result<std::shared_ptr<ZooKeeperClient>> Start(Executor& executor, const ZooKeeperClientOptions& options);
  ~ZooKeeperClient();

  // ---- State

  bool connected() const { return state_ == State::kConnected; }
  bool dead() const { return state_ == State::kDead; }
  const ZooKeeperSessionKey& key() const { return key_; }     ///< Once it was connected.
  Nanos session_timeout() const { return session_timeout_; }  ///< As agreed, once it was connected.
  common::Event& changed() { return changed_; }               ///< Woken after each change of the above.
  Task<Status> WaitUntilConnected(Deadline deadline);

  /// Runs once, on the loop, when the handle is dead.
  void SetOnEnd(UniqueFunction<void()> on_end) { on_end_ = std::move(on_end); }

  /// Boot time at which the closer closes the handle by itself. Any thread.
  void set_give_up_at(Nanos at) { give_up_at_.store(at, std::memory_order_release); }
  Nanos give_up_at() const { return give_up_at_.load(std::memory_order_acquire); }

  /// Ends the session, if a server can be told. Waits for threads and, up to 3 s, for the network: closer only.
  void CloseNow();

  // ---- Requests. Start… sends, Finish waits for the answer.

  PendingReply StartSync(const std::string& znode);
  PendingReply StartGet(const std::string& znode, bool watch);
  PendingReply StartExists(const std::string& znode, bool watch);
  PendingReply StartChildren(const std::string& znode, bool watch);
  PendingReply StartCreate(const std::string& znode, const std::string& data, ZnodeKind kind, ZnodeAccess access);
  PendingReply StartSet(const std::string& znode, const std::string& data, int32_t version);
  PendingReply StartDelete(const std::string& znode);
  /// All or nothing. The answer's stat is that of the last znode written.
  PendingReply StartChanges(const std::vector<ZnodeChange>& changes);
  Task<Result<ZnodeReply>> Finish(PendingReply request, Deadline deadline);

  // ---- Requests that are repeated, while answers are lost, until `deadline`.

  Task<Result<ZnodeReply>> Get(std::string znode, Deadline deadline);
  Task<Result<ZnodeReply>> Exists(std::string znode, Deadline deadline);
  /// OK when the znode is there already, made by whomever (kPersistent) or by this session (kEphemeral). The answer's
  /// stat is the znode's.
  Task<Result<ZnodeReply>> Ensure(std::string znode, std::string data, ZnodeKind kind, ZnodeAccess access,
                                  Deadline deadline);

 private:
  friend class ZnodeListener;
  enum class State : uint8_t { kConnecting, kConnected, kDead };

  ZooKeeperClient(Executor& executor, const ZooKeeperClientOptions& options);
  Status Init();
  template <typename Send>
  PendingReply Submit(const std::string& znode, Send send);

  static void OnEvent(_zhandle* handle, int type, int state, const char* path, void* self);
  void OnState(int state, ZooKeeperSessionKey key, Nanos session_timeout);
  void OnZnode(const std::string& znode);
  void MarkDead();
  /// Before the first request. False: lost again already; the next connection will do.
  bool Authenticate();

  Executor& executor_;
  const ZooKeeperClientOptions options_;
  std::atomic<Nanos> give_up_at_{std::numeric_limits<Nanos>::max()};

  common::Mutex mutex_;
  _zhandle* handle_ GUARDED_BY(mutex_) = nullptr;

  State state_ = State::kConnecting;
  bool authenticated_ = false;
  ZooKeeperSessionKey key_;
  Nanos session_timeout_ = 0;
  common::Event changed_{"zookeeper connection"};
  UniqueFunction<void()> on_end_;
  std::multimap<std::string, class ZnodeListener*> listeners_;
};

/// Hears of events of one znode for which a request with `watch` was sent, of reconnections, and of the handle's end.
/// Goes before its client. Loop only.
class ZnodeListener final {
 public:
  ZnodeListener(ZooKeeperClient& client, std::string znode);
  ~ZnodeListener();
  ZnodeListener(const ZnodeListener&) = delete;
  ZnodeListener& operator=(const ZnodeListener&) = delete;

  common::Event& fired() { return fired_; }

 private:
  ZooKeeperClient& client_;
  std::multimap<std::string, ZnodeListener*>::iterator place_;
  common::Event fired_{"znode"};
};

}  // namespace cellar::lockservice
