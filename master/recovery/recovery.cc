#include "master/recovery/recovery.h"

#include <utility>

#include "master/recovery/bootstrap.h"
#include "master/recovery/incarnation_directories.h"
#include "protocol/values.h"

namespace cellar::master {
namespace {

using model::RangeRecord;

uint64_t TurnsFor(const MasterOptions& options) {
  return options.load_parallelism > 0 ? static_cast<uint64_t>(options.load_parallelism) : 1;
}

/// The range cannot be loaded here or elsewhere; the others go on without it.
bool StaysOffline(const Status& status) {
  return status.Is(StatusCode::kCorruption) || status.Is(StatusCode::kUnsupported) ||
         status.Is(StatusCode::kInvalidArgument);
}

}  // namespace

Recovery::Recovery(MasterCore& core)
    : core_(core),
      loader_(core),
      catalog_(core),
      turns_(TurnsFor(core.options()), "loads of ranges"),
      tasks_(core.executor()) {}

void Recovery::Start() {
  tasks_.Spawn(Run(), "recovery");
}

Task<void> Recovery::Run() {
  Servers& servers = core_.servers();
  while (true) {
    while (!servers.AnyReady()) co_await servers.changed().Wait();
    const uint64_t seen = servers.change_count();
    const Status status = co_await Pass();
    recovered_ = status.ok() && servers.change_count() == seen;
    if (status.ok()) {
      core_.problems().Clear("recovery");
      passed_.WakeAll();
      while (servers.change_count() == seen) co_await servers.changed().Wait();
      recovered_ = false;
      continue;
    }
    core_.problems().Set("recovery", status);
    core_.logger().Warning("recovery has to try again", {{"error", status.ToString()}});
    const Deadline pause = Deadline::After(core_.executor().clock(), kPauseAfterError);
    if (servers.change_count() == seen) co_await servers.changed().WaitUntil(pause);
  }
}

Task<Status> Recovery::Pass() {
  CO_RETURN_IF_ERROR(co_await SealDead());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.recovery.after_seal");
  CO_RETURN_IF_ERROR(co_await LoadRoot());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.recovery.after_root");
  CO_RETURN_IF_ERROR(co_await LoadMetadata());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.recovery.after_metadata");
  CO_RETURN_IF_ERROR(co_await LoadCatalog());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.recovery.after_catalog");
  core_.catalog_ready().Set();
  CO_RETURN_IF_ERROR(co_await LoadUserRanges());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.recovery.after_user");
  core_.logger().Info("every range is served or named as a problem", {{"term", core_.log().term()}});
  co_return common::OkStatus();
}

Task<Status> Recovery::SealDead() {
  dead_.clear();
  CO_TRY(const std::vector<model::LogRef> all, co_await ListIncarnations(core_.executor(), core_.log_files()));
  for (const model::LogRef& one : all) {
    if (core_.servers().IsAlive(one.location, one.incarnation)) continue;
    CO_RETURN_IF_ERROR(co_await core_.Seal(one));
    dead_.push_back(one);
  }
  co_return common::OkStatus();
}

/// Any of them may have held the root range.
Task<Status> Recovery::AwaitLeaseEnds() {
  for (const model::LogRef& one : dead_) CO_RETURN_IF_ERROR(co_await core_.AwaitLeaseEnd(one));
  co_return common::OkStatus();
}

/// A living server may hold the root range already: by an order of an earlier master, or by one of this master's whose
/// answer was lost. It goes on, under the epoch that it has.
Task<Status> Recovery::AdoptRoot() {
  const model::RangeKey root = model::RootRange();
  const std::map<model::Location, Server> servers = core_.servers().all();
  for (const auto& [location, server] : servers) {
    if (server.state != ServerState::kReady) continue;
    CO_TRY(const protocol::ServerStatusResponse status,
           co_await core_.range_servers().ServerStatus(server.address, core_.CallDeadline()));
    for (const protocol::RangeStats& stats : status.ranges) {
      if (protocol::FromMessage(stats.range) != root) continue;
      RootOwner owner;
      owner.location = location;
      owner.incarnation = server.incarnation;
      owner.epoch = Epoch(protocol::FromMessage(stats.epoch));
      const bool is_latest = !asked_root_ || asked_root_->epoch < owner.epoch;
      if (is_latest) asked_root_ = std::move(owner);
    }
  }
  co_return common::OkStatus();
}

Task<Status> Recovery::LoadRoot() {
  if (core_.directory().root()) co_return common::OkStatus();
  Servers& servers = core_.servers();
  if (asked_root_ && !servers.IsReady(asked_root_->location, asked_root_->incarnation)) asked_root_.reset();
  if (!asked_root_) CO_RETURN_IF_ERROR(co_await AdoptRoot());
  if (!asked_root_) {
    CO_RETURN_IF_ERROR(co_await AwaitLeaseEnds());
    const Server* newest = nullptr;  // the root metalog goes to ever higher incarnations
    for (const auto& [location, server] : servers.all()) {
      if (server.state != ServerState::kReady) continue;
      if (newest == nullptr || server.incarnation > newest->incarnation) newest = &server;
    }
    if (newest == nullptr) co_return common::Unavailable("no range server is ready");
    RootOwner owner;
    owner.location = newest->location;
    owner.incarnation = newest->incarnation;
    owner.epoch = core_.NextEpoch();
    asked_root_ = std::move(owner);
  }
  protocol::LoadRangeRequest request;
  request.range = protocol::ToRangeId(model::RootRange());
  request.epoch = protocol::ToMessage(asked_root_->epoch.get());
  request.__set_root(true);
  const Status told = co_await loader_.TellToLoad(*asked_root_, std::move(request));
  if (told.Is(StatusCode::kBusy)) asked_root_.reset();  // it holds the range under another epoch: look which
  CO_RETURN_IF_ERROR(told);
  core_.directory().SetRoot(*asked_root_);
  co_return co_await AnnounceRoot();
}

Task<Status> Recovery::AnnounceRoot() {
  const RootOwner owner = *asked_root_;
  const Server* server = core_.servers().Find(owner.location);
  if (server == nullptr) co_return common::Unavailable("the owner of the root range went away");
  lockservice::Attributes attributes;
  attributes["location"] = owner.location.get();
  attributes["address"] = server->address;
  attributes["epoch"] = owner.epoch.get().ToString();
  LockSession& session = core_.session();
  const Status created = co_await session.Create("/root", lockservice::NodeKind::kPersistent, attributes);
  if (!created.Is(StatusCode::kAlreadyExists)) co_return created;
  auto written = co_await session.Write("/root", std::move(attributes), std::nullopt);
  co_return written.status();
}

Task<Status> Recovery::CreateFirstRange(model::RangeKey range) {
  const std::optional<Server> server = core_.servers().Choose();
  if (!server) co_return common::Unavailable("no range server is ready");
  RangeRecord record;
  record.range = std::move(range);
  record.location = server->location;
  record.incarnation = server->incarnation;
  record.epoch = core_.NextEpoch();
  const Status created = co_await core_.tables().CreateRange(std::move(record), core_.CallDeadline());
  co_return created.Is(StatusCode::kAlreadyExists) ? common::OkStatus() : created;
}

Task<Status> Recovery::LoadMetadata() {
  if (!core_.log().counters().bootstrapped) {
    model::RangeKey all(model::kMetadataTable, model::RootRange().end_row, std::nullopt);
    CO_RETURN_IF_ERROR(co_await CreateFirstRange(std::move(all)));
  }
  CO_TRY(std::vector<RangeRecord> records,
         co_await core_.tables().ReadRanges(model::kMetadataTable, core_.CallDeadline()));
  auto loads = std::make_shared<Loads>();
  for (RangeRecord& record : records) loads->emplace_back().record = std::move(record);
  CO_RETURN_IF_ERROR(co_await LoadAll(loads));
  for (const Load& load : *loads) CO_RETURN_IF_ERROR(load.outcome);
  co_return common::OkStatus();
}

Task<Status> Recovery::LoadCatalog() {
  if (!core_.log().counters().bootstrapped) {
    model::RangeKey all(model::kCatalogTable, std::nullopt, std::nullopt);
    CO_RETURN_IF_ERROR(co_await CreateFirstRange(std::move(all)));
  }
  CO_TRY(std::vector<RangeRecord> records,
         co_await core_.tables().ReadRanges(model::kCatalogTable, core_.CallDeadline()));
  auto loads = std::make_shared<Loads>();
  for (RangeRecord& record : records) loads->emplace_back().record = std::move(record);
  CO_RETURN_IF_ERROR(co_await LoadAll(loads));
  for (const Load& load : *loads) CO_RETURN_IF_ERROR(load.outcome);
  if (core_.log().counters().bootstrapped) co_return common::OkStatus();
  CO_RETURN_IF_ERROR(co_await AddFirstNames(catalog_));
  core_.log().MarkBootstrapped();
  co_await core_.SaveSurely();
  co_return common::OkStatus();
}

Task<Status> Recovery::LoadUserRanges() {
  CO_TRY(const auto schemas, co_await catalog_.ReadSchemas());
  CO_TRY(std::vector<RangeRecord> records, co_await core_.tables().ReadRanges(std::nullopt, core_.CallDeadline()));
  auto loads = std::make_shared<Loads>();
  for (RangeRecord& record : records) {
    if (record.range.table.is_system()) continue;
    const auto schema = schemas.find(record.range.table);
    if (schema == schemas.end()) {
      core_.problems().Set("range " + record.range.ToString(), common::Corruption("its table is not in the catalog"));
      continue;
    }
    Load& load = loads->emplace_back();
    load.record = std::move(record);
    load.schema = schema->second;
  }
  co_return co_await LoadAll(std::move(loads));
}

Task<Status> Recovery::LoadAll(std::shared_ptr<Loads> loads) {
  for (size_t index = 0; index < loads->size(); ++index) {
    common::Semaphore::Permit turn = co_await turns_.Acquire();
    tasks_.Spawn(LoadOne(loads, index, std::move(turn)), "load of a range");
  }
  // All turns are free again when the last load has ended.
  common::Semaphore::Permit all = co_await turns_.Acquire(TurnsFor(core_.options()));
  for (const Load& load : *loads) {
    if (!load.outcome.ok() && !StaysOffline(load.outcome)) co_return load.outcome;
  }
  co_return common::OkStatus();
}

Task<void> Recovery::LoadOne(std::shared_ptr<Loads> loads, size_t index, common::Semaphore::Permit turn) {
  common::Semaphore::Permit held = std::move(turn);
  Load& load = (*loads)[index];
  load.outcome = co_await loader_.Load(std::move(load.record), std::move(load.schema));
}

}  // namespace cellar::master
