#include "storage/metalog/metalog.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"

namespace cellar::storage {
namespace {

constexpr size_t kSnapshotBlockBytes = 1 << 20;

}  // namespace

MetaLog::MetaLog(FileSystem& files, std::string directory, const ClusterId& cluster, Incarnation incarnation,
                 const MetaLogOptions& options)
    : files_(files), directory_(std::move(directory)), options_(options) {
  header_.cluster = cluster;
  header_.incarnation = incarnation;
}

Result<std::unique_ptr<MetaLog>> MetaLog::Open(FileSystem& files, std::string directory, const ClusterId& cluster,
                                               Incarnation incarnation, const MetaLogOptions& options,
                                               Entities initial) {
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(MetaLogState state, ReadMetaLog(files, directory, cluster));
  if (state.incarnation > incarnation)
    return common::Fenced(directory + ": was taken over by incarnation " + state.incarnation.get().ToString());
  std::unique_ptr<MetaLog> log(new MetaLog(files, std::move(directory), cluster, incarnation, options));
  log->last_number_ = state.highest_number;
  log->entities_ = state.is_new() ? std::move(initial) : std::move(state.entities);
  RETURN_IF_ERROR(log->OpenNext());
  return log;
}

Status MetaLog::Die(Status status) {
  if (file_ != nullptr) static_cast<void>(file_->Close());
  file_ = nullptr;
  number_ = 0;
  return status;
}

Status MetaLog::OpenNext() {
  static_cast<void>(Die(common::OkStatus()));
  header_.number = ++last_number_;
  const std::string path = PathOf(header_.number);
  Result<std::unique_ptr<WritableFile>> file = files_.Create(path, header_.incarnation);
  if (!file.ok()) return std::move(file).status();
  file_ = std::move(*file);
  sequence_ = 0;
  durable_end_ = 0;
  const Result<uint64_t> offset = file_->Append(EncodeMetaLogHeader(header_));
  if (!offset.ok()) return Die(offset.status().WithContext(path));
  end_ = kMetaLogHeaderBytes;
  RETURN_IF_ERROR(Sync());
  RETURN_IF_ERROR(WriteSnapshot());
  RETURN_IF_ERROR(Sync());
  snapshot_bytes_ = end_;
  // An empty update that knows the snapshot to be durable: damage to the snapshot is never taken for a torn one.
  RETURN_IF_ERROR(AppendBlock(MetaLogBlockKind::kUpdate, {}, 0));
  RETURN_IF_ERROR(Sync());
  number_ = header_.number;
  RemoveOldFiles();
  return common::OkStatus();
}

Status MetaLog::WriteSnapshot() {
  std::string records;
  uint32_t record_count = 0;
  for (const auto& [key, body] : entities_) {
    if (records.size() >= kSnapshotBlockBytes) {
      RETURN_IF_ERROR(AppendBlock(MetaLogBlockKind::kSnapshot, records, record_count));
      records.clear();
      record_count = 0;
    }
    AppendRecord(MetaLogRecord::Update(key, body), &records);
    ++record_count;
  }
  return AppendBlock(MetaLogBlockKind::kLastOfSnapshot, records, record_count);
}

Status MetaLog::AppendBlock(MetaLogBlockKind kind, std::string_view records, uint32_t record_count) {
  MetaLogBlock block;
  block.kind = kind;
  block.record_count = record_count;
  block.sequence = sequence_ + 1;
  block.offset = end_;
  block.durable_up_to = durable_end_;
  block.records = records;
  const Result<uint64_t> offset = file_->Append(EncodeMetaLogBlock(block, header_));
  if (!offset.ok()) return Die(offset.status().WithContext(PathOf(header_.number)));
  CHECK(*offset == end_);
  sequence_ = block.sequence;
  end_ = block.end();
  return common::OkStatus();
}

Status MetaLog::Sync() {
  Status status = file_->Sync();
  if (!status.ok()) return Die(std::move(status).WithContext(PathOf(header_.number)));
  durable_end_ = end_;
  return common::OkStatus();
}

Status MetaLog::AppendUpdate(std::span<const MetaLogRecord> records) {
  std::string encoded;
  for (const MetaLogRecord& record : records) AppendRecord(record, &encoded);
  RETURN_IF_ERROR(AppendBlock(MetaLogBlockKind::kUpdate, encoded, static_cast<uint32_t>(records.size())));
  return Sync();
}

Status MetaLog::Update(std::span<const MetaLogRecord> records) {
  size_t bytes = 0;
  for (const MetaLogRecord& record : records) {
    if (record.body().size() > kMaxEntityBytes) return common::InvalidArgument("entity is larger than a metalog takes");
    bytes += record.body().size() + 32;
  }
  if (bytes > kMaxMetaLogBlockBytes) return common::InvalidArgument("batch is larger than a metalog takes");
  for (const MetaLogRecord& record : records) record.ApplyTo(&entities_);
  const bool too_long = end_ >= std::max(options_.max_file_bytes, 2 * snapshot_bytes_);
  if (file_ != nullptr && !too_long && AppendUpdate(records).ok()) return common::OkStatus();
  return OpenNext();
}

Status MetaLog::Roll() {
  return OpenNext();
}

Status MetaLog::Confirm() {
  return file_ == nullptr ? OpenNext() : Sync();
}

void MetaLog::RemoveOldFiles() {
  while (oldest_number_ + options_.kept_file_count < number_) {
    const Status status = files_.Remove(PathOf(oldest_number_));
    if (!status.ok() && !status.Is(StatusCode::kNotFound)) return;  // Tried again after the next roll.
    ++oldest_number_;
  }
}

Result<std::unique_ptr<MetaLog>> TakeOverMetaLog(FileSystem& files, std::span<const std::string> older_directories,
                                                 std::string directory, const ClusterId& cluster,
                                                 Incarnation incarnation, const MetaLogOptions& options,
                                                 Entities initial) {
  for (const std::string& older : older_directories) {
    auto sealed = files.Seal(older, incarnation);
    if (!sealed.ok() && !sealed.status().Is(StatusCode::kNotFound)) return std::move(sealed).status();
  }
  for (size_t i = older_directories.size(); i > 0; --i) {
    ASSIGN_OR_RETURN(MetaLogState state, ReadMetaLog(files, older_directories[i - 1], cluster));
    if (state.is_new()) continue;
    return MetaLog::Open(files, std::move(directory), cluster, incarnation, options, std::move(state.entities));
  }
  return MetaLog::Open(files, std::move(directory), cluster, incarnation, options, std::move(initial));
}

}  // namespace cellar::storage
