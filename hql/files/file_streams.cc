#include "hql/files/file_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr mode_t kNewFileMode = 0666;  // less the umask
constexpr int kMostNames = 1'000;
constexpr size_t kKeptNameBytes = 200;  // of the 255 that a name may have

int DirectoryOf(const WriteTarget& target) {
  return target.directory >= 0 ? target.directory : AT_FDCWD;
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::string name, int fd, bool owned, std::optional<uint64_t> total_bytes, int cancel_fd)
      : name_(std::move(name)), fd_(fd), owned_(owned), total_bytes_(total_bytes), cancel_fd_(cancel_fd) {}
  ~FileSource() override {
    if (owned_) ::close(fd_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<size_t> Read(char* out, size_t size) override {
    ssize_t count = 0;
    do {
      RETURN_IF_ERROR(WaitUntilReadable());
      count = ::read(fd_, out, size);
    } while (count < 0 && (errno == EINTR || (errno == EAGAIN && cancel_fd_ >= 0)));
    if (count < 0) return FileError(name_, "read");
    bytes_read_ += static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }
  uint64_t bytes_read() const override { return bytes_read_; }
  std::optional<uint64_t> total_bytes() const override { return total_bytes_; }

 private:
  Status WaitUntilReadable() const {
    if (cancel_fd_ < 0) return Status();
    pollfd watched[2] = {{fd_, POLLIN, 0}, {cancel_fd_, POLLIN, 0}};
    while (::poll(watched, 2, -1) < 0) {
      if (errno != EINTR) return FileError(name_, "wait");
    }
    return watched[1].revents == 0 ? Status() : common::Cancelled(name_ + ": reading was cancelled");
  }

  const std::string name_;
  const int fd_;
  const bool owned_;
  const std::optional<uint64_t> total_bytes_;
  const int cancel_fd_;
  uint64_t bytes_read_ = 0;
};

/// Writes to a file of another name, which takes the place of the one that was asked for when all is in it.
class FileSink final : public ByteSink {
 public:
  FileSink(std::string name, WriteTarget target, FileTraffic* traffic)
      : name_(std::move(name)), target_(std::move(target)), traffic_(traffic) {}
  ~FileSink() override {
    if (target_.fd >= 0) {
      ::close(target_.fd);
      Remove();
    }
    if (target_.directory >= 0) ::close(target_.directory);
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(target_.fd, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileError(name_, "write");
      if (traffic_ != nullptr) traffic_->bytes_written += static_cast<uint64_t>(count);
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return Status();
  }

  Status Finish() override {
    const bool synced = target_.temporary.empty() || ::fsync(target_.fd) == 0;
    const Status status = synced ? Status() : FileError(name_, "sync");
    const int closed = ::close(target_.fd);
    target_.fd = -1;
    if (!status.ok() || closed != 0) {
      const Status failed = status.ok() ? FileError(name_, "close") : status;
      Remove();
      return failed;
    }
    const int directory = DirectoryOf(target_);
    if (target_.temporary.empty() ||
        ::renameat(directory, target_.temporary.c_str(), directory, target_.path.c_str()) == 0) {
      return Status();
    }
    const Status failed = FileError(name_, "rename");
    Remove();
    return failed;
  }

 private:
  void Remove() const {
    if (!target_.temporary.empty()) ::unlinkat(DirectoryOf(target_), target_.temporary.c_str(), 0);
  }

  const std::string name_;
  WriteTarget target_;
  FileTraffic* const traffic_;
};

}  // namespace

Status FileError(const std::string& name, std::string_view what) {
  const int error = errno;
  std::string message = name + ": " + std::string(what) + ": " + std::strerror(error);
  if (error == ENOENT || error == ENOTDIR) return common::NotFound(std::move(message)).WithDetail(kFileNotFound);
  if (error == ENOSPC || error == EDQUOT) return common::NoSpace(std::move(message)).WithDetail(kLocalIoError);
  return common::IoError(std::move(message)).WithDetail(kLocalIoError);
}

std::unique_ptr<ByteSource> NewFileSource(std::string name, int fd, bool owned, std::optional<uint64_t> total_bytes,
                                          int cancel_fd) {
  return std::make_unique<FileSource>(std::move(name), fd, owned, total_bytes, cancel_fd);
}

Status OpenTemporary(const std::string& name, WriteTarget* target) {
  const size_t slash = target->path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : target->path.substr(0, slash + 1);
  const std::string base = slash == std::string::npos ? target->path : target->path.substr(slash + 1);
  for (int number = 0; number < kMostNames; ++number) {
    target->temporary = folder + "." + base.substr(0, kKeptNameBytes) + "." + std::to_string(::getpid()) + "." +
                        std::to_string(number) + ".part";
    target->fd = ::openat(DirectoryOf(*target), target->temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                          kNewFileMode);
    if (target->fd >= 0 || errno != EEXIST) break;
  }
  return target->fd >= 0 ? Status() : FileError(name, "create");
}

std::unique_ptr<ByteSink> NewFileSink(std::string name, WriteTarget target, FileTraffic* traffic) {
  return std::make_unique<FileSink>(std::move(name), std::move(target), traffic);
}

}  // namespace cellar::hql
