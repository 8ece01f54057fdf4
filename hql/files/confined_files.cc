#include "hql/files/confined_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "hql/error_codes.h"
#include "hql/files/file_streams.h"

namespace cellar::hql {

namespace {

Status Refused(const std::string& name, const std::string& why) {
  return common::InvalidArgument(name + ": " + why).WithDetail(kNotAllowed);
}

/// An open descriptor, closed in the end unless it was taken.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  int Take() { return std::exchange(fd_, -1); }
  void Reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

/// The parts of a name below the root; "." and nothing between two '/' are left out.
Result<std::vector<std::string>> PartsOf(const std::string& name, const std::string& root) {
  if (root.empty()) {
    return Refused(name, "this gateway reads and writes no files: the setting gateway.import_root is not set");
  }
  std::string_view rest = name;
  if (rest.starts_with('/')) {
    if (!rest.starts_with(root + "/")) return Refused(name, "files are below the import root only");
    rest.remove_prefix(root.size() + 1);
  }
  std::vector<std::string> parts;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
    if (part == "..") return Refused(name, "'..' is not taken in names of files");
    if (part.find('\0') != std::string_view::npos) return Refused(name, "a name has no NUL");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  if (parts.empty() || name == "-" || name.ends_with('/')) return Refused(name, "this names no file");
  return parts;
}

bool IsLink(int directory, const std::string& part) {
  struct stat about = {};
  return ::fstatat(directory, part.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode);
}

/// What openat says when it is told not to follow links; of one, as ELOOP or, where a directory is meant, ENOTDIR.
Status OpenError(const std::string& name, int directory, const std::string& part) {
  const Status failed = FileError(name, "open");
  return IsLink(directory, part) ? Refused(name, "symbolic links are not followed") : failed;
}

/// The directory that holds the file.
Result<int> OpenDirectory(const std::string& name, const std::string& root, const std::vector<std::string>& parts) {
  Descriptor directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return FileError(root, "import root");
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const int next = ::openat(directory.get(), parts[i].c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) return OpenError(name, directory.get(), parts[i]);
    directory.Reset(next);
  }
  return directory.Take();
}

/// Whether there is a regular file: false when there is nothing. Anything else is refused.
Result<bool> IsRegular(const std::string& name, int directory, const std::string& last, struct stat* about) {
  if (::fstatat(directory, last.c_str(), about, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    return FileError(name, "look");
  }
  if (S_ISLNK(about->st_mode)) return Refused(name, "symbolic links are not followed");
  if (!S_ISREG(about->st_mode)) return Refused(name, "this is no regular file");
  return true;
}

}  // namespace

ConfinedFiles::ConfinedFiles(std::string root) : root_(std::move(root)) {
  while (root_.size() > 1 && root_.ends_with('/')) root_.pop_back();
}

Result<std::unique_ptr<ByteSource>> ConfinedFiles::OpenForReading(const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, PartsOf(name, root_));
  ASSIGN_OR_RETURN(const int directory_fd, OpenDirectory(name, root_, parts));
  const Descriptor directory(directory_fd);
  // O_NONBLOCK: a pipe that stands there without a writer does not keep us.
  Descriptor file(
      ::openat(directory.get(), parts.back().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return OpenError(name, directory.get(), parts.back());
  struct stat about = {};
  if (::fstat(file.get(), &about) != 0) return FileError(name, "look");
  if (!S_ISREG(about.st_mode)) return Refused(name, "this is no regular file");
  return NewFileSource(name, file.Take(), /*owned=*/true, static_cast<uint64_t>(about.st_size));
}

Result<std::unique_ptr<ByteSink>> ConfinedFiles::OpenForWriting(const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, PartsOf(name, root_));
  ASSIGN_OR_RETURN(const int directory_fd, OpenDirectory(name, root_, parts));
  Descriptor directory(directory_fd);
  struct stat about = {};
  ASSIGN_OR_RETURN(const bool exists, IsRegular(name, directory.get(), parts.back(), &about));
  WriteTarget target;
  target.directory = directory.get();
  target.path = parts.back();
  RETURN_IF_ERROR(OpenTemporary(name, &target));
  constexpr mode_t kPermissions = 0777;
  if (exists) (void)::fchmod(target.fd, about.st_mode & kPermissions);  // the rights that the file had, where we may
  directory.Take();
  return NewFileSink(name, std::move(target), nullptr);
}

}  // namespace cellar::hql
