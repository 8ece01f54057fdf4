#include "hql/shell/local_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr mode_t kNewFileMode = 0666;  // less the umask

Status FileError(const std::string& name, std::string_view what) {
  const int error = errno;
  std::string message = name + ": " + std::string(what) + ": " + std::strerror(error);
  if (error == ENOENT || error == ENOTDIR) return common::NotFound(std::move(message)).WithDetail(kFileNotFound);
  if (error == ENOSPC || error == EDQUOT) return common::NoSpace(std::move(message)).WithDetail(kLocalIoError);
  return common::IoError(std::move(message)).WithDetail(kLocalIoError);
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::string name, int fd, bool owned, std::optional<uint64_t> total_bytes)
      : name_(std::move(name)), fd_(fd), owned_(owned), total_bytes_(total_bytes) {}
  ~FileSource() override {
    if (owned_) ::close(fd_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<size_t> Read(char* out, size_t size) override {
    ssize_t count = 0;
    do {
      count = ::read(fd_, out, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return FileError(name_, "read");
    bytes_read_ += static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }
  uint64_t bytes_read() const override { return bytes_read_; }
  std::optional<uint64_t> total_bytes() const override { return total_bytes_; }

 private:
  const std::string name_;
  const int fd_;
  const bool owned_;
  const std::optional<uint64_t> total_bytes_;
  uint64_t bytes_read_ = 0;
};

class FileSink final : public ByteSink {
 public:
  FileSink(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  ~FileSink() override {
    if (fd_ >= 0) ::close(fd_);
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileError(name_, "write");
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return Status();
  }

  Status Finish() override {
    const int closed = ::close(fd_);
    fd_ = -1;
    return closed == 0 ? Status() : FileError(name_, "close");
  }

 private:
  const std::string name_;
  int fd_;
};

}  // namespace

std::string ExpandHome(const std::string& name) {
  if (!name.starts_with("~/")) return name;
  const char* home = std::getenv("HOME");
  return home == nullptr ? name : home + name.substr(1);
}

Result<std::unique_ptr<ByteSource>> LocalFiles::OpenForReading(const std::string& name) {
  if (name == "-") {
    if (input_ >= 0)
      return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(name, input_, false, std::nullopt));
    return common::InvalidArgument("'-': the statements come from standard input already; use -e or --command-file")
        .WithDetail(kLocalIoError);
  }
  const std::string path = ExpandHome(name);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(name, "open");
  struct stat about = {};
  const bool known = ::fstat(fd, &about) == 0;
  if (known && S_ISDIR(about.st_mode)) {
    ::close(fd);
    errno = EISDIR;
    return FileError(name, "open");
  }
  std::optional<uint64_t> total;
  if (known && S_ISREG(about.st_mode)) total = static_cast<uint64_t>(about.st_size);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(name, fd, true, total));
}

Result<std::unique_ptr<ByteSink>> LocalFiles::OpenForWriting(const std::string& name) {
  const int fd = ::open(ExpandHome(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kNewFileMode);
  if (fd < 0) return FileError(name, "create");
  return std::unique_ptr<ByteSink>(std::make_unique<FileSink>(name, fd));
}

}  // namespace cellar::hql
