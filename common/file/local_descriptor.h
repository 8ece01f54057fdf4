#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace cellar::common {

/// Owns a file descriptor. Closed on exec, because every open below asks for it.
class LocalDescriptor {
 public:
  LocalDescriptor() = default;
  explicit LocalDescriptor(int fd) : fd_(fd) {}
  LocalDescriptor(LocalDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LocalDescriptor& operator=(LocalDescriptor&& other) noexcept;
  ~LocalDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

  /// Closes now; `path` is for the message.
  Status Close(std::string_view path);

 private:
  int fd_ = -1;
};

/// The Status for `error` (an errno): what failed, on which path, and where: "append to 'log/3' at 4096: No space left
/// on device".
Status LocalError(int error, std::string_view what, std::string_view path);
Status LocalError(int error, std::string_view what, std::string_view path, uint64_t offset);

// System calls that go on after EINTR and after a part was done.

Status SyncLocal(int fd, std::string_view path);      ///< fsync: data and metadata, or a directory's entries.
Status SyncDataLocal(int fd, std::string_view path);  ///< fdatasync.
Status WriteAllLocal(int fd, std::string_view path, uint64_t offset, std::string_view bytes);
Result<size_t> ReadLocal(int fd, std::string_view path, uint64_t offset, size_t size, char* out);
Result<std::string> ReadWholeLocal(int fd, std::string_view path, uint64_t limit_bytes);
Result<struct stat> StatLocal(int fd, std::string_view path);

/// Names in an open directory, without "." and "..", in byte order.
Result<std::vector<std::string>> NamesLocal(int directory_fd, std::string_view path);

/// flock(LOCK_EX), waiting for it.
Status LockLocal(int fd, std::string_view path);

}  // namespace cellar::common
