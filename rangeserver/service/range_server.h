#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/cpp/client_core.h"
#include "client/cpp/lock_service_directory.h"
#include "common/base/cluster_id.h"
#include "common/concurrency/cancellation.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "lockservice/lease_renewer.h"
#include "lockservice/lock_service.h"
#include "protocol/rangeserver/methods.h"
#include "rangeserver/maintenance/maintenance.h"
#include "rangeserver/range/file_ids.h"
#include "rangeserver/service/cluster_variables.h"
#include "rangeserver/service/pipelines.h"
#include "rangeserver/service/range_loader.h"
#include "rangeserver/service/read_service.h"
#include "rangeserver/service/update_service.h"
#include "rpc/rpc_client.h"
#include "rpc/rpc_server.h"
#include "rpc/transport.h"
#include "storage/block/block_cache.h"

namespace cellar::rangeserver {

/// What a range server stands on; all of it outlives the server.
struct RangeServerSeams {
  Executor& executor;
  FileSystem& log_files;
  FileSystem& data_files;
  rpc::Transport& transport;
  rpc::RpcClient& rpc;
  LockService& lock_service;
  Random& random;
  FaultPoints& faults;
  Logger logger;
  ClusterId cluster;
};

/// Where a range server listens, who it was, and the options of its parts.
struct RangeServerOptions {
  rpc::Address listen = rpc::Address("127.0.0.1", 15865);
  std::string announced_host;  ///< By which others call it; empty: the host it listens on.
  std::string location;        ///< Kept from an earlier life, "rs1"; empty: the master gives one.
  Nanos lease = 10 * kSecond;
  Nanos start_timeout = 60 * kSecond;
  Nanos max_clock_skew = kSecond;  ///< With a wall clock further off the master's it does not start.
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  MaintenanceOptions maintenance;
  WritePipelineOptions writing;
  storage::LogWriterOptions log;
  ReadLimits reading;
  MetricsRegistry* metrics = nullptr;  ///< Where groups are observed; null: nowhere. Outlives the server.
  /// Called with the session's credentials as soon as it is open: who proves this process dead may end it by them.
  std::function<void(std::string)> on_session;
  /// The server cannot go on: lease lost, sealed, log dead. It must be stopped, and answers nothing more. Loop; once.
  std::function<void(Status)> on_fatal;

  RangeServerOptions() = default;
};

/// The role that serves ranges: one incarnation from Start to Stop. Several can live in one process. Loop only.
class RangeServer {
 public:
  /// Registers with the master, opens its logs, and is ready for orders when this returns. kTimedOut when there is no
  /// master within `start_timeout`.
  static Task<Result<std::unique_ptr<RangeServer>>> Start(RangeServerSeams seams, RangeServerOptions options);
  ~RangeServer();

  /// Answers what is under way, makes everything durable, gives up lock and session. At most until `deadline`.
  Task<void> Stop(Deadline deadline);

  /// As announced.
  rpc::Address address() const;
  const model::Location& location() const { return location_; }
  Incarnation incarnation() const { return environment_.incarnation; }

  /// State as ServerStatus answers it; also for the status page.
  protocol::ServerStatusResponse status() const;

 private:
  RangeServer(RangeServerSeams seams, RangeServerOptions options);

  Task<Status> Begin();
  Task<Status> OpenSession();
  /// Before anything is written there: whose locks they are.
  Task<Status> CheckClusterOfLocks();
  Task<Status> Register(Deadline deadline);
  Task<Result<protocol::RegisterServerResponse>> AskToRegister(Deadline deadline);
  Task<Status> TakeLock(Deadline deadline);
  Task<Status> CheckNotSealed();
  Task<Status> OpenPipelines();
  Task<Result<std::unique_ptr<WritePipeline>>> OpenPipeline(storage::LogClass log_class);
  void MakeServices();
  void RegisterMethods();
  template <typename Method>
  void Answer(protocol::RangeServerMethod id, Method method);
  Task<Result<rpc::Response>> LoadRange(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> UnloadRange(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> UpdateSchema(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> UpdateVariables(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> Compact(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> ShowMaintenance(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> ServerStatus(rpc::CallInfo info, rpc::Request request);
  std::vector<std::shared_ptr<LoadedRange>> RangesOf(const protocol::CompactRequest& request) const;
  Task<void> PruneLog(model::RangeKey range);
  void AddLogToStatus(storage::LogClass log_class, protocol::ServerStatusResponse* response) const;
  Task<void> WatchSession();
  void LearnSchema(model::TableId table);
  Task<void> LearnNewestSchema(model::TableId table);
  void Fail(Status why);

  RangeServerSeams seams_;
  const RangeServerOptions options_;
  client::LockServiceDirectory directory_;
  client::ClientCore client_;

  std::unique_ptr<LockSession> session_;
  std::unique_ptr<lockservice::LeaseRenewer> renewer_;
  model::Location location_;
  RangeEnvironment environment_;
  std::unique_ptr<FileIdSequence> file_ids_;
  std::unique_ptr<storage::BlockCache> block_cache_;

  ClusterVariables variables_;
  LoadedRanges ranges_;
  std::unique_ptr<RangeRows> metadata_rows_;
  RowStores rows_;
  std::vector<std::unique_ptr<PipelineMetrics>> pipeline_metrics_;
  Pipelines pipelines_;
  CancellationSource stop_;
  std::unique_ptr<RangeCompactor> compactor_;
  std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<RangeLoader> loader_;
  std::unique_ptr<ReadService> reads_;
  std::unique_ptr<UpdateService> updates_;
  uint64_t seal_checks_ = 0;
  bool ready_ = false;
  bool failed_ = false;
  rpc::RpcServer rpc_server_;          ///< Its calls use all of the above: where a node was killed, they go first.
  std::set<model::TableId> learning_;  ///< Whose newest schema is being read.
  TaskGroup learning_tasks_;
  TaskGroup tasks_;
};

}  // namespace cellar::rangeserver
