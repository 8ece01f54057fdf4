#include "master/garbage/garbage_collector.h"

#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "model/manifest.h"
#include "storage/metalog/root_record.h"

namespace cellar::master {

GarbageCollector::GarbageCollector(MasterCore& core, const Recovery& recovery)
    : core_(core), recovery_(recovery), catalog_(core), tasks_(core.executor()) {}

void GarbageCollector::Start() {
  tasks_.Spawn(Run(), "garbage collector");
}

bool GarbageCollector::collected() const {
  return recovery_.recovered() && collected_at_ == core_.servers().change_count();
}

Task<void> GarbageCollector::Run() {
  Nanos pause = kFirstPause;
  while (true) {
    while (!recovery_.recovered()) co_await recovery_.passed().Wait();
    const uint64_t seen = core_.servers().change_count();
    const Status status = co_await Pass();
    if (status.ok()) {
      collected_at_ = seen;
      pause = core_.options().garbage_interval;
    } else {
      core_.logger().Info("garbage is left for the next try", {{"reason", status.ToString()}});
    }
    // Busy: something else goes first, which is nobody's problem.
    if (status.ok() || status.Is(StatusCode::kBusy)) {
      core_.problems().Clear("collection of garbage");
    } else {
      core_.problems().Set("collection of garbage", status);
    }
    const Deadline next = Deadline::After(core_.executor().clock(), std::min(pause, core_.options().garbage_interval));
    const bool was_recovery = co_await recovery_.passed().WaitUntil(next);
    pause = was_recovery || status.ok() ? kFirstPause : pause * 2;
  }
}

Status GarbageCollector::CheckQuiet() const {
  if (!recovery_.recovered()) return common::Busy("a recovery is under way");
  for (const auto& [id, operation] : core_.log().operations()) {
    if (operation.done) continue;
    return common::Busy("an operation is under way: " + std::string(OperationKindName(operation.kind)) + " " +
                        operation.path);
  }
  return common::OkStatus();
}

Task<Status> GarbageCollector::Pass() {
  CO_RETURN_IF_ERROR(co_await FinishRecorded());
  CO_RETURN_IF_ERROR(CheckQuiet());
  const Nanos began = core_.executor().clock().MonotonicNow();
  const uint64_t seen = core_.servers().change_count();
  CO_TRY(const GarbageCandidates candidates, co_await ListCandidates());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.gc.after_listing");
  CO_TRY(const GarbageReferences references, co_await ScanReferences());
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.gc.after_scan");
  CO_RETURN_IF_ERROR(core_.CheckActive());
  CO_RETURN_IF_ERROR(CheckQuiet());
  if (core_.servers().change_count() != seen) co_return common::Busy("a server came or went during the scan");
  if (core_.executor().clock().MonotonicNow() - began > model::kDroppedFileGrace / 2) {
    co_return common::Unavailable("the scan took too long to be trusted");
  }
  const uint32_t next_table = core_.log().counters().next_table;
  CO_RETURN_IF_ERROR(co_await Remove(references.FindGarbage(candidates, core_.servers(), next_table)));
  if (references.KeepDeadLogs(candidates, core_.servers())) {
    co_return common::Busy("ranges have yet to flush what they replayed");
  }
  co_return common::OkStatus();
}

FileIdBlocks GarbageCollector::BlocksGivenOut() const {
  FileIdBlocks blocks;
  blocks.next = core_.log().counters().next_file_id_block;
  for (const auto& [number, server] : core_.log().servers()) {
    // Of a location's earlier lives nothing is recorded: they ended when the next one began.
    const model::LogRef life{server.location(), server.incarnation};
    if (!core_.IsSealed(life)) blocks.of_unsealed.emplace(server.file_id_block, life);
  }
  return blocks;
}

Task<Result<GarbageCandidates>> GarbageCollector::ListCandidates() {
  auto list = [&log = core_.log_files(), &data = core_.data_files(), blocks = BlocksGivenOut(),
               term = core_.log().term()] { return ListGarbageCandidates(log, data, blocks, term); };
  co_return co_await common::RunJob(core_.executor(), JobClass::kMaintenance, std::move(list));
}

Task<Result<GarbageReferences>> GarbageCollector::ScanReferences() {
  const std::optional<RootOwner> owner = core_.directory().root();
  auto read = [&files = core_.log_files(), cluster = core_.cluster()] {
    return storage::ReadRootRecord(files, cluster);
  };
  CO_TRY(const auto root, co_await common::RunJob(core_.executor(), JobClass::kLog, std::move(read)));
  if (!root || !owner || root->incarnation != owner->incarnation) {
    co_return common::Busy("the root range is about to move");
  }
  CO_TRY(std::vector<model::RangeRecord> rows,
         co_await core_.tables().ReadRanges(model::kMetadataTable, core_.CallDeadline()));
  CO_TRY(std::vector<model::RangeRecord> others,
         co_await core_.tables().ReadRanges(std::nullopt, core_.CallDeadline()));
  std::move(others.begin(), others.end(), std::back_inserter(rows));
  CO_TRY(const auto schemas, co_await catalog_.ReadSchemas());
  std::set<model::TableId> tables = {model::kMetadataTable, model::kCatalogTable};
  for (const auto& [table, schema] : schemas) tables.insert(table);
  co_return GarbageReferences::FromRows(*root, rows, tables, core_.servers());
}

Task<Status> GarbageCollector::Remove(std::vector<std::string> garbage) {
  while (!garbage.empty()) {
    GarbageEntity entity;
    entity.id = core_.log().garbage().empty() ? 1 : core_.log().garbage().rbegin()->first + 1;
    const size_t count = std::min(garbage.size(), GarbageEntity::kMaxPaths);
    entity.paths.assign(garbage.end() - static_cast<ptrdiff_t>(count), garbage.end());
    garbage.resize(garbage.size() - count);
    co_await core_.SaveSurely(entity);
    CO_FAULT_POINT(core_.executor(), core_.faults(), "master.gc.after_record");
    CO_RETURN_IF_ERROR(co_await RemoveRecorded(entity.id, std::move(entity.paths)));
  }
  co_return common::OkStatus();
}

Task<Status> GarbageCollector::FinishRecorded() {
  const std::map<uint64_t, GarbageEntity> recorded = core_.log().garbage();
  for (const auto& [id, entity] : recorded) CO_RETURN_IF_ERROR(co_await RemoveRecorded(id, entity.paths));
  co_return common::OkStatus();
}

Task<Status> GarbageCollector::RemoveRecorded(uint64_t id, std::vector<std::string> paths) {
  CO_RETURN_IF_ERROR(core_.CheckActive());
  const size_t count = paths.size();
  const std::string first = paths.front();
  auto remove = [&log = core_.log_files(), &data = core_.data_files(), all = std::move(paths)] {
    return RemoveGarbage(log, data, all);
  };
  CO_RETURN_IF_ERROR(co_await common::RunJob(core_.executor(), JobClass::kMaintenance, std::move(remove)));
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.gc.after_removal");
  CO_RETURN_IF_ERROR(co_await core_.log().ForgetGarbage(id));
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.gc.after_forget");
  removed_count_ += count;
  core_.logger().Info("garbage was removed", {{"count", count}, {"first", first}});
  co_return common::OkStatus();
}

}  // namespace cellar::master
