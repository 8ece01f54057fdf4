#include "thrift/gateway/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "common/random/random.h"
#include "hql/files/confined_files.h"
#include "hql/files/files_by_scheme.h"
#include "thrift/gateway/calls/methods.h"
#include "thrift/gateway/gateway_metrics.h"
#include "thrift/gateway/objects/client_registry.h"
#include "thrift/gateway/objects/periodic_flushes.h"
#include "thrift/gateway/translate/error_codes.h"
#include "thrift/gateway/wire/call_pool.h"
#include "thrift/gateway/wire/framed_server.h"

namespace cellar::thrift {
namespace {

constexpr Nanos kHousekeeping = kSecond;
constexpr Nanos kDrainLook = 5 * kMillisecond;
constexpr Nanos kDrainTimeout = 10 * kSecond;
constexpr size_t kAnswerSlackBytes = 4 << 10;  // of an answer's frame, beside its cells

MethodTable MakeMethods() {
  MethodTable table;
  BindAllMethods(table);
  return table;
}

MethodOptions OptionsForMethods(GatewayOptions& options) {
  MethodOptions out;
  out.version = options.version;
  out.max_frame_bytes = options.max_frame_bytes;
  out.batches.batch_bytes = options.batch_bytes;
  out.batches.answer_bytes = options.max_frame_bytes - kAnswerSlackBytes;
  out.future_capacity_bytes = options.future_capacity_bytes;
  out.may_shut_down = options.may_shut_down && options.shut_down;
  if (out.may_shut_down) out.shut_down = options.shut_down;
  return out;
}

/// Files of the cluster go with those of this machine: without an import root there are none.
hql::OpenClusterFiles OpenerOf(const GatewayOptions& options, hql::OpenClusterFiles open) {
  if (!options.import_root.empty() && open) return open;
  return []() -> Result<std::shared_ptr<FileSystem>> {
    return common::InvalidArgument("this gateway reads and writes no files of the cluster").WithDetail(kNotAllowed);
  };
}

FramedServerOptions OptionsForServer(const GatewayOptions& options) {
  FramedServerOptions out;
  out.address = options.address;
  out.port = options.port;
  out.max_connections = options.max_connections;
  out.max_frame_bytes = options.max_frame_bytes;
  out.frame_memory_bytes = std::max(options.frame_memory_bytes, options.max_frame_bytes);
  out.stall_timeout = options.stall_timeout;
  return out;
}

class RunningGateway final : public Gateway, public FrameReceiver {
 public:
  RunningGateway(GatewaySeams seams, GatewayOptions options)
      : options_(std::move(options)),
        clock_(seams.clock),
        logger_(seams.logger),
        random_(common::SystemSeed()),
        methods_(MakeMethods()),
        method_options_(OptionsForMethods(options_)),
        metrics_(seams.metrics, methods_),
        ids_(clock_.WallNow()),
        counts_(seams.metrics),
        registry_(ids_, counts_, clock_, options_.max_objects),
        tables_(seams.client, clock_),
        pool_(std::make_unique<CallPool>(options_.max_threads)),
        flushes_(std::make_unique<PeriodicFlushes>(clock_, *pool_)),
        shared_mutators_(tables_, *flushes_, logger_),
        local_files_(options_.import_root),
        stored_files_(OpenerOf(options_, std::move(seams.open_cluster_files))),
        files_(local_files_, stored_files_),
        parts_{seams.client, tables_,         shared_mutators_, *flushes_,     *pool_,
               logger_,      method_options_, files_,           random_mutex_, random_} {}

  ~RunningGateway() override { Stop(); }

  Status Listen() {
    ASSIGN_OR_RETURN(server_, FramedServer::Start(OptionsForServer(options_), *this));
    port_ = server_->port();
    housekeeper_ = std::make_unique<common::Thread>("gateway.keep", [this] { KeepHouse(); });
    return Status();
  }

  uint16_t port() const override { return port_; }

  GatewayCounts counts() const override {
    GatewayCounts counts;
    if (server_) counts.connections = server_->stats().connections;
    counts.clients = registry_.client_count();
    counts.objects = counts_.total();
    if (pool_) counts.threads = pool_->thread_count();
    return counts;
  }

  std::string StatusJson() const override {
    const FramedServerStats stats = server_->stats();  // pages that call this go before Stop
    return fmt::format(
        R"({{"connections": {}, "max_connections": {}, "clients": {}, "calls": {}, "threads": {}, "busy_threads": {}, )"
        R"("scanners": {}, "mutators": {}, "futures": {}, "namespaces": {}, "async_scanners": {}, "async_mutators": {}, )"
        R"("received_bytes": {}, "sent_bytes": {}}})",
        stats.connections, options_.max_connections, registry_.client_count(), metrics_.call_count(),
        pool_->thread_count(), pool_->busy_count(), counts_.count(ObjectKind::kScanner),
        counts_.count(ObjectKind::kMutator), counts_.count(ObjectKind::kFuture), counts_.count(ObjectKind::kNamespace),
        counts_.count(ObjectKind::kAsyncScanner), counts_.count(ObjectKind::kAsyncMutator), stats.bytes_in,
        stats.bytes_out);
  }

  void Stop() override;

  void OnConnect(const std::shared_ptr<Peer>& peer) override { registry_.Connect(peer->address()); }
  void OnFrame(const std::shared_ptr<Peer>& peer, common::ByteRoom frame) override {
    ++calls_under_way_;
    pool_->Submit(
        [this, peer, frame = std::move(frame), began = clock_.MonotonicNow()] { Run(peer, frame.view(), began); });
  }
  void OnDisconnect(const std::shared_ptr<Peer>& peer) override { LetGo(registry_.Disconnect(peer->address())); }

 private:
  void Run(const std::shared_ptr<Peer>& peer, std::string_view frame, Nanos began);
  void Answer(const std::shared_ptr<Peer>& peer, const MethodTable::Method& method, Nanos began, CallOutcome outcome);
  /// Ends objects whose ids are forgotten, on a thread that may block.
  void LetGo(ClientObjects::Objects objects);
  void KeepHouse();

  GatewayOptions options_;
  const Clock& clock_;
  const Logger logger_;
  Mutex random_mutex_;
  SeededRandom random_;  // under random_mutex_
  const MethodTable methods_;
  MethodOptions method_options_;
  GatewayMetrics metrics_;
  ObjectIds ids_;
  ObjectCounts counts_;
  ClientRegistry registry_;
  client::TableCache tables_;
  std::unique_ptr<CallPool> pool_;
  std::unique_ptr<PeriodicFlushes> flushes_;
  SharedMutators shared_mutators_;
  hql::ConfinedFiles local_files_;
  hql::StoredFiles stored_files_;
  hql::FilesByScheme files_;
  MethodParts parts_;
  std::atomic<int64_t> calls_under_way_{0};
  std::unique_ptr<FramedServer> server_;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  common::Parker wake_housekeeper_;
  std::unique_ptr<common::Thread> housekeeper_;
  bool stopped_ = false;
};

void RunningGateway::Run(const std::shared_ptr<Peer>& peer, std::string_view frame, Nanos began) {
  RequestReader reader(frame);
  const Result<MessageHead> head = reader.ReadHead();
  const std::shared_ptr<ClientObjects> objects = registry_.Find(peer->address());
  if (!head.ok() || !objects) {
    if (!head.ok()) {
      logger_.Warning("not a request", {{"peer", peer->address()}, {"why", std::string(head.status().message())}});
    }
    peer->HangUp();
    --calls_under_way_;
    return;
  }
  const MethodTable::Method* method = methods_.Find(head->method);
  if (method == nullptr) {
    metrics_.unknown_methods.Increment();
    peer->Answer(MakeRefusal(*head, ::apache::thrift::TApplicationException::UNKNOWN_METHOD,
                             "there is no method " + head->method.substr(0, 100)));
    --calls_under_way_;
    return;
  }
  const CallSite site{parts_, objects};
  method->run(site, reader, *head,
              [this, peer, method, began](CallOutcome outcome) { Answer(peer, *method, began, std::move(outcome)); });
}

void RunningGateway::Answer(const std::shared_ptr<Peer>& peer, const MethodTable::Method& method, Nanos began,
                            CallOutcome outcome) {
  const Nanos took = clock_.MonotonicNow() - began;
  metrics_.Count(method, took, !outcome.status.ok());
  if (options_.slow_call > 0 && took > options_.slow_call) {
    metrics_.slow_calls.Increment();
    logger_.Warning("slow call", {{"method", method.name},
                                  {"peer", peer->address()},
                                  {"ms", took / kMillisecond},
                                  {"bytes", outcome.frame.size()},
                                  {"arguments", outcome.arguments}});
  }
  if (!outcome.status.ok()) {
    logger_.Debug("call failed", {{"method", method.name},
                                  {"peer", peer->address()},
                                  {"arguments", outcome.arguments},
                                  {"why", outcome.status.ToString()}});
  }
  peer->Answer(std::move(outcome.frame));
  --calls_under_way_;
}

void RunningGateway::LetGo(ClientObjects::Objects objects) {
  if (objects.empty()) return;
  ++calls_under_way_;
  pool_->Submit([this, objects = std::move(objects)]() mutable {
    for (const std::shared_ptr<GatewayObject>& object : objects) object->Abandon();
    objects.clear();
    --calls_under_way_;
  });
}

void RunningGateway::KeepHouse() {
  while (!stopping_) {
    wake_housekeeper_.ParkFor(kHousekeeping);
    metrics_.Show(server_->stats(), pool_->thread_count());
    LetGo(registry_.RemoveIdle(options_.object_idle));
  }
}

void RunningGateway::Stop() {
  if (std::exchange(stopped_, true)) return;
  stopping_ = true;
  wake_housekeeper_.Unpark();
  if (housekeeper_) housekeeper_->Join();
  if (server_) {
    server_->StopTaking();
    const Deadline drained = Deadline::After(clock_, kDrainTimeout);
    while (calls_under_way_ > 0 && !drained.Expired(clock_)) common::Parker().ParkFor(kDrainLook);
    server_->HangUpAll();  // what clients left is let go, so that calls which wait for it end
    while (calls_under_way_ > 0) common::Parker().ParkFor(kDrainLook);
  }
  shared_mutators_.Close();
  flushes_.reset();
  pool_.reset();
  server_.reset();
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::Start(GatewaySeams seams, GatewayOptions options) {
  auto gateway = std::make_unique<RunningGateway>(std::move(seams), std::move(options));
  RETURN_IF_ERROR(gateway->Listen());
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace cellar::thrift
