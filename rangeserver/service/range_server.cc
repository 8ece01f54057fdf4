#include "rangeserver/service/range_server.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "common/concurrency/run_job.h"
#include "common/fault/co_fault_point.h"
#include "protocol/message.h"
#include "protocol/rangeserver/methods.h"
#include "protocol/values.h"
#include "rangeserver/ranges/metadata_range_rows.h"

namespace cellar::rangeserver {
namespace {

using protocol::RangeServerMethod;

constexpr Nanos kSessionCallTimeout = 30 * kSecond;
constexpr Nanos kRegistrationTry = 8 * kSecond;  ///< Longer than the master waits for the lock of an earlier life.

rpc::RpcServerOptions ServerOptionsFor(const ClusterId& cluster) {
  rpc::RpcServerOptions options;
  options.identity.cluster = cluster;
  return options;
}

/// Classes of ranges as COMPACT names them.
int ClassOf(const model::RangeKey& range) {
  constexpr int kRoot = 1;
  constexpr int kMetadata = 2;
  constexpr int kSystem = 4;
  constexpr int kUser = 8;
  if (range == model::RootRange()) return kRoot;
  if (range.table == model::kMetadataTable) return kMetadata;
  return range.table.is_system() ? kSystem : kUser;
}

void AddToStatus(const LoadedRange& range, protocol::ServerStatusResponse* response) {
  protocol::RangeStats stats;
  stats.range = protocol::ToRangeId(range.record.range);
  stats.epoch = protocol::ToMessage(range.record.epoch.get());
  stats.state = StateName(range.state);
  if (range.range != nullptr) {
    const RangeStats measured = range.range->stats();
    stats.cache_bytes = static_cast<int64_t>(measured.cache_bytes);
    stats.store_bytes = static_cast<int64_t>(measured.store_bytes);
    stats.store_count = static_cast<int32_t>(measured.store_count);
    stats.cell_count_estimate = static_cast<int64_t>(measured.cache_cells + measured.store_cells);
    response->memory_bytes += stats.cache_bytes;
  }
  if (!range.problem.ok()) response->problems.push_back(range.problem.ToString());
  response->ranges.push_back(std::move(stats));
}

void AddToStatus(const std::map<CompactionKind, CompactionCounts>& counts, protocol::ServerStatusResponse* response) {
  constexpr const char* kNames[] = {"minor", "merging", "major", "gc"};
  for (const auto& [kind, count] : counts) {
    protocol::CompactionStats& stats = response->compactions.emplace_back();
    stats.kind = kNames[static_cast<size_t>(kind)];
    stats.running = static_cast<int64_t>(count.running);
    stats.ended = static_cast<int64_t>(count.ended);
    stats.failed = static_cast<int64_t>(count.failed);
  }
}

}  // namespace

RangeServer::RangeServer(RangeServerSeams seams, RangeServerOptions options)
    : seams_(std::move(seams)),
      options_(std::move(options)),
      directory_(seams_.lock_service, seams_.executor),
      client_(seams_.executor, seams_.rpc, directory_, seams_.random),
      block_cache_(std::make_unique<storage::BlockCache>(options_.block_cache_bytes)),
      rpc_server_(seams_.executor, seams_.transport, ServerOptionsFor(seams_.cluster)),
      learning_tasks_(seams_.executor),
      tasks_(seams_.executor) {}

RangeServer::~RangeServer() = default;

Task<Result<std::unique_ptr<RangeServer>>> RangeServer::Start(RangeServerSeams seams, RangeServerOptions options) {
  std::unique_ptr<RangeServer> server(new RangeServer(std::move(seams), std::move(options)));
  const Status begun = co_await server->Begin();
  if (begun.ok()) co_return std::move(server);
  co_await server->Stop(Deadline::After(server->seams_.executor.clock(), kSessionCallTimeout));
  co_return begun.WithContext("starting the range server");
}

rpc::Address RangeServer::address() const {
  rpc::Address address = rpc_server_.address();
  if (!options_.announced_host.empty()) address.host = options_.announced_host;
  return address;
}

Task<Status> RangeServer::Begin() {
  const Deadline deadline = Deadline::After(seams_.executor.clock(), options_.start_timeout);
  RegisterMethods();
  CO_RETURN_IF_ERROR(rpc_server_.Start(options_.listen));
  CO_RETURN_IF_ERROR(co_await OpenSession());
  CO_RETURN_IF_ERROR(co_await CheckClusterOfLocks());
  CO_RETURN_IF_ERROR(co_await Register(deadline));
  CO_RETURN_IF_ERROR(co_await TakeLock(deadline));
  MakeServices();
  CO_RETURN_IF_ERROR(co_await OpenPipelines());
  ready_ = true;
  maintenance_->Start();
  protocol::ServerReadyRequest ready;
  ready.location = location_.get();
  ready.incarnation = protocol::ToMessage(environment_.incarnation.get());
  co_return co_await client_.AskMaster(&protocol::MasterStub::ServerReady, ready, deadline);
}

Task<Status> RangeServer::OpenSession() {
  lockservice::SessionOptions session("range server", options_.lease);
  CO_TRY(session_, co_await seams_.lock_service.OpenSession(std::move(session)));
  if (options_.on_session) options_.on_session(session_->credentials());
  renewer_ = std::make_unique<lockservice::LeaseRenewer>(*session_, seams_.executor, seams_.logger,
                                                         [this] { return CheckNotSealed(); });
  tasks_.Spawn(WatchSession(), "watch of the session");
  co_return common::OkStatus();
}

Task<Status> RangeServer::CheckClusterOfLocks() {
  auto node = co_await session_->Read("/cluster");
  if (node.status().Is(StatusCode::kNotFound)) co_return common::OkStatus();
  CO_RETURN_IF_ERROR(node.status());
  const std::string& theirs = node->attributes["id"];
  if (theirs.empty() || theirs == seams_.cluster.ToString()) co_return common::OkStatus();
  co_return common::InvalidArgument(fmt::format("the lock service is cluster {}'s, and the files are of cluster {}",
                                                theirs, seams_.cluster.ToString()));
}

Task<void> RangeServer::WatchSession() {
  // Nobody else waits for this event: Stop wakes it.
  while (!session_->ended().is_set() && !stop_.cancelled()) co_await session_->ended().Wait();
  if (session_->ended().is_set()) Fail(common::Fenced("the range server's session has ended"));
}

namespace {

/// How far this server's wall clock is ahead of the master's, as one call and its answer show it: in the middle of what
/// is possible, which is `doubt` more or less.
struct ClockDifference {
  Nanos ahead = 0;
  Nanos doubt = 0;
};

ClockDifference CompareClocks(Nanos sent_at, Nanos master_received_at, Nanos master_answered_at, Nanos received_at) {
  const Nanos at_least = sent_at - master_received_at;
  const Nanos at_most = received_at - master_answered_at;
  ClockDifference difference;
  difference.ahead = at_least + (at_most - at_least) / 2;
  difference.doubt = (at_most - at_least) / 2;
  return difference;
}

}  // namespace

/// Asks until an answer came so fast that it tells the difference of the clocks.
Task<Result<protocol::RegisterServerResponse>> RangeServer::AskToRegister(Deadline deadline) {
  const Clock& clock = seams_.executor.clock();
  protocol::RegisterServerRequest request;
  if (!options_.location.empty()) request.__set_location(options_.location);
  request.address = address().ToString();
  while (true) {
    request.wall_clock = clock.WallNow();
    const Deadline of_try = Earliest(deadline, Deadline::After(clock, kRegistrationTry));
    auto response = co_await client_.AskMaster(&protocol::MasterStub::RegisterServer, request, of_try);
    if (!response.ok()) {
      const bool again = client::IsWorthAnotherTry(response.status()) && !deadline.Expired(clock);
      if (again) continue;
      co_return std::move(response).status();
    }
    if (!response->__isset.received_at || !response->__isset.answered_at) co_return std::move(response);
    const ClockDifference difference =
        CompareClocks(request.wall_clock, response->received_at, response->answered_at, clock.WallNow());
    const bool is_sure = difference.doubt <= options_.max_clock_skew / 2;
    if (is_sure && std::abs(difference.ahead) <= options_.max_clock_skew) co_return std::move(response);
    if (is_sure) {
      co_return common::InvalidArgument(
          fmt::format("the clock of the range server at {} is off by {} ms, the bound is {} ms", request.address,
                      difference.ahead / kMillisecond, options_.max_clock_skew / kMillisecond));
    }
    if (deadline.Expired(clock)) co_return common::TimedOut("the master answers too slowly to compare the clocks");
  }
}

Task<Status> RangeServer::Register(Deadline deadline) {
  CO_TRY(const protocol::RegisterServerResponse response, co_await AskToRegister(deadline));
  location_ = model::Location(response.location);
  environment_.incarnation = Incarnation(protocol::FromMessage(response.incarnation));
  CO_RETURN_IF_ERROR(ranges_.HearOf(environment_.incarnation.get().term));
  environment_.cluster = seams_.cluster;
  file_ids_ = std::make_unique<FileIdSequence>(static_cast<uint32_t>(response.file_id_block));
  seams_.logger.Info("registered", {{"location", location_.get()},
                                    {"incarnation", environment_.incarnation.get().ToString()},
                                    {"address", address().ToString()}});
  co_return common::OkStatus();
}

/// The lease ran out and was renewed: was this server given up meanwhile? Its directory knows.
Task<Status> RangeServer::CheckNotSealed() {
  if (pipelines_.user == nullptr) co_return common::OkStatus();  // nothing was ever served
  const std::string path =
      model::IncarnationDirectory(location_, environment_.incarnation) + "/lease-" + std::to_string(++seal_checks_);
  auto check = [files = &seams_.log_files, path, incarnation = environment_.incarnation]() -> Status {
    ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file, files->Create(path, incarnation));
    RETURN_IF_ERROR(file->Close());
    return files->Remove(path);
  };
  const Status checked = co_await common::RunJob(seams_.executor, JobClass::kLog, std::move(check));
  const bool is_given_up = checked.Is(StatusCode::kFenced) || checked.Is(StatusCode::kNotFound);
  if (is_given_up) Fail(common::Fenced("this server was given up while its lease had run out: " + checked.ToString()));
  co_return checked;
}

Task<Status> RangeServer::TakeLock(Deadline deadline) {
  const std::string node = "/servers/" + location_.get();
  lockservice::Attributes attributes;
  for (const std::string& path : {std::string("/servers"), node}) {
    const Status created = co_await session_->Create(path, lockservice::NodeKind::kPersistent, attributes);
    if (!created.ok() && !created.Is(StatusCode::kAlreadyExists)) co_return created;
  }
  CO_FAULT_POINT(seams_.executor, seams_.faults, "rangeserver.lock.before_acquire");
  auto sequencer = co_await session_->Acquire(node, lockservice::LockMode::kExclusive, deadline);
  if (!sequencer.ok()) co_return std::move(sequencer).status().WithContext("lock on " + node);
  CO_FAULT_POINT(seams_.executor, seams_.faults, "rangeserver.lock.before_incarnation");
  attributes["address"] = address().ToString();
  attributes["incarnation"] = environment_.incarnation.get().ToString();
  auto written = co_await session_->Write(node, std::move(attributes), std::nullopt);
  co_return written.status();
}

void RangeServer::MakeServices() {
  environment_.files = &seams_.data_files;
  environment_.clock = &seams_.executor.clock();
  environment_.file_ids = file_ids_.get();
  environment_.block_cache = block_cache_.get();
  environment_.faults = &seams_.faults;
  metadata_rows_ = std::make_unique<MetadataRangeRows>(client_.system_tables());
  rows_.metadata = metadata_rows_.get();
  compactor_ = std::make_unique<RangeCompactor>(seams_.executor, rows_, seams_.faults,
                                                seams_.logger.Named("compaction"), stop_.token());
  auto after_compaction = [this](model::RangeKey range) { return PruneLog(std::move(range)); };
  maintenance_ = std::make_unique<Maintenance>(seams_.executor, ranges_, *compactor_, options_.maintenance,
                                               std::move(after_compaction));
  RangeLoader::Seams loading{seams_.executor,
                             seams_.log_files,
                             environment_,
                             location_,
                             ranges_,
                             rows_,
                             pipelines_,
                             *compactor_,
                             client_.system_tables(),
                             seams_.faults,
                             seams_.logger.Named("load")};
  loader_ = std::make_unique<RangeLoader>(std::move(loading));
  ReadService::Callbacks of_reads;
  of_reads.on_newer_schema = [this](model::TableId table) { LearnSchema(table); };
  of_reads.settle = [this] { return pipelines_.user->Settle(); };
  reads_ = std::make_unique<ReadService>(seams_.executor, ranges_, session_->lease(), seams_.random, seams_.faults,
                                         options_.reading, std::move(of_reads));
  updates_ = std::make_unique<UpdateService>(seams_.executor, pipelines_);
}

Task<Status> RangeServer::OpenPipelines() {
  CO_TRY(pipelines_.root, co_await OpenPipeline(storage::LogClass::kRoot));
  CO_TRY(pipelines_.metadata, co_await OpenPipeline(storage::LogClass::kMetadata));
  CO_TRY(pipelines_.user, co_await OpenPipeline(storage::LogClass::kUser));
  co_return common::OkStatus();
}

Task<Result<std::unique_ptr<WritePipeline>>> RangeServer::OpenPipeline(storage::LogClass log_class) {
  model::LogRef own;
  own.location = location_;
  own.incarnation = environment_.incarnation;
  storage::LogIdentity identity;
  identity.cluster = seams_.cluster;
  identity.log_class = log_class;
  identity.incarnation = environment_.incarnation;
  auto open = [files = &seams_.log_files, faults = &seams_.faults, options = options_.log, identity,
               directory = own.Directory() + "/" + std::string(storage::LogClassName(log_class))] {
    return GroupLog::Open(*files, directory, identity, options, *faults);
  };
  auto log = co_await common::RunJob(seams_.executor, JobClass::kLog, std::move(open));
  if (!log.ok()) co_return std::move(log).status();
  WriteSeams writing(seams_.executor, ranges_, session_->lease(), seams_.faults);
  if (log_class == storage::LogClass::kUser) {
    writing.admit = [this] { return maintenance_->Admit(); };
    writing.check_writable = [this] { return variables_.CheckWritable(); };
  }
  if (options_.metrics != nullptr) {
    pipeline_metrics_.push_back(std::make_unique<PipelineMetrics>(*options_.metrics, log_class));
    writing.metrics = pipeline_metrics_.back().get();
  }
  writing.on_newer_schema = [this](model::TableId table) { LearnSchema(table); };
  writing.on_dead = [this](Status why) { Fail(std::move(why)); };
  WritePipelineOptions options = options_.writing;
  options.log_class = log_class;
  co_return std::make_unique<WritePipeline>(std::move(writing), std::move(log).value(), options);
}

template <typename Method>
void RangeServer::Answer(RangeServerMethod id, Method method) {
  rpc_server_.Register(rpc::MethodId(static_cast<uint16_t>(id)),
                       [this, method](rpc::CallInfo info, rpc::Request request) {
                         return method(*this, std::move(info), std::move(request));
                       });
}

namespace {

/// What a server answers that is not ready, or not any more.
Task<Result<rpc::Response>> NotReady() {
  co_return common::Unavailable("the range server is not ready");
}

}  // namespace

void RangeServer::RegisterMethods() {
  using Call = Task<Result<rpc::Response>>;
  const auto of_server = [this](RangeServerMethod id, Call (RangeServer::*method)(rpc::CallInfo, rpc::Request)) {
    Answer(id, [method](RangeServer& server, rpc::CallInfo info, rpc::Request request) {
      if (!server.ready_) return NotReady();
      return (server.*method)(std::move(info), std::move(request));
    });
  };
  const auto of_reads = [this](RangeServerMethod id, Call (ReadService::*method)(rpc::CallInfo, rpc::Request)) {
    Answer(id, [method](RangeServer& server, rpc::CallInfo info, rpc::Request request) {
      if (!server.ready_) return NotReady();
      return (*server.reads_.*method)(std::move(info), std::move(request));
    });
  };
  const auto of_updates = [this](RangeServerMethod id, Call (UpdateService::*method)(rpc::CallInfo, rpc::Request)) {
    Answer(id, [method](RangeServer& server, rpc::CallInfo info, rpc::Request request) {
      if (!server.ready_) return NotReady();
      return (*server.updates_.*method)(std::move(info), std::move(request));
    });
  };
  of_updates(RangeServerMethod::kUpdate, &UpdateService::Update);
  of_updates(RangeServerMethod::kMutateRow, &UpdateService::MutateRow);
  of_reads(RangeServerMethod::kCreateScanner, &ReadService::CreateScanner);
  of_reads(RangeServerMethod::kFetchScanBlock, &ReadService::FetchScanBlock);
  of_reads(RangeServerMethod::kDestroyScanner, &ReadService::DestroyScanner);
  of_reads(RangeServerMethod::kGetRows, &ReadService::GetRows);
  of_server(RangeServerMethod::kLoadRange, &RangeServer::LoadRange);
  of_server(RangeServerMethod::kUnloadRange, &RangeServer::UnloadRange);
  of_server(RangeServerMethod::kUpdateSchema, &RangeServer::UpdateSchema);
  of_server(RangeServerMethod::kUpdateVariables, &RangeServer::UpdateVariables);
  of_server(RangeServerMethod::kCompact, &RangeServer::Compact);
  of_reads(RangeServerMethod::kExplainScan, &ReadService::ExplainScan);
  of_reads(RangeServerMethod::kListQueries, &ReadService::ListQueries);
  of_reads(RangeServerMethod::kKillQuery, &ReadService::KillQuery);
  of_server(RangeServerMethod::kMaintenance, &RangeServer::ShowMaintenance);
  of_server(RangeServerMethod::kServerStatus, &RangeServer::ServerStatus);
}

Task<Result<rpc::Response>> RangeServer::LoadRange(rpc::CallInfo, rpc::Request request) {
  CO_TRY(auto message, protocol::DecodeMessage<protocol::LoadRangeRequest>(request.message));
  if (message.__isset.variables) variables_.HearOf(message.variables);
  CO_RETURN_IF_ERROR(co_await loader_->Load(std::move(message)));
  protocol::LoadRangeResponse response;
  response.serving = true;
  co_return rpc::Response(protocol::EncodeMessage(response));
}

Task<Result<rpc::Response>> RangeServer::UnloadRange(rpc::CallInfo, rpc::Request request) {
  CO_TRY(auto message, protocol::DecodeMessage<protocol::UnloadRangeRequest>(request.message));
  CO_RETURN_IF_ERROR(co_await loader_->Unload(std::move(message)));
  co_return rpc::Response(protocol::EncodeMessage(protocol::DoneResponse()));
}

void RangeServer::LearnSchema(model::TableId table) {
  if (!ready_ || !learning_.insert(table).second) return;
  learning_tasks_.Spawn(LearnNewestSchema(table), "newest schema of a table");
}

/// A range that was being loaded while its table was altered has the schema of before.
Task<void> RangeServer::LearnNewestSchema(model::TableId table) {
  const auto schema = co_await loader_->NewestSchemaOf(table);
  learning_.erase(table);
  if (!schema.ok()) {
    seams_.logger.Warning("schema was not read", {{"table", table.ToString()}, {"error", schema.status().ToString()}});
    co_return;
  }
  for (const std::shared_ptr<LoadedRange>& range : ranges_.OfTable(table)) {
    if (range->range != nullptr) range->range->SetSchema(*schema);
  }
}

Task<Result<rpc::Response>> RangeServer::UpdateSchema(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::UpdateSchemaRequest>(request.message));
  CO_TRY(model::Schema schema, model::Schema::Decode(message.schema));
  const auto shared = std::make_shared<const model::Schema>(std::move(schema));
  bool all_know = true;
  for (const std::shared_ptr<LoadedRange>& range : ranges_.OfTable(protocol::FromMessage(message.table))) {
    if (range->range != nullptr) range->range->SetSchema(shared);
    all_know = all_know && (range->range != nullptr || range->state == LoadedRange::State::kOffline);
  }
  if (message.__isset.settled && message.settled) {
    // One that has no engine yet may have read the catalog before the schema was there.
    if (!all_know) co_return common::Busy("a range of the table is being loaded");
    CO_RETURN_IF_ERROR(co_await pipelines_.user->Barrier(false));
  }
  co_return rpc::Response(protocol::EncodeMessage(protocol::DoneResponse()));
}

Task<Result<rpc::Response>> RangeServer::UpdateVariables(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::UpdateVariablesRequest>(request.message));
  variables_.HearOf(message.variables);
  co_return rpc::Response(protocol::EncodeMessage(protocol::DoneResponse()));
}

std::vector<std::shared_ptr<LoadedRange>> RangeServer::RangesOf(const protocol::CompactRequest& request) const {
  std::vector<std::shared_ptr<LoadedRange>> chosen;
  for (const std::shared_ptr<LoadedRange>& range : ranges_.All()) {
    const model::RangeKey& key = range->record.range;
    if (range->state != LoadedRange::State::kServing) continue;
    if (request.__isset.table) {
      if (key.table != protocol::FromMessage(request.table)) continue;
      if (request.__isset.row && !key.Contains(request.row)) continue;
    } else if ((request.classes & ClassOf(key)) == 0) {
      continue;
    }
    chosen.push_back(range);
  }
  return chosen;
}

namespace {

protocol::CompactionKind::type ToMessage(CompactionKind kind) {
  switch (kind) {
    case CompactionKind::kMinor:
      return protocol::CompactionKind::MINOR;
    case CompactionKind::kMajor:
      return protocol::CompactionKind::MAJOR;
    case CompactionKind::kMerging:
      return protocol::CompactionKind::MERGING;
    case CompactionKind::kGc:
      return protocol::CompactionKind::GC;
  }
  return protocol::CompactionKind::MINOR;
}

/// `maintenance` outlives this: it runs in the server's task group, which is joined before.
Task<void> CompactUnwatched(Maintenance& maintenance, std::vector<std::shared_ptr<LoadedRange>> ranges,
                            CompactionKind kind) {
  const Status status = co_await maintenance.CompactAll(std::move(ranges), kind);
  (void)status;  // the compactor has logged it; nobody waits
}

}  // namespace

Task<Result<rpc::Response>> RangeServer::Compact(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::CompactRequest>(request.message));
  constexpr CompactionKind kKinds[] = {CompactionKind::kMinor, CompactionKind::kMajor, CompactionKind::kMerging,
                                       CompactionKind::kGc};
  if (message.kind < 0 || message.kind > 3) co_return common::InvalidArgument("unknown kind of compaction");
  if (stop_.cancelled()) co_return common::Unavailable("the range server is stopping");
  std::vector<std::shared_ptr<LoadedRange>> ranges = RangesOf(message);
  protocol::CompactResponse response;
  response.range_count = static_cast<int32_t>(ranges.size());
  if (message.wait) {
    CO_RETURN_IF_ERROR(co_await maintenance_->CompactAll(std::move(ranges), kKinds[message.kind]));
  } else {
    tasks_.Spawn(CompactUnwatched(*maintenance_, std::move(ranges), kKinds[message.kind]), "compactions asked for");
  }
  co_return rpc::Response(protocol::EncodeMessage(response));
}

Task<Result<rpc::Response>> RangeServer::ShowMaintenance(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::MaintenanceRequest>(request.message));
  const Clock& clock = seams_.executor.clock();
  if (message.wait) co_await maintenance_->WaitIdle(Deadline::After(clock, kSecond));
  protocol::MaintenanceResponse response;
  for (const Maintenance::Work& work : maintenance_->under_way()) {
    protocol::MaintenanceEntry& entry = response.tasks.emplace_back();
    entry.range = protocol::ToRangeId(work.range);
    entry.kind = ToMessage(work.kind);
    entry.running = work.running;
    entry.age = clock.MonotonicNow() - work.since;
  }
  co_return rpc::Response(protocol::EncodeMessage(response));
}

protocol::ServerStatusResponse RangeServer::status() const {
  protocol::ServerStatusResponse response;
  response.location = location_.get();
  response.incarnation = protocol::ToMessage(environment_.incarnation.get());
  response.block_cache_bytes = static_cast<int64_t>(block_cache_->stats().used_bytes);
  if (reads_) {
    response.scanner_count = static_cast<int32_t>(reads_->scanner_count());
    response.cells_read = static_cast<int64_t>(reads_->counts().cells);
    response.bytes_read = static_cast<int64_t>(reads_->counts().bytes);
  }
  if (file_ids_) {
    for (const model::FileId id : file_ids_->UnderWay()) {
      response.files_under_way.push_back(static_cast<int64_t>(id.get()));
    }
  }
  for (const std::shared_ptr<LoadedRange>& range : ranges_.All()) AddToStatus(*range, &response);
  for (const auto log_class : {storage::LogClass::kRoot, storage::LogClass::kMetadata, storage::LogClass::kUser}) {
    AddLogToStatus(log_class, &response);
  }
  if (compactor_) AddToStatus(compactor_->counts(), &response);
  return response;
}

void RangeServer::AddLogToStatus(storage::LogClass log_class, protocol::ServerStatusResponse* response) const {
  const WritePipeline* pipeline = pipelines_.Find(log_class);
  if (pipeline == nullptr) return;
  const WritePipelineStats& stats = pipeline->stats();
  protocol::LogStats& log = response->logs.emplace_back();
  log.log_class = storage::LogClassName(log_class);
  log.bytes = static_cast<int64_t>(stats.log_bytes);
  log.fragments = static_cast<int32_t>(stats.log_fragments);
  log.groups = static_cast<int64_t>(stats.group_count);
  log.batches = static_cast<int64_t>(stats.batch_count);
  log.cells = static_cast<int64_t>(stats.cell_count);
  log.batch_bytes = static_cast<int64_t>(stats.cells_bytes);
  response->log_bytes += log.bytes;
  if (pipeline->log_status().ok()) return;
  log.problem = pipeline->log_status().ToString();
  response->problems.push_back(log.problem);
}

Task<Result<rpc::Response>> RangeServer::ServerStatus(rpc::CallInfo, rpc::Request) {
  co_return rpc::Response(protocol::EncodeMessage(status()));
}

Task<void> RangeServer::PruneLog(model::RangeKey range) {
  auto pruned = co_await pipelines_.For(range).Prune(false);
  if (!pruned.ok()) {
    seams_.logger.Warning("commit log was not pruned", {{"error", pruned.status().ToString()}});
  }
}

void RangeServer::Fail(Status why) {
  if (failed_) return;
  failed_ = true;
  ready_ = false;
  seams_.logger.Error("range server cannot go on", {{"error", why.ToString()}});
  if (options_.on_fatal) options_.on_fatal(std::move(why));
}

Task<void> RangeServer::Stop(Deadline deadline) {
  stop_.Cancel();
  if (session_) session_->ended().WakeAll();
  // While METADATA is served still: a compaction that is done can install what it wrote.
  if (loader_) loader_->Stop();
  if (maintenance_) co_await maintenance_->Stop();
  learning_tasks_.DestroyAll();
  co_await tasks_.Join();
  for (WritePipeline* pipeline : {pipelines_.user.get(), pipelines_.metadata.get(), pipelines_.root.get()}) {
    if (pipeline != nullptr) pipeline->StopRetrying();
  }
  ready_ = false;
  co_await rpc_server_.Stop(deadline);
  if (reads_) co_await reads_->Stop();
  for (WritePipeline* pipeline : {pipelines_.user.get(), pipelines_.metadata.get(), pipelines_.root.get()}) {
    if (pipeline == nullptr) continue;
    const Status closed = co_await pipeline->Close();
    if (!closed.ok()) seams_.logger.Warning("commit log was not closed", {{"error", closed.ToString()}});
  }
  if (renewer_) co_await renewer_->Stop();
  if (session_ && !session_->ended().is_set()) {
    const Status closed = co_await session_->Close();
    if (!closed.ok()) seams_.logger.Warning("session was not closed", {{"error", closed.ToString()}});
  }
}

}  // namespace cellar::rangeserver
