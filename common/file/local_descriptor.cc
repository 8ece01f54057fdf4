#include "common/file/local_descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <system_error>

namespace cellar::common {
namespace {

StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return StatusCode::kNotFound;
    case EEXIST:
      return StatusCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return StatusCode::kNoSpace;
    case EISDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
      return StatusCode::kInvalidArgument;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return StatusCode::kBusy;
    default:
      return StatusCode::kIoError;
  }
}

Status ErrorAt(int error, std::string_view what, std::string_view path, std::string_view place) {
  std::string message(what);
  message.append(" '").append(path).append("'").append(place).append(": ");
  message.append(std::system_category().message(error));
  return Status(CodeOf(error), std::move(message));
}

template <typename Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

LocalDescriptor& LocalDescriptor::operator=(LocalDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LocalDescriptor::~LocalDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Status LocalDescriptor::Close(std::string_view path) {
  if (fd_ < 0) return Status();
  // After EINTR the descriptor is gone on Linux: no second try.
  if (::close(std::exchange(fd_, -1)) == 0 || errno == EINTR) return Status();
  return LocalError(errno, "close", path);
}

Status LocalError(int error, std::string_view what, std::string_view path) {
  return ErrorAt(error, what, path, "");
}

Status LocalError(int error, std::string_view what, std::string_view path, uint64_t offset) {
  return ErrorAt(error, what, path, " at " + std::to_string(offset));
}

Status SyncLocal(int fd, std::string_view path) {
  if (Uninterrupted([&] { return ::fsync(fd); }) == 0) return Status();
  return LocalError(errno, "sync", path);
}

Status SyncDataLocal(int fd, std::string_view path) {
  if (Uninterrupted([&] { return ::fdatasync(fd); }) == 0) return Status();
  return LocalError(errno, "sync", path);
}

Status WriteAllLocal(int fd, std::string_view path, uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        Uninterrupted([&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (written < 0) return LocalError(errno, "write to", path, offset);
    if (written == 0) return LocalError(EIO, "write to", path, offset);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return Status();
}

Result<size_t> ReadLocal(int fd, std::string_view path, uint64_t offset, size_t size, char* out) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got =
        Uninterrupted([&] { return ::pread(fd, out + done, size - done, static_cast<off_t>(offset + done)); });
    if (got < 0) return LocalError(errno, "read", path, offset + done);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Result<std::string> ReadWholeLocal(int fd, std::string_view path, uint64_t limit_bytes) {
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(fd, path));
  const uint64_t length = static_cast<uint64_t>(info.st_size);
  if (length > limit_bytes) {
    return Corruption("'" + std::string(path) + "' has " + std::to_string(length) + " bytes, more than " +
                      std::to_string(limit_bytes));
  }
  std::string bytes(length, '\0');
  ASSIGN_OR_RETURN(const size_t read, ReadLocal(fd, path, 0, bytes.size(), bytes.data()));
  bytes.resize(read);
  return bytes;
}

Result<struct stat> StatLocal(int fd, std::string_view path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return LocalError(errno, "stat", path);
  return info;
}

Result<std::vector<std::string>> NamesLocal(int directory_fd, std::string_view path) {
  // A description of its own, so that two listings do not share a position.
  const int own = ::openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return LocalError(errno, "list", path);
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(own), close);
  if (stream == nullptr) {
    const int error = errno;
    ::close(own);
    return LocalError(error, "list", path);
  }
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return LocalError(errno, "list", path);
  std::sort(names.begin(), names.end());
  return names;
}

Status LockLocal(int fd, std::string_view path) {
  if (Uninterrupted([&] { return ::flock(fd, LOCK_EX); }) == 0) return Status();
  return LocalError(errno, "lock", path);
}

}  // namespace cellar::common
