#include "common/file/local_fence.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/file/path.h"

namespace cellar::common {

bool LocalFence::IsOpen() const {
  return std::all_of(marks_.begin(), marks_.end(), [](const MarkAbove& above) { return above.mark->IsOpen(); });
}

Status LocalFence::CheckCreate(Incarnation incarnation) const {
  // Dekker's pattern with the sealer: here the file's length is stored before the word is loaded, there the word is
  // stored before the lengths are loaded. The fences keep either side from swapping the two.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  for (const MarkAbove& above : marks_) {
    if (above.mark->IsOpen()) continue;
    ASSIGN_OR_RETURN(const std::shared_ptr<const SealMark> mark, above.mark->Current());
    if (incarnation >= mark->incarnation) continue;
    return Fenced("'" + path_ + "' of incarnation " + incarnation.get().ToString() +
                  ": a directory above it is sealed by " + mark->incarnation.get().ToString());
  }
  return Status();
}

Status LocalFence::CheckNotClosed() const {
  for (const MarkAbove& above : marks_) {
    if (above.mark->IsOpen()) continue;
    ASSIGN_OR_RETURN(const std::shared_ptr<const SealMark> mark, above.mark->Current());
    if (mark->lengths.contains(above.path_below)) return Fenced("'" + path_ + "' was closed by a seal above it");
  }
  return Status();
}

Status LocalFence::CheckSync(Incarnation incarnation) const {
  RETURN_IF_ERROR(CheckCreate(incarnation));
  return CheckNotClosed();
}

Result<uint64_t> LocalFence::VisibleLength(uint64_t length_bytes) const {
  for (const MarkAbove& above : marks_) {
    if (above.mark->IsOpen()) continue;
    ASSIGN_OR_RETURN(const std::shared_ptr<const SealMark> mark, above.mark->Current());
    const auto stored = mark->lengths.find(above.path_below);
    if (stored != mark->lengths.end()) length_bytes = std::min(length_bytes, stored->second);
  }
  return length_bytes;
}

Result<LocalFence> LocalSealMarks::Above(std::string_view path, bool create) {
  std::vector<LocalFence::MarkAbove> marks;
  for (const std::string_view directory : DirectoriesAbove(path)) {
    Result<std::shared_ptr<LocalSealMark>> mark = Find(directory, create);
    if (mark.ok()) {
      marks.push_back({.path_below = std::string(PathBelow(path, directory)), .mark = std::move(mark).value()});
    } else if (create || !mark.status().Is(StatusCode::kNotFound)) {
      return std::move(mark).status();
    }
  }
  return LocalFence(std::string(path), std::move(marks));
}

Result<std::shared_ptr<LocalSealMark>> LocalSealMarks::Find(std::string_view directory, bool create) {
  std::shared_ptr<LocalSealMark> found;
  {
    const MutexLock lock(mutex_);
    const auto known = open_.find(directory);
    if (known != open_.end()) found = known->second.lock();
  }
  if (found != nullptr && found->IsLinked()) return found;
  ASSIGN_OR_RETURN(std::shared_ptr<LocalSealMark> opened, LocalSealMark::Open(root_, directory, create));
  const MutexLock lock(mutex_);
  if (open_.size() >= kSweepAt) {
    std::erase_if(open_, [](const auto& known) { return known.second.expired(); });
  }
  open_.insert_or_assign(std::string(directory), opened);
  return opened;
}

}  // namespace cellar::common
