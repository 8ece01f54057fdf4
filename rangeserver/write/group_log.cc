#include "rangeserver/write/group_log.h"

#include <utility>

namespace cellar::rangeserver {

Result<std::unique_ptr<GroupLog>> GroupLog::Open(FileSystem& files, std::string directory,
                                                 const storage::LogIdentity& identity,
                                                 const storage::LogWriterOptions& options, FaultPoints& faults) {
  storage::LogWriterOptions with_faults = options;
  with_faults.faults = &faults;
  ASSIGN_OR_RETURN(auto writer, storage::LogWriter::Open(files, std::move(directory), identity, with_faults));
  return std::unique_ptr<GroupLog>(new GroupLog(std::move(writer), faults));
}

Status GroupLog::Commit(std::shared_ptr<const CommitGroup> group) {
  if (group->logged) {
    held_bytes_ += group->bytes;
    owes_sync_ |= group->must_sync;
    held_.push_back({.group = std::move(group)});
  }
  return Bring(owes_sync_ || held_bytes_ >= kMaxUnsyncedBytes);
}

Status GroupLog::Retry() {
  return Bring(true);
}

Status GroupLog::SyncAll() {
  return Bring(true);
}

Status GroupLog::Bring(bool must_sync) {
  Status status;
  for (int file = 0; file < kMaxFilesAtOnce; ++file) {
    status = BringOnce(must_sync);
    // A sealed incarnation and a dead process stay so, and on a full disk another file has no room either.
    const bool is_settled = status.ok() || status.Is(StatusCode::kFenced) || status.Is(StatusCode::kCancelled);
    if (is_settled || status.Is(StatusCode::kNoSpace)) return status;
  }
  return status;
}

Status GroupLog::BringOnce(bool must_sync) {
  if (writer_->dead() || writer_->full()) RETURN_IF_ERROR(RollOver());
  RETURN_IF_ERROR(FAULT_POINT(faults_, "write.commit.before_append"));
  RETURN_IF_ERROR(AppendHeld());
  if (!must_sync) return common::OkStatus();
  RETURN_IF_ERROR(FAULT_POINT(faults_, "write.commit.before_sync"));
  if (faults_.Planted(Defect::kAckBeforeSync)) return common::OkStatus();
  RETURN_IF_ERROR(Sync());
  return FAULT_POINT(faults_, "write.commit.after_sync");
}

Status GroupLog::RollOver() {
  const Status status = writer_->Roll();
  LetGo();  // Closing in order syncs first.
  for (Held& held : held_) held.sequence = 0;
  return status;
}

Status GroupLog::AppendHeld() {
  std::vector<storage::Section> sections;
  for (Held& held : held_) {
    if (held.sequence != 0) continue;
    sections.clear();
    for (const auto& batch : held.group->batches) {
      if (batch->durability == model::Durability::kNone) continue;
      for (const PendingBatch::Part& part : batch->parts) sections.push_back(part.section);
    }
    RETURN_IF_ERROR(writer_->Append(sections));
    held.sequence = writer_->appended_sequence();
  }
  return common::OkStatus();
}

Status GroupLog::Sync() {
  RETURN_IF_ERROR(writer_->Sync());
  LetGo();
  return common::OkStatus();
}

void GroupLog::LetGo() {
  while (!held_.empty() && held_.front().sequence != 0 && held_.front().sequence <= writer_->durable_sequence()) {
    held_bytes_ -= held_.front().group->bytes;
    held_.pop_front();
  }
  if (held_.empty()) owes_sync_ = false;
}

Result<size_t> GroupLog::Prune(const storage::FlushedTest& is_flushed, bool close_current) {
  if (close_current && held_.empty() && !writer_->empty()) RETURN_IF_ERROR(RollOver());
  auto pruned = writer_->Prune(is_flushed);
  LetGo();
  return pruned;
}

}  // namespace cellar::rangeserver
