#include "hql/shell/local_files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "common/base/check.h"
#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr mode_t kNewFileMode = 0666;  // less the umask
constexpr int kMostNames = 1'000;
constexpr size_t kKeptNameBytes = 200;  // of the 255 that a name may have

Status FileError(const std::string& name, std::string_view what) {
  const int error = errno;
  std::string message = name + ": " + std::string(what) + ": " + std::strerror(error);
  if (error == ENOENT || error == ENOTDIR) return common::NotFound(std::move(message)).WithDetail(kFileNotFound);
  if (error == ENOSPC || error == EDQUOT) return common::NoSpace(std::move(message)).WithDetail(kLocalIoError);
  return common::IoError(std::move(message)).WithDetail(kLocalIoError);
}

/// Where a sink writes to.
struct WriteTarget {
  int fd = -1;
  std::string path;       ///< What the file is to be called.
  std::string temporary;  ///< What it is called until it is whole; empty when written in place.

  WriteTarget() = default;
};

class FileSource final : public ByteSource {
 public:
  /// `cancel_fd`: readable when nobody wants to wait any longer; −1 for files that never keep one waiting.
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
  FileSink(std::string name, WriteTarget target, FileTraffic& traffic)
      : name_(std::move(name)), target_(std::move(target)), traffic_(traffic) {}
  ~FileSink() override {
    if (target_.fd >= 0) Abandon();
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(target_.fd, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileError(name_, "write");
      traffic_.bytes_written += static_cast<uint64_t>(count);
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
    if (target_.temporary.empty() || ::rename(target_.temporary.c_str(), target_.path.c_str()) == 0) return Status();
    const Status failed = FileError(name_, "rename");
    Remove();
    return failed;
  }

 private:
  void Abandon() {
    ::close(target_.fd);
    Remove();
  }
  void Remove() const {
    if (!target_.temporary.empty()) ::unlink(target_.temporary.c_str());
  }

  const std::string name_;
  WriteTarget target_;
  FileTraffic& traffic_;
};

/// The file that `path` leads to, through symbolic links; `path` itself when there is none yet.
std::string Resolved(const std::string& path) {
  const auto release = [](char* text) { std::free(text); };
  const std::unique_ptr<char, decltype(release)> real(::realpath(path.c_str(), nullptr), release);
  return real ? std::string(real.get()) : path;
}

/// Pipes, devices and the process's own descriptors are written as they are.
bool IsWrittenInPlace(const std::string& path, bool exists, const struct stat& about) {
  return (exists && !S_ISREG(about.st_mode)) || path.starts_with("/dev/") || path.starts_with("/proc/");
}

Result<WriteTarget> OpenTarget(const std::string& name) {
  WriteTarget target;
  const std::string path = ExpandHome(name);
  struct stat about = {};
  const bool exists = ::stat(path.c_str(), &about) == 0;
  if (IsWrittenInPlace(path, exists, about)) {
    target.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kNewFileMode);
    if (target.fd < 0) return FileError(name, "create");
    return target;
  }
  if (exists && ::access(path.c_str(), W_OK) != 0) return FileError(name, "create");
  target.path = Resolved(path);
  const size_t slash = target.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : target.path.substr(0, slash + 1);
  const std::string base = slash == std::string::npos ? target.path : target.path.substr(slash + 1);
  for (int number = 0; number < kMostNames; ++number) {
    target.temporary = folder + "." + base.substr(0, kKeptNameBytes) + "." + std::to_string(::getpid()) + "." +
                       std::to_string(number) + ".part";
    target.fd = ::open(target.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFileMode);
    if (target.fd >= 0 || errno != EEXIST) break;
  }
  if (target.fd < 0) return FileError(name, "create");
  constexpr mode_t kPermissions = 0777;
  if (exists) (void)::fchmod(target.fd, about.st_mode & kPermissions);  // the rights that the file had, where we may
  return target;
}

}  // namespace

std::string ExpandHome(const std::string& name) {
  if (!name.starts_with("~/")) return name;
  const char* home = std::getenv("HOME");
  return home == nullptr ? name : home + name.substr(1);
}

LocalFiles::LocalFiles(int input) : input_(input), cancel_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(cancel_fd_ >= 0);
}

LocalFiles::~LocalFiles() {
  ::close(cancel_fd_);
}

void LocalFiles::Cancel() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(cancel_fd_, &one, sizeof(one));  // full: it is cancelled already
}

void LocalFiles::Resume() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(cancel_fd_, &count, sizeof(count));  // nothing there: it was not
}

Result<std::unique_ptr<ByteSource>> LocalFiles::OpenForReading(const std::string& name) {
  if (name == "-") {
    if (input_ >= 0) {
      return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(name, input_, false, std::nullopt, cancel_fd_));
    }
    return common::InvalidArgument("'-': the statements come from standard input already; use -e or --command-file")
        .WithDetail(kLocalIoError);
  }
  const std::string path = ExpandHome(name);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe without a writer does not keep us
  if (fd < 0) return FileError(name, "open");
  struct stat about = {};
  const bool known = ::fstat(fd, &about) == 0;
  if (known && S_ISDIR(about.st_mode)) {
    ::close(fd);
    errno = EISDIR;
    return FileError(name, "open");
  }
  const bool is_regular = known && S_ISREG(about.st_mode);
  std::optional<uint64_t> total;
  if (is_regular) total = static_cast<uint64_t>(about.st_size);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(name, fd, true, total, is_regular ? -1 : cancel_fd_));
}

Result<std::unique_ptr<ByteSink>> LocalFiles::OpenForWriting(const std::string& name) {
  ASSIGN_OR_RETURN(WriteTarget target, OpenTarget(name));
  return std::unique_ptr<ByteSink>(std::make_unique<FileSink>(name, std::move(target), traffic_));
}

}  // namespace cellar::hql
