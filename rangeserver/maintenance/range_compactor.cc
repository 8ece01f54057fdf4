#include "rangeserver/maintenance/range_compactor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/cpp/backoff.h"
#include "common/concurrency/run_job.h"
#include "common/fault/co_fault_point.h"

namespace cellar::rangeserver {
namespace {

constexpr Nanos kInstallTimeout = 5 * kSecond;  // of one try; also how long a stop may wait for it
constexpr Nanos kInstallPause = 100 * kMillisecond;

JobClass JobClassOf(const model::RangeKey& range) {
  return range.table.is_system() ? JobClass::kSystem : JobClass::kMaintenance;
}

/// Whether the row's manifest names a file of `edit`, or cannot tell.
bool MayName(const model::RangeRecord& row, const ManifestEdit& edit) {
  if (row.manifest.empty()) return false;
  const auto manifest = model::Manifest::Decode(row.manifest);
  if (!manifest.ok()) return true;
  const auto created = [&edit](const auto& file) {
    return std::find(edit.created.begin(), edit.created.end(), file.id) != edit.created.end();
  };
  for (const model::ManifestGroup& group : manifest->groups) {
    if (std::any_of(group.files.begin(), group.files.end(), created)) return true;
  }
  return std::any_of(manifest->dropped.begin(), manifest->dropped.end(), created);
}

}  // namespace

Task<Status> RangeCompactor::Compact(std::shared_ptr<LoadedRange> range, CompactionKind kind) {
  while (range->compacting) co_await changed_.Wait();
  if (range->state == LoadedRange::State::kOffline || range->range == nullptr) {
    co_return common::Unavailable("range " + range->record.range.ToString() + " is " +
                                  std::string(StateName(range->state)));
  }
  range->compacting = true;
  CompactionCounts& counts = counts_[kind];
  ++counts.running;
  Status status = co_await CompactAlone(range, kind);
  range->compacting = false;
  --counts.running;
  ++counts.ended;
  if (!status.ok()) ++counts.failed;
  changed_.WakeAll();
  if (!status.ok()) {
    logger_.Warning("compaction failed", {{"range", range->record.range.ToString()}, {"error", status.ToString()}});
  }
  co_return status;
}

Task<void> RangeCompactor::End(std::shared_ptr<LoadedRange> range) {
  if (range->range != nullptr) range->range->StopCompactions();
  while (range->compacting) co_await changed_.Wait();
}

Task<Status> RangeCompactor::CompactAlone(std::shared_ptr<LoadedRange> range, CompactionKind kind) {
  auto compact = [engine = range->range, kind] { return engine->Compact(kind); };
  CO_TRY(std::optional<ManifestEdit> edit,
         co_await common::RunJob(executor_, JobClassOf(range->record.range), std::move(compact)));
  if (!edit) co_return co_await ForgetReplayedLogs(range, kind);
  const bool flushes_all = kind != CompactionKind::kGc;  // every other kind begins by freezing all caches
  const Status installed = co_await Install(range, *edit, flushes_all);
  if (installed.ok()) {
    range->range->Installed(*edit);
    CO_FAULT_POINT(executor_, faults_, "range.compaction.after_install");
    if (!edit->released.empty()) {
      auto remove = [engine = range->range, done = *edit] {
        engine->RemoveReleased(done);
        return common::OkStatus();
      };
      co_return co_await common::RunJob(executor_, JobClassOf(range->record.range), std::move(remove));
    }
    co_return common::OkStatus();
  }
  co_return co_await GiveUp(range, *edit, installed);
}

Task<Status> RangeCompactor::GiveUp(std::shared_ptr<LoadedRange> range, const ManifestEdit& edit, Status why) {
  range->range->Abandoned(edit);
  if (!why.Is(StatusCode::kConflict)) co_return why;
  range->state = LoadedRange::State::kOffline;
  const std::string what = "the row of range " + range->record.range.ToString() + " is somebody else's";
  range->problem = common::NotOwner(what);  // clients look again
  const Status fenced = common::Fenced(what);
  // Under another epoch no try of ours can succeed any more: what the row does not name now, nobody ever will.
  const Deadline deadline = Deadline::After(executor_.clock(), kInstallTimeout);
  auto row = co_await rows_.For(range->record.range).Read(range->record.range, deadline);
  if (!row.ok() || (*row && ((*row)->epoch == range->record.epoch || MayName(**row, edit)))) co_return fenced;
  auto remove = [engine = range->range, abandoned = edit] { engine->RemoveCreated(abandoned); };
  co_await common::RunJob(executor_, JobClassOf(range->record.range), std::move(remove));
  co_return fenced;
}

Task<Status> RangeCompactor::ForgetReplayedLogs(std::shared_ptr<LoadedRange> range, CompactionKind kind) {
  // Nothing was in the caches, so nothing of the logs that were replayed is needed: the row may forget them.
  if (kind == CompactionKind::kGc || range->record.log_refs.empty()) co_return common::OkStatus();
  ManifestEdit unchanged;
  unchanged.manifest = range->range->manifest();
  co_return co_await Install(range, unchanged, true);
}

/// kTimedOut: the row may have changed. kConflict: it is not, and will not be, as `changed` says.
Task<Status> RangeCompactor::TryInstall(std::shared_ptr<LoadedRange> range, model::RangeRecord changed) {
  RangeRows& rows = rows_.For(range->record.range);
  Status written = co_await rows.Write(range->record, changed, Deadline::After(executor_.clock(), kInstallTimeout));
  if (!written.Is(StatusCode::kConflict)) co_return written;
  // Perhaps an earlier try whose answer was lost: the row itself says.
  auto row = co_await rows.Read(range->record.range, Deadline::After(executor_.clock(), kInstallTimeout));
  if (!row.ok()) co_return common::TimedOut("outcome unknown: " + row.status().ToString());
  if (*row && (*row)->epoch == changed.epoch && (*row)->manifest == changed.manifest) co_return common::OkStatus();
  co_return written;
}

Task<Status> RangeCompactor::Install(std::shared_ptr<LoadedRange> range, const ManifestEdit& edit, bool flushes_all) {
  CO_FAULT_POINT(executor_, faults_, "range.compaction.before_install");
  model::RangeRecord changed = range->record;
  changed.manifest = edit.manifest.Encode();
  if (flushes_all) changed.log_refs.clear();
  bool maybe_written = false;
  while (true) {
    const Status written = co_await TryInstall(range, changed);
    if (written.ok()) break;
    maybe_written |= written.Is(StatusCode::kTimedOut);
    // Once a try was not answered, the edit may be in the row: nothing but the row may end this.
    const bool again = client::IsWorthAnotherTry(written) || (maybe_written && client::IsStateOfFiles(written));
    if (!again) co_return written;
    const bool stopped = co_await stop_.SleepUntil(Deadline::After(executor_.clock(), kInstallPause));
    if (stopped) co_return common::Cancelled("the range server is stopping");
  }
  range->record = std::move(changed);
  co_return common::OkStatus();
}

}  // namespace cellar::rangeserver
