#include "hql/files/stored_files.h"

#include <utility>

#include "common/file/path.h"
#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

/// Never sealed: any number will do.
constexpr Incarnation kWriter{FencingNumber{1, 1}};

Result<std::string> PathOf(std::string_view name) {
  std::string_view rest = name;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  std::string path = common::JoinPath(kStoredFilesDirectory, rest);
  if (rest.empty() || !common::ValidatePath(path).ok()) {
    return common::InvalidArgument("fs://" + std::string(name) +
                                   ": a name is made of letters, digits and '._-', cut by '/'")
        .WithDetail(kLocalIoError);
  }
  return path;
}

/// The file system's errors as those of files that statements name.
Status Told(const Status& status, const std::string& name) {
  const bool is_missing = status.Is(StatusCode::kNotFound);
  return status.WithContext("fs://" + name).WithDetail(is_missing ? kFileNotFound : kLocalIoError);
}

class StoredSource final : public ByteSource {
 public:
  StoredSource(std::string name, std::shared_ptr<FileSystem> files, std::unique_ptr<ReadableFile> file, uint64_t length)
      : name_(std::move(name)), files_(std::move(files)), file_(std::move(file)), length_(length) {}

  Result<size_t> Read(char* out, size_t size) override {
    const Result<size_t> count = file_->Read(bytes_read_, size, out);
    if (!count.ok()) return Told(count.status(), name_);
    bytes_read_ += *count;
    return *count;
  }
  uint64_t bytes_read() const override { return bytes_read_; }
  std::optional<uint64_t> total_bytes() const override { return length_; }

 private:
  const std::string name_;
  const std::shared_ptr<FileSystem> files_;
  const std::unique_ptr<ReadableFile> file_;
  const uint64_t length_;
  uint64_t bytes_read_ = 0;
};

class StoredSink final : public ByteSink {
 public:
  StoredSink(std::string name, std::string path, std::shared_ptr<FileSystem> files, std::unique_ptr<WritableFile> file)
      : name_(std::move(name)), path_(std::move(path)), files_(std::move(files)), file_(std::move(file)) {}
  ~StoredSink() override {
    if (finished_) return;
    file_.reset();
    (void)files_->Remove(path_);  // a file that stays behind is seen by its name
  }
  StoredSink(const StoredSink&) = delete;
  StoredSink& operator=(const StoredSink&) = delete;

  Status Write(std::string_view bytes) override {
    const Result<uint64_t> appended = file_->Append(bytes);
    return appended.ok() ? Status() : Told(appended.status(), name_);
  }
  Status Finish() override {
    Status status = file_->Sync();
    if (status.ok()) status = file_->Close();
    if (!status.ok()) return Told(status, name_);
    finished_ = true;
    return Status();
  }

 private:
  const std::string name_;
  const std::string path_;
  const std::shared_ptr<FileSystem> files_;
  std::unique_ptr<WritableFile> file_;
  bool finished_ = false;
};

}  // namespace

Result<std::shared_ptr<FileSystem>> StoredFiles::Files() {
  {
    const MutexLock lock(mutex_);
    if (files_ != nullptr) return files_;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> opened, open_());  // of several who open it the first keeps it
  const MutexLock lock(mutex_);
  if (files_ == nullptr) files_ = std::move(opened);
  return files_;
}

Result<std::unique_ptr<ByteSource>> StoredFiles::OpenForReading(const std::string& name) {
  ASSIGN_OR_RETURN(const std::string path, PathOf(name));
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> files, Files());
  auto file = files->Open(path);
  if (!file.ok()) return Told(file.status(), name);
  const Result<uint64_t> length = (*file)->Length();
  if (!length.ok()) return Told(length.status(), name);
  return std::unique_ptr<ByteSource>(
      std::make_unique<StoredSource>(name, std::move(files), std::move(file).value(), *length));
}

Result<std::unique_ptr<ByteSink>> StoredFiles::OpenForWriting(const std::string& name) {
  ASSIGN_OR_RETURN(std::string path, PathOf(name));
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> files, Files());
  Status made = files->CreateDirectories(common::ParentPath(path));
  if (!made.ok()) return Told(made, name);
  const Status removed = files->Remove(path);
  if (!removed.ok() && !removed.Is(StatusCode::kNotFound)) return Told(removed, name);
  Result<std::unique_ptr<WritableFile>> file = files->Create(path, kWriter);
  if (!file.ok()) return Told(file.status(), name);
  return std::unique_ptr<ByteSink>(
      std::make_unique<StoredSink>(name, std::move(path), std::move(files), std::move(file).value()));
}

}  // namespace cellar::hql
