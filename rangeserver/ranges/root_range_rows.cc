#include "rangeserver/ranges/root_range_rows.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/run_job.h"
#include "model/scan_block.h"

namespace cellar::rangeserver {
namespace {

using storage::MetaLog;

constexpr std::string_view kRootDirectory = "root";
constexpr storage::EntityKey kRootRecord{1, 0};

std::string DirectoryOf(Incarnation incarnation) {
  return fmt::format("{}/{:010}.{:010}", kRootDirectory, incarnation.get().term, incarnation.get().counter);
}

/// A record as its cells, in the form in which they would travel.
std::string Encode(const model::RangeRecord& record) {
  model::ScanBlockWriter writer;
  for (const model::Cell& cell : model::EncodeRangeRecord(record)) writer.Add(cell.view());
  return writer.Finish();
}

Result<std::optional<model::RangeRecord>> Decode(const storage::Entities& entities) {
  const auto found = entities.find(kRootRecord);
  if (found == entities.end()) return std::optional<model::RangeRecord>();
  ASSIGN_OR_RETURN(const std::vector<model::Cell> cells, model::DecodeScanBlock(found->second));
  const model::RangeKey root = model::RootRange();
  ASSIGN_OR_RETURN(model::RangeRecord record,
                   model::DecodeRangeRecord(model::MetadataRowName(root.table, root.end_row), cells));
  return std::optional<model::RangeRecord>(std::move(record));
}

Result<std::unique_ptr<MetaLog>> TakeOverFiles(FileSystem& files, const ClusterId& cluster, Incarnation incarnation) {
  RETURN_IF_ERROR(files.CreateDirectories(kRootDirectory));
  ASSIGN_OR_RETURN(const auto entries, files.List(kRootDirectory));
  const std::string own = DirectoryOf(incarnation);
  std::vector<std::string> older;
  for (const auto& entry : entries) {
    std::string directory = fmt::format("{}/{}", kRootDirectory, entry.name);
    if (directory > own) return common::Fenced("the root range was taken over by " + entry.name);
    if (directory != own) older.push_back(std::move(directory));
  }
  return storage::TakeOverMetaLog(files, older, own, cluster, incarnation);
}

}  // namespace

RootRangeRows::RootRangeRows(Executor& executor, std::shared_ptr<MetaLog> log, std::optional<model::RangeRecord> record)
    : executor_(executor), log_(std::move(log)), record_(std::move(record)) {}

Task<Result<std::unique_ptr<RootRangeRows>>> RootRangeRows::TakeOver(Executor& executor, FileSystem& files,
                                                                     ClusterId cluster, Incarnation incarnation) {
  auto take_over = [&files, cluster, incarnation] { return TakeOverFiles(files, cluster, incarnation); };
  auto log = co_await common::RunJob(executor, JobClass::kLog, std::move(take_over));
  if (!log.ok()) co_return std::move(log).status().WithContext("taking over the root metalog");
  CO_TRY(std::optional<model::RangeRecord> record, Decode((*log)->entities()));
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
  auto update = [log = log_, body = Encode(record)] {
    return log->Update(storage::MetaLogRecord::Update(kRootRecord, body));
  };
  const Status stored = co_await common::RunJob(executor_, JobClass::kLog, std::move(update));
  if (stored.ok()) record_ = std::move(record);
  co_return stored;
}

}  // namespace cellar::rangeserver
