#include "hql/files/local_files.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/base/check.h"
#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr mode_t kNewFileMode = 0666;  // less the umask

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
  RETURN_IF_ERROR(OpenTemporary(name, &target));
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
      return NewFileSource(name, input_, /*owned=*/false, std::nullopt, cancel_fd_);
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
  return NewFileSource(name, fd, /*owned=*/true, total, is_regular ? -1 : cancel_fd_);
}

Result<std::unique_ptr<ByteSink>> LocalFiles::OpenForWriting(const std::string& name) {
  ASSIGN_OR_RETURN(WriteTarget target, OpenTarget(name));
  return NewFileSink(name, std::move(target), &traffic_);
}

}  // namespace cellar::hql
