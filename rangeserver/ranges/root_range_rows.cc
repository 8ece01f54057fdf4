#include "rangeserver/ranges/root_range_rows.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/run_job.h"
#include "storage/metalog/root_record.h"

namespace cellar::rangeserver {
namespace {

using storage::MetaLog;

using storage::kRootDirectory;

/// The directories of earlier owners, oldest first. kFenced when there is one of a later owner.
Result<std::vector<std::string>> EarlierOwners(FileSystem& files, const std::string& own) {
  ASSIGN_OR_RETURN(const auto entries, files.List(kRootDirectory));
  std::vector<std::string> older;
  for (const auto& entry : entries) {
    std::string directory = fmt::format("{}/{}", kRootDirectory, entry.name);
    if (directory > own) return common::Fenced("the root range was taken over by " + entry.name);
    if (directory != own) older.push_back(std::move(directory));
  }
  return older;
}

Result<std::unique_ptr<MetaLog>> TakeOverFiles(FileSystem& files, const ClusterId& cluster, Incarnation incarnation) {
  RETURN_IF_ERROR(files.CreateDirectories(kRootDirectory));
  const std::string own = storage::RootMetaLogDirectory(incarnation);
  ASSIGN_OR_RETURN(const std::vector<std::string> older, EarlierOwners(files, own));
  ASSIGN_OR_RETURN(std::unique_ptr<MetaLog> log, storage::TakeOverMetaLog(files, older, own, cluster, incarnation));
  // Once more: a later owner that came before this log was there has not sealed it.
  RETURN_IF_ERROR(EarlierOwners(files, own).status());
  return log;
}

}  // namespace

RootRangeRows::RootRangeRows(Executor& executor, std::shared_ptr<MetaLog> log, std::optional<model::RangeRecord> record)
    : executor_(executor), log_(std::move(log)), record_(std::move(record)) {}

Task<Result<std::unique_ptr<RootRangeRows>>> RootRangeRows::TakeOver(Executor& executor, FileSystem& files,
                                                                     ClusterId cluster, Incarnation incarnation) {
  auto take_over = [&files, cluster, incarnation] { return TakeOverFiles(files, cluster, incarnation); };
  auto log = co_await common::RunJob(executor, JobClass::kLog, std::move(take_over));
  if (!log.ok()) co_return std::move(log).status().WithContext("taking over the root metalog");
  CO_TRY(std::optional<model::RangeRecord> record, storage::DecodeRootRecord((*log)->entities()));
  std::shared_ptr<MetaLog> shared = std::move(log).value();
  co_return std::unique_ptr<RootRangeRows>(new RootRangeRows(executor, std::move(shared), std::move(record)));
}

Task<Result<std::optional<model::RangeRecord>>> RootRangeRows::Read(model::RangeKey, Deadline) {
  co_return record_;
}

Task<Status> RootRangeRows::Create(model::RangeRecord record) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  if (record_) co_return common::AlreadyExists("the root range has a record already");
  co_return co_await Store(std::move(record));
}

Task<Status> RootRangeRows::Write(model::RangeRecord known, model::RangeRecord changed, Deadline) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  if (!record_ || record_->epoch != known.epoch || record_->manifest != known.manifest) {
    co_return common::Conflict("the root range's record is not as expected");
  }
  co_return co_await Store(std::move(changed));
}

Task<Status> RootRangeRows::Store(model::RangeRecord record) {
  auto update = [log = log_, body = storage::EncodeRootRecord(record)] {
    return log->Update(storage::MetaLogRecord::Update(storage::kRootRecord, body));
  };
  const Status stored = co_await common::RunJob(executor_, JobClass::kLog, std::move(update));
  if (stored.ok()) record_ = std::move(record);
  // What failed may be on the disk all the same (a full disk refuses the sync after the append): only the next write
  // that succeeds settles it, and nobody may count on the old record until then.
  if (!stored.ok() && !stored.Is(StatusCode::kFenced)) {
    co_return common::TimedOut("the root metalog was not written, outcome unknown: " + stored.ToString());
  }
  co_return stored;
}

}  // namespace cellar::rangeserver
