#include "common/file/local_seal_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/file/path.h"

namespace cellar::common {
namespace {

/// Whether the header is there. One of zeros is what a power cut may leave of it.
Result<bool> HasHeader(int fd, std::string_view path) {
  std::string found(SealMark::kHeaderBytes, '\0');
  ASSIGN_OR_RETURN(const size_t read, ReadLocal(fd, path, 0, found.size(), found.data()));
  return read == found.size() && found.find_first_not_of('\0') != std::string::npos;
}

Status EnsureHeader(const LocalRoot& root, std::string_view directory, int fd, std::string_view path) {
  ASSIGN_OR_RETURN(const bool was_there, HasHeader(fd, path));
  if (was_there) return Status();  // Without the lock: a sealer may hold it for long.
  ASSIGN_OR_RETURN(const LocalDescriptor locked, root.OpenFile(path, O_RDWR));
  RETURN_IF_ERROR(LockLocal(locked.get(), path));
  ASSIGN_OR_RETURN(const bool is_there, HasHeader(fd, path));
  if (is_there) return Status();
  RETURN_IF_ERROR(WriteAllLocal(fd, path, 0, SealMark::EncodeHeader()));
  RETURN_IF_ERROR(SyncLocal(fd, path));
  return root.SyncDirectory(directory);
}

}  // namespace

Result<std::shared_ptr<LocalSealMark>> LocalSealMark::Open(const LocalRoot& root, std::string_view directory,
                                                           bool create) {
  const std::string path = JoinPath(directory, kSealMarkName);
  ASSIGN_OR_RETURN(LocalDescriptor descriptor, root.OpenFile(path, create ? O_RDWR | O_CREAT : O_RDONLY));
  if (create) RETURN_IF_ERROR(EnsureHeader(root, directory, descriptor.get(), path));
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(descriptor.get(), path));
  if (static_cast<uint64_t>(info.st_size) < SealMark::kHeaderBytes) {
    return NotFound("seal mark '" + path + "' is not complete");  // Its maker is between creating and writing it.
  }
  void* const page = ::mmap(nullptr, SealMark::kHeaderBytes, PROT_READ, MAP_SHARED, descriptor.get(), 0);
  if (page == MAP_FAILED) return LocalError(errno, "map", path);
  return std::shared_ptr<LocalSealMark>(
      new LocalSealMark(path, std::move(descriptor), static_cast<const uint64_t*>(page)));
}

LocalSealMark::~LocalSealMark() {
  ::munmap(const_cast<uint64_t*>(word_), SealMark::kHeaderBytes);
}

Result<std::shared_ptr<const SealMark>> LocalSealMark::Current() const {
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(descriptor_.get(), path_));
  {
    // When all bytes were valid the file can only have grown since.
    const MutexLock lock(mutex_);
    if (decoded_ != nullptr && decoded_->valid_bytes == static_cast<uint64_t>(info.st_size)) return decoded_;
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadWholeLocal(descriptor_.get(), path_, SealMark::kMaxBytes));
  Result<SealMark> mark = SealMark::Decode(bytes);
  if (!mark.ok()) return std::move(mark).status().WithContext("'" + path_ + "'");
  auto decoded = std::make_shared<const SealMark>(std::move(mark).value());
  const MutexLock lock(mutex_);
  decoded_ = decoded;
  return decoded;
}

bool LocalSealMark::IsLinked() const {
  const Result<struct stat> info = StatLocal(descriptor_.get(), path_);
  return info.ok() && info->st_nlink > 0;
}

Result<LocalDescriptor> LocalSealMark::OpenForSealing(const LocalRoot& root) const {
  ASSIGN_OR_RETURN(LocalDescriptor locked, root.OpenFile(path_, O_RDWR));
  RETURN_IF_ERROR(LockLocal(locked.get(), path_));
  return locked;
}

Status LocalSealMark::StoreWord(uint64_t word) const {
  // Written through the file, not the mapping: on a full disk a store to a mapped page could kill the process. Only
  // the first byte ever differs, so no reader sees a torn word.
  return WriteAllLocal(descriptor_.get(), path_, 0, SealMark::EncodeWord(word));
}

Status LocalSealMark::AppendRecord(uint64_t offset, std::string_view record) const {
  if (::ftruncate(descriptor_.get(), static_cast<off_t>(offset)) != 0) {
    return LocalError(errno, "truncate", path_, offset);
  }
  return WriteAllLocal(descriptor_.get(), path_, offset, record);
}

Status LocalSealMark::Sync() const {
  return SyncLocal(descriptor_.get(), path_);
}

}  // namespace cellar::common
