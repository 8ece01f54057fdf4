#include "lockservice/zookeeper/zookeeper_client.h"

#include <zookeeper/zookeeper.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace cellar::lockservice {

struct ZooKeeperRequest {
  ZooKeeperRequest(Executor& answer_executor, std::string path) : executor(answer_executor), znode(std::move(path)) {}

  Executor& executor;
  const std::string znode;
  common::Event done{"zookeeper answer"};
  int code = ZOK;
  ZnodeReply reply;
  // Where the C client writes the results of StartChanges.
  std::vector<zoo_op_result_t> results;
  struct Stat written {};
};

namespace {

constexpr int kAnyVersion = -1;
constexpr int kResolveOnConnect = -1;

/// The C client would write to standard error, what matters comes back as codes and events; and it makes its lines in a
/// buffer that all handles share without a lock.
constexpr auto kNoLog = static_cast<ZooLogLevel>(0);

ZnodeStat StatOf(const struct Stat& stat) {
  ZnodeStat result;
  result.created = stat.czxid;
  result.modified = stat.mzxid;
  result.children = stat.pzxid;
  result.owner = stat.ephemeralOwner;
  result.version = stat.version;
  result.child_count = stat.numChildren;
  return result;
}

Status StatusOf(int code, const std::string& znode) {
  const std::string message = std::string("ZooKeeper: ") + zerror(code) + ": " + znode;
  switch (code) {
    case ZOK:
      return common::OkStatus();
    case ZNONODE:
      return common::NotFound(message);
    case ZNODEEXISTS:
      return common::AlreadyExists(message);
    case ZBADVERSION:
    case ZNOTEMPTY:
    case ZNOCHILDRENFOREPHEMERALS:
      return common::Conflict(message);
    case ZCONNECTIONLOSS:
    case ZOPERATIONTIMEOUT:
    case ZSESSIONMOVED:
      return common::TimedOut(message);
    case ZTHROTTLEDOP:
    case ZNOTREADONLY:
      return common::Unavailable(message);
    case ZNOAUTH:
      return common::InvalidArgument("ZooKeeper: wrong password for " + znode +
                                     ", which was made with another one (lockservice.password_file)");
    case ZSESSIONEXPIRED:
    case ZINVALIDSTATE:
    case ZCLOSING:
    case ZAUTHFAILED:
      return common::Fenced(message);
    default:
      return common::IoError(message);
  }
}

/// What the C client holds of a request until it answers it, once.
using RequestBox = std::unique_ptr<PendingReply>;

/// On the C client's thread.
template <typename Fill>
void Answer(int code, const void* data, Fill fill) {
  const RequestBox box(static_cast<PendingReply*>(const_cast<void*>(data)));
  ZooKeeperRequest& request = **box;
  request.code = code;
  if (code == ZOK) fill(request);
  request.executor.Post([answered = *box] { answered->done.Set(); });
}

void OnVoid(int code, const void* data) {
  Answer(code, data, [](ZooKeeperRequest&) {});
}

void OnChanges(int code, const void* data) {
  Answer(code, data, [](ZooKeeperRequest& request) { request.reply.stat = StatOf(request.written); });
}

void OnString(int code, const char*, const void* data) {
  OnVoid(code, data);
}

void OnStat(int code, const struct Stat* stat, const void* data) {
  Answer(code, data, [&](ZooKeeperRequest& request) { request.reply.stat = StatOf(*stat); });
}

void OnCreated(int code, const char*, const struct Stat* stat, const void* data) {
  OnStat(code, stat, data);
}

void OnData(int code, const char* value, int length, const struct Stat* stat, const void* data) {
  Answer(code, data, [&](ZooKeeperRequest& request) {
    if (length > 0) request.reply.data.assign(value, static_cast<size_t>(length));
    request.reply.stat = StatOf(*stat);
  });
}

void OnChildren(int code, const struct String_vector* names, const struct Stat* stat, const void* data) {
  Answer(code, data, [&](ZooKeeperRequest& request) {
    request.reply.children.assign(names->data, names->data + names->count);
    request.reply.stat = StatOf(*stat);
  });
}

bool IsLost(const Result<ZnodeReply>& reply) {
  return reply.status().Is(StatusCode::kTimedOut) || reply.status().Is(StatusCode::kUnavailable);
}

}  // namespace

ZooKeeperClient::ZooKeeperClient(Executor& executor, const ZooKeeperClientOptions& options)
    : executor_(executor), options_(options) {}

ZooKeeperClient::~ZooKeeperClient() {
  MutexLock lock(mutex_);
  CHECK(handle_ == nullptr);
}

Result<std::shared_ptr<ZooKeeperClient>> ZooKeeperClient::Start(Executor& executor,
                                                                const ZooKeeperClientOptions& options) {
  std::shared_ptr<ZooKeeperClient> client(new ZooKeeperClient(executor, options));
  RETURN_IF_ERROR(client->Init());
  return client;
}

Status ZooKeeperClient::Init() {
  clientid_t resumed = {};
  resumed.client_id = options_.resumed.id;
  options_.resumed.secret.copy(resumed.passwd, sizeof(resumed.passwd));
  const int timeout_ms = static_cast<int>(options_.session_timeout / kMillisecond);
  MutexLock lock(mutex_);
  zoo_set_debug_level(kNoLog);
  handle_ = zookeeper_init(options_.servers.c_str(), OnEvent, timeout_ms, resumed.client_id == 0 ? nullptr : &resumed,
                           this, 0);
  if (handle_ == nullptr) {
    return common::Unavailable("ZooKeeper: cannot make a handle for " + options_.servers + ": " + strerror(errno));
  }
  // Names are resolved when a connection is made, not at every turn of the C client's thread, which would wait for it.
  (void)zoo_set_servers_resolution_delay(handle_, kResolveOnConnect);
  return common::OkStatus();
}

/// The C client takes a password only while it is not between two servers; it gives it to each server from then on.
bool ZooKeeperClient::Authenticate() {
  if (authenticated_) return true;
  const std::string& auth = options_.user_password;
  MutexLock lock(mutex_);
  if (handle_ == nullptr) return false;
  authenticated_ = zoo_add_auth(handle_, "digest", auth.data(), static_cast<int>(auth.size()), nullptr, nullptr) == ZOK;
  return authenticated_;
}

void ZooKeeperClient::CloseNow() {
  _zhandle* handle = nullptr;
  {
    MutexLock lock(mutex_);
    handle = std::exchange(handle_, nullptr);
  }
  if (handle == nullptr) return;
  zookeeper_close(handle);
  executor_.Post([self = shared_from_this()] { self->MarkDead(); });
}

// ---- Events

/// On the C client's thread.
void ZooKeeperClient::OnEvent(_zhandle* handle, int type, int state, const char* path, void* self) {
  auto* const client = static_cast<ZooKeeperClient*>(self);
  Work work;
  if (type == ZOO_SESSION_EVENT) {
    ZooKeeperSessionKey key;
    Nanos timeout = 0;
    if (state == ZOO_CONNECTED_STATE) {
      const clientid_t* const id = zoo_client_id(handle);
      key.id = id->client_id;
      key.secret.assign(id->passwd, sizeof(id->passwd));
      timeout = zoo_recv_timeout(handle) * kMillisecond;
    }
    work = [weak = client->weak_from_this(), state, key, timeout] {
      if (const std::shared_ptr<ZooKeeperClient> alive = weak.lock()) alive->OnState(state, key, timeout);
    };
  } else {
    work = [weak = client->weak_from_this(), znode = std::string(path == nullptr ? "" : path)] {
      if (const std::shared_ptr<ZooKeeperClient> alive = weak.lock()) alive->OnZnode(znode);
    };
  }
  client->executor_.Post(std::move(work));
}

void ZooKeeperClient::OnState(int state, ZooKeeperSessionKey key, Nanos session_timeout) {
  if (dead()) return;
  if (state == ZOO_EXPIRED_SESSION_STATE || state == ZOO_AUTH_FAILED_STATE) {
    MarkDead();
    return;
  }
  state_ = state == ZOO_CONNECTED_STATE && Authenticate() ? State::kConnected : State::kConnecting;
  if (connected()) {
    key_ = std::move(key);
    session_timeout_ = session_timeout;
    for (const auto& [znode, listener] : listeners_) listener->fired().Set();
  }
  changed_.WakeAll();
}

void ZooKeeperClient::OnZnode(const std::string& znode) {
  const auto [begin, end] = listeners_.equal_range(znode);
  for (auto place = begin; place != end; ++place) place->second->fired().Set();
}

void ZooKeeperClient::MarkDead() {
  if (dead()) return;
  state_ = State::kDead;
  for (const auto& [znode, listener] : listeners_) listener->fired().Set();
  changed_.WakeAll();
  if (UniqueFunction<void()> on_end = std::move(on_end_)) on_end();
}

Task<Status> ZooKeeperClient::WaitUntilConnected(Deadline deadline) {
  const std::shared_ptr<ZooKeeperClient> keep = shared_from_this();
  while (!connected()) {
    if (dead()) co_return common::Fenced("ZooKeeper: the session has ended");
    if (!co_await changed_.WaitUntil(deadline)) {
      co_return common::Unavailable("ZooKeeper: not connected to any of " + options_.servers);
    }
  }
  co_return common::OkStatus();
}

// ---- Requests

template <typename Send>
PendingReply ZooKeeperClient::Submit(const std::string& znode, Send send) {
  auto request = std::make_shared<ZooKeeperRequest>(executor_, znode);
  auto box = std::make_unique<PendingReply>(request);
  MutexLock lock(mutex_);
  // Handing over is no wait: the C client's own threads do the sending. From here on the request is theirs until its
  // answer is posted, which may be before this returns.
  const int code = handle_ == nullptr ? ZCLOSING : send(handle_, *request, box.get());
  if (code == ZOK) {
    (void)box.release();
  } else {
    request->code = code;
    request->done.Set();
  }
  return request;
}

PendingReply ZooKeeperClient::StartSync(const std::string& znode) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_async(handle, znode.c_str(), OnString, box);
  });
}

PendingReply ZooKeeperClient::StartGet(const std::string& znode, bool watch) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_awget(handle, znode.c_str(), watch ? OnEvent : nullptr, this, OnData, box);
  });
}

PendingReply ZooKeeperClient::StartExists(const std::string& znode, bool watch) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_awexists(handle, znode.c_str(), watch ? OnEvent : nullptr, this, OnStat, box);
  });
}

PendingReply ZooKeeperClient::StartChildren(const std::string& znode, bool watch) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_awget_children2(handle, znode.c_str(), watch ? OnEvent : nullptr, this, OnChildren, box);
  });
}

PendingReply ZooKeeperClient::StartCreate(const std::string& znode, const std::string& data, ZnodeKind kind,
                                          ZnodeAccess access) {
  char auth[] = "auth";
  char world[] = "world";
  char anyone[] = "anyone";
  char nothing[] = "";
  struct ACL entries[] = {{ZOO_PERM_ALL, {auth, nothing}}, {ZOO_PERM_READ | ZOO_PERM_CREATE, {world, anyone}}};
  const struct ACL_vector acl = {access == ZnodeAccess::kOwner ? 1 : 2, entries};
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_acreate2(handle, znode.c_str(), data.data(), static_cast<int>(data.size()), &acl,
                        kind == ZnodeKind::kEphemeral ? ZOO_EPHEMERAL : ZOO_PERSISTENT, OnCreated, box);
  });
}

PendingReply ZooKeeperClient::StartSet(const std::string& znode, const std::string& data, int32_t version) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_aset(handle, znode.c_str(), data.data(), static_cast<int>(data.size()), version, OnStat, box);
  });
}

PendingReply ZooKeeperClient::StartDelete(const std::string& znode) {
  return Submit(znode, [&](_zhandle* handle, ZooKeeperRequest&, PendingReply* box) {
    return zoo_adelete(handle, znode.c_str(), kAnyVersion, OnVoid, box);
  });
}

PendingReply ZooKeeperClient::StartChanges(const std::vector<ZnodeChange>& changes) {
  return Submit(changes.front().znode, [&](_zhandle* handle, ZooKeeperRequest& request, PendingReply* box) {
    std::vector<zoo_op_t> operations(changes.size());
    request.results.resize(changes.size());
    for (size_t i = 0; i < changes.size(); ++i) {
      const ZnodeChange& change = changes[i];
      const int size = static_cast<int>(change.data.size());
      if (change.kind == ZnodeChange::Kind::kCreateEphemeral) {
        zoo_create_op_init(&operations[i], change.znode.c_str(), change.data.data(), size, &ZOO_CREATOR_ALL_ACL,
                           ZOO_EPHEMERAL, nullptr, 0);
      } else if (change.kind == ZnodeChange::Kind::kSet) {
        zoo_set_op_init(&operations[i], change.znode.c_str(), change.data.data(), size, change.version,
                        &request.written);
      } else if (change.kind == ZnodeChange::Kind::kCheck) {
        zoo_check_op_init(&operations[i], change.znode.c_str(), change.version);
      } else {
        zoo_delete_op_init(&operations[i], change.znode.c_str(), change.version);
      }
    }
    return zoo_amulti(handle, static_cast<int>(operations.size()), operations.data(), request.results.data(), OnChanges,
                      box);
  });
}

Task<Result<ZnodeReply>> ZooKeeperClient::Finish(PendingReply request, Deadline deadline) {
  if (!request->done.is_set() && !co_await request->done.WaitUntil(deadline)) {
    co_return common::TimedOut("ZooKeeper: no answer in time: " + request->znode);
  }
  if (request->code != ZOK) co_return StatusOf(request->code, request->znode);
  co_return std::move(request->reply);
}

Task<Result<ZnodeReply>> ZooKeeperClient::Get(std::string znode, Deadline deadline) {
  for (;;) {
    CO_RETURN_IF_ERROR(co_await WaitUntilConnected(deadline));
    Result<ZnodeReply> reply = co_await Finish(StartGet(znode, false), deadline);
    if (!IsLost(reply) || deadline.Expired(executor_.clock())) co_return reply;
  }
}

Task<Result<ZnodeReply>> ZooKeeperClient::Exists(std::string znode, Deadline deadline) {
  for (;;) {
    CO_RETURN_IF_ERROR(co_await WaitUntilConnected(deadline));
    Result<ZnodeReply> reply = co_await Finish(StartExists(znode, false), deadline);
    if (!IsLost(reply) || deadline.Expired(executor_.clock())) co_return reply;
  }
}

Task<Result<ZnodeReply>> ZooKeeperClient::Ensure(std::string znode, std::string data, ZnodeKind kind,
                                                 ZnodeAccess access, Deadline deadline) {
  for (;;) {
    CO_RETURN_IF_ERROR(co_await WaitUntilConnected(deadline));
    Result<ZnodeReply> reply = co_await Finish(StartCreate(znode, data, kind, access), deadline);
    if (reply.status().Is(StatusCode::kAlreadyExists)) {
      const Status exists = reply.status();
      reply = co_await Exists(znode, deadline);
      const bool foreign = reply.ok() && kind == ZnodeKind::kEphemeral && reply->stat.owner != key_.id;
      if (foreign) co_return exists;
      if (reply.status().Is(StatusCode::kNotFound)) continue;  // It went meanwhile.
    }
    if (!IsLost(reply) || deadline.Expired(executor_.clock())) co_return reply;
  }
}

ZnodeListener::ZnodeListener(ZooKeeperClient& client, std::string znode)
    : client_(client), place_(client.listeners_.emplace(std::move(znode), this)) {}

ZnodeListener::~ZnodeListener() {
  client_.listeners_.erase(place_);
}

}  // namespace cellar::lockservice
