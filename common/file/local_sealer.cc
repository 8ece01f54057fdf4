#include "common/file/local_sealer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>

#include "common/file/local_file_system.h"
#include "common/file/path.h"

namespace cellar::common {
namespace {

std::vector<SealedFile> ToSealedFiles(const SealMark::Lengths& lengths) {
  std::vector<SealedFile> files;
  files.reserve(lengths.size());
  for (const auto& [name, length] : lengths) files.push_back({.name = name, .length_bytes = length});
  return files;
}

}  // namespace

void LocalSealer::Step(LocalStep step) const {
  if (on_step_) on_step_(step);
}

Result<std::vector<SealedFile>> LocalSealer::Seal(Incarnation incarnation) {
  ASSIGN_OR_RETURN(const std::shared_ptr<LocalSealMark> mark, LocalSealMark::Open(root_, directory_, /*create=*/true));
  ASSIGN_OR_RETURN(const LocalDescriptor lock, mark->OpenForSealing(root_));
  ASSIGN_OR_RETURN(const std::shared_ptr<const SealMark> found, mark->Current());
  // The word says "complete" only once the lengths were durable; lengths without it may come from a failed sync.
  const bool is_done = found->word == SealMark::kComplete && found->complete_incarnation >= incarnation;
  if (is_done) return ToSealedFiles(found->lengths);

  const std::string begun = SealMark::EncodeBegun(std::max(incarnation, found->incarnation));
  RETURN_IF_ERROR(Begin(*mark, *found, begun));
  SealMark::Lengths lengths = found->lengths;  // What was stored first stays.
  RETURN_IF_ERROR(CollectLengths(directory_, &lengths));
  Step(LocalStep::kSealFilesRead);

  const std::string record = SealMark::EncodeLengths(std::max(incarnation, found->complete_incarnation), lengths);
  RETURN_IF_ERROR(mark->AppendRecord(found->valid_bytes + begun.size(), record));
  RETURN_IF_ERROR(mark->Sync());
  Step(LocalStep::kSealStored);
  RETURN_IF_ERROR(mark->StoreWord(SealMark::kComplete));
  RETURN_IF_ERROR(mark->Sync());
  return ToSealedFiles(lengths);
}

Status LocalSealer::Begin(const LocalSealMark& mark, const SealMark& found, const std::string& record) const {
  if (found.word == SealMark::kComplete) {
    // No longer true once the next record is there; so it goes first.
    RETURN_IF_ERROR(mark.StoreWord(SealMark::kBegun));
    RETURN_IF_ERROR(mark.Sync());
  }
  RETURN_IF_ERROR(mark.AppendRecord(found.valid_bytes, record));
  Step(LocalStep::kSealRecorded);
  RETURN_IF_ERROR(mark.StoreWord(SealMark::kBegun));
  std::atomic_thread_fence(std::memory_order_seq_cst);  // See LocalFence::CheckCreate.
  Step(LocalStep::kSealWordSet);
  RETURN_IF_ERROR(mark.Sync());
  RETURN_IF_ERROR(root_.SyncDirectory(directory_));
  Step(LocalStep::kSealMarkSynced);
  return Status();
}

Status LocalSealer::CollectLengths(const std::string& path, SealMark::Lengths* lengths) {
  const Result<LocalDescriptor> directory = root_.OpenDirectory(path);
  if (directory.status().Is(StatusCode::kNotFound)) return Status();  // Removed meanwhile.
  RETURN_IF_ERROR(directory.status());
  RETURN_IF_ERROR(SyncLocal(directory->get(), path));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesLocal(directory->get(), path));
  for (const std::string& name : names) {
    if (!IsValidPathComponent(name)) continue;
    RETURN_IF_ERROR(CollectOne(JoinPath(path, name), lengths));
  }
  return Status();
}

Status LocalSealer::CollectOne(const std::string& path, SealMark::Lengths* lengths) {
  const Result<LocalDescriptor> file = root_.OpenFile(path, O_RDONLY | O_NONBLOCK);
  if (file.status().Is(StatusCode::kNotFound)) return Status();
  RETURN_IF_ERROR(file.status());
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(file->get(), path));
  if (S_ISDIR(info.st_mode)) return CollectLengths(path, lengths);
  if (!S_ISREG(info.st_mode)) return Status();
  // In this order every byte within the length is durable, whatever a writer that does not know yet appends meanwhile.
  RETURN_IF_ERROR(SyncLocal(file->get(), path));
  ASSIGN_OR_RETURN(const LocalFence inner, marks_.Above(path, /*create=*/false));
  ASSIGN_OR_RETURN(const uint64_t length, inner.VisibleLength(static_cast<uint64_t>(info.st_size)));
  lengths->emplace(PathBelow(path, directory_), length);
  return Status();
}

Result<LocalSealerLocks> LocalSealerLocks::TakeAbove(const LocalRoot& root, std::string_view path) {
  LocalSealerLocks locks;
  for (const std::string_view directory : DirectoriesAbove(path)) {
    ASSIGN_OR_RETURN(const std::shared_ptr<LocalSealMark> mark, LocalSealMark::Open(root, directory, /*create=*/true));
    ASSIGN_OR_RETURN(LocalDescriptor lock, mark->OpenForSealing(root));
    locks.locks_.push_back(std::move(lock));
  }
  return locks;
}

}  // namespace cellar::common
