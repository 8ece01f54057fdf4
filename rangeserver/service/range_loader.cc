#include "rangeserver/service/range_loader.h"

#include <algorithm>
#include <utility>

#include "client/cpp/table_schemas.h"
#include "common/concurrency/run_job.h"
#include "common/fault/co_fault_point.h"
#include "model/system_schemas.h"
#include "protocol/values.h"
#include "rangeserver/ranges/root_range_rows.h"
#include "rangeserver/recovery/log_replay.h"

namespace cellar::rangeserver {
namespace {

constexpr Nanos kRowTimeout = 20 * kSecond;

Result<model::Manifest> ManifestOf(const model::RangeRecord& record) {
  if (!record.manifest.empty()) return model::Manifest::Decode(record.manifest);
  model::Manifest none;
  none.start_row = record.range.start_row;
  none.end_row = record.range.end_row;
  return none;
}

}  // namespace

Task<Status> RangeLoader::Load(protocol::LoadRangeRequest request) {
  const model::RangeKey key = request.root ? model::RootRange() : protocol::FromMessage(request.range);
  const Epoch epoch(protocol::FromMessage(request.epoch));
  if (request.__isset.master_term) {
    CO_RETURN_IF_ERROR(seams_.ranges.HearOf(static_cast<uint32_t>(request.master_term)));
  }
  if (const auto known = seams_.ranges.FindExactly(key); known != nullptr) {
    if (known->state == LoadedRange::State::kServing && known->record.epoch == epoch) co_return common::OkStatus();
    if (known->state != LoadedRange::State::kOffline) {
      co_return common::Busy("range " + key.ToString() + " is " + std::string(StateName(known->state)));
    }
    seams_.ranges.Remove(key);
  }
  auto loaded = std::make_shared<LoadedRange>();
  loaded->record.range = key;
  loaded->record.epoch = epoch;
  CO_RETURN_IF_ERROR(seams_.ranges.Insert(loaded));
  auto record = co_await ReadRow(request);
  if (!record.ok()) {
    seams_.ranges.Remove(key);
    co_return std::move(record).status();
  }
  loaded->record = std::move(record).value();
  Status status = co_await Open(loaded);
  if (status.ok()) status = co_await ReplayAndServe(loaded);
  if (status.ok()) co_return status;
  seams_.logger.Error("range cannot be loaded", {{"range", key.ToString()}, {"error", status.ToString()}});
  if (status.Is(StatusCode::kCorruption) || status.Is(StatusCode::kUnsupported)) {
    loaded->state = LoadedRange::State::kOffline;
    loaded->problem = status.WithContext("range " + key.ToString() + " is offline");
  } else {
    seams_.ranges.Remove(key);
  }
  co_return status;
}

Task<Result<model::RangeRecord>> RangeLoader::ReadRow(const protocol::LoadRangeRequest& request) {
  const Epoch epoch(protocol::FromMessage(request.epoch));
  if (request.root) co_return co_await TakeOverRoot(epoch);
  const Deadline deadline = Deadline::After(seams_.executor.clock(), kRowTimeout);
  const model::RangeKey key = protocol::FromMessage(request.range);
  CO_TRY(std::optional<model::RangeRecord> record, co_await seams_.rows.metadata->Read(key, deadline));
  if (!record) co_return common::NotFound("METADATA has no range " + key.ToString());
  if (record->location != seams_.location || record->incarnation != seams_.environment.incarnation ||
      record->epoch != epoch || record->state == model::RangeState::kDropping) {
    co_return common::NotOwner("METADATA grants range " + key.ToString() + " to " + record->location.get() + " " +
                               record->incarnation.get().ToString() + " under epoch " + record->epoch.get().ToString());
  }
  co_return std::move(*record);
}

Task<Result<model::RangeRecord>> RangeLoader::TakeOverRoot(Epoch epoch) {
  CO_TRY(std::unique_ptr<RootRangeRows> root,
         co_await RootRangeRows::TakeOver(seams_.executor, seams_.log_files, seams_.environment.cluster,
                                          seams_.environment.incarnation));
  const Deadline deadline = Deadline::After(seams_.executor.clock(), kRowTimeout);
  CO_TRY(const std::optional<model::RangeRecord> before, co_await root->Read(model::RootRange(), deadline));
  model::RangeRecord record;
  record.range = model::RootRange();
  if (before) {
    if (before->epoch > epoch) co_return common::Fenced("the root range has a later epoch than the order to load it");
    record = *before;
    model::LogRef last;
    last.location = before->location;
    last.incarnation = before->incarnation;
    const bool is_own = last.incarnation == seams_.environment.incarnation;
    const bool is_known = std::find(record.log_refs.begin(), record.log_refs.end(), last) != record.log_refs.end();
    if (!is_own && !is_known) record.log_refs.push_back(last);
  }
  record.location = seams_.location;
  record.incarnation = seams_.environment.incarnation;
  record.epoch = epoch;
  record.state = model::RangeState::kGranted;
  Status written;
  if (before) {
    written = co_await root->Write(*before, record, deadline);
  } else {
    written = co_await root->Create(record);
  }
  if (!written.ok()) co_return written;
  seams_.rows.root = std::move(root);
  co_return std::move(record);
}

Task<Result<std::shared_ptr<const model::Schema>>> RangeLoader::NewestSchemaOf(model::TableId table) {
  if (table == model::kMetadataTable) co_return model::MetadataSchema();
  if (table == model::kCatalogTable) co_return model::CatalogSchema();
  const Deadline deadline = Deadline::After(seams_.executor.clock(), kRowTimeout);
  CO_TRY(const std::vector<model::Cell> cells,
         co_await seams_.tables.ReadCatalogRow(client::CatalogRowOf(table), deadline));
  co_return client::NewestSchemaIn(cells, table);
}

void RangeLoader::Stop() {
  stopping_ = true;
  for (const std::shared_ptr<LoadedRange>& range : seams_.ranges.All()) {
    if (range->range != nullptr) range->range->StopCompactions();
  }
}

Task<Status> RangeLoader::Open(std::shared_ptr<LoadedRange> loaded) {
  CO_TRY(std::shared_ptr<const model::Schema> schema, co_await NewestSchemaOf(loaded->record.range.table));
  CO_TRY(model::Manifest manifest, ManifestOf(loaded->record));
  auto open = [environment = &seams_.environment, record = loaded->record, schema, manifest] {
    return Range::Open(*environment, record.range, record.epoch, schema, manifest);
  };
  auto range = co_await common::RunJob(seams_.executor, JobClass::kSystem, std::move(open));
  if (!range.ok()) co_return std::move(range).status();
  if (stopping_) co_return common::Cancelled("the range server is stopping");
  loaded->range = std::move(range).value();
  co_return common::OkStatus();
}

ReplaySeams RangeLoader::ReplaySeamsOf() const {
  ReplaySeams replay(seams_.log_files, seams_.environment.cluster, seams_.environment.incarnation, seams_.faults);
  replay.stopping = &stopping_;
  return replay;
}

Task<Status> RangeLoader::ReplayAndServe(std::shared_ptr<LoadedRange> loaded) {
  CO_FAULT_POINT(seams_.executor, seams_.faults, "rangeserver.load.before_replay");
  auto replay = [seams = ReplaySeamsOf(), log_class = LogClassOf(loaded->record.range),
                 target = ReplayTarget{loaded->range, loaded->record.log_refs}] {
    return ReplayLogs(seams, log_class, std::span(&target, 1)).front();
  };
  const ReplayResult replayed = co_await common::RunJob(seams_.executor, JobClass::kSystem, std::move(replay));
  for (const std::string& remark : replayed.remarks) {
    seams_.logger.Warning("log replayed", {{"range", loaded->record.range.ToString()}, {"remark", remark}});
  }
  CO_RETURN_IF_ERROR(replayed.status);
  // What may vanish in the next power cut must not be seen before it is safe.
  if (replayed.unproven) CO_RETURN_IF_ERROR(co_await seams_.compactor.Compact(loaded, CompactionKind::kMinor));
  seams_.pipelines.For(loaded->record.range).AddRange(*loaded->range);
  CO_FAULT_POINT(seams_.executor, seams_.faults, "rangeserver.load.before_serving");
  model::RangeRecord serving = loaded->record;
  serving.state = model::RangeState::kServing;
  RangeRows& rows = seams_.rows.For(loaded->record.range);
  const Deadline deadline = Deadline::After(seams_.executor.clock(), kRowTimeout);
  CO_RETURN_IF_ERROR(co_await rows.Write(loaded->record, serving, deadline));
  loaded->record = std::move(serving);
  loaded->state = LoadedRange::State::kServing;
  seams_.logger.Info("range is served", {{"range", loaded->record.range.ToString()}});
  co_return common::OkStatus();
}

Task<Status> RangeLoader::Unload(protocol::UnloadRangeRequest request) {
  const model::RangeKey key = protocol::FromMessage(request.range);
  const std::shared_ptr<LoadedRange> loaded = seams_.ranges.FindExactly(key);
  // An order that was on its way for long speaks of an earlier grant.
  if (loaded == nullptr || loaded->record.epoch > Epoch(protocol::FromMessage(request.epoch))) {
    co_return common::OkStatus();
  }
  if (loaded->state == LoadedRange::State::kLoading || loaded->state == LoadedRange::State::kUnloading) {
    co_return common::Busy("range " + key.ToString() + " is " + std::string(StateName(loaded->state)));
  }
  if (loaded->state == LoadedRange::State::kServing && !request.dropped) {
    loaded->state = LoadedRange::State::kUnloading;
    const Status flushed = co_await Flush(loaded);
    if (!flushed.ok()) {
      if (loaded->state == LoadedRange::State::kUnloading) loaded->state = LoadedRange::State::kServing;
      co_return flushed.WithContext("unloading range " + key.ToString());
    }
  }
  if (request.dropped) {
    // Afterwards the table's files are removed: a compaction must not make new ones.
    loaded->state = LoadedRange::State::kUnloading;
    co_await seams_.compactor.End(loaded);
  }
  seams_.ranges.Remove(key);
  co_return common::OkStatus();
}

Task<Status> RangeLoader::Flush(std::shared_ptr<LoadedRange> loaded) {
  CO_RETURN_IF_ERROR(co_await seams_.pipelines.For(loaded->record.range).Barrier(false));
  co_return co_await seams_.compactor.Compact(loaded, CompactionKind::kMinor);
}

}  // namespace cellar::rangeserver
