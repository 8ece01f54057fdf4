#include "common/file/process_view.h"

#include <string>
#include <utility>

#include "common/concurrency/scheduling_point.h"
#include "common/file/memory_disk.h"
#include "common/file/path.h"

namespace cellar::common {
namespace {

class MemoryWritableFile final : public WritableFile {
 public:
  MemoryWritableFile(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryProcess> process, std::string path,
                     Incarnation incarnation, std::shared_ptr<MemoryFile> file)
      : disk_(std::move(disk)),
        process_(std::move(process)),
        path_(std::move(path)),
        incarnation_(incarnation),
        file_(std::move(file)) {}

  using WritableFile::Append;
  Result<uint64_t> Append(std::span<const std::string_view> pieces) override {
    SchedulingPoint("file append");
    RETURN_IF_ERROR(failure_);
    Result<uint64_t> offset = disk_->Append(*process_, path_, *file_, pieces);
    if (!offset.ok()) failure_ = offset.status();
    return offset;
  }

  Status Sync() override {
    SchedulingPoint("file sync");
    RETURN_IF_ERROR(failure_);
    failure_ = disk_->Sync(*process_, path_, incarnation_, *file_);
    return failure_;
  }

  Status Close() override {
    SchedulingPoint("file close");
    if (failure_.ok()) failure_ = IoError("'" + path_ + "' is closed");
    return disk_->CheckAlive(*process_);
  }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const std::shared_ptr<MemoryProcess> process_;
  const std::string path_;
  const Incarnation incarnation_;
  const std::shared_ptr<MemoryFile> file_;
  Status failure_;
};

class MemoryReadableFile final : public ReadableFile {
 public:
  MemoryReadableFile(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryProcess> process,
                     std::shared_ptr<MemoryFile> file)
      : disk_(std::move(disk)), process_(std::move(process)), file_(std::move(file)) {}

  Result<size_t> Read(uint64_t offset, size_t size, char* out) const override {
    SchedulingPoint("file read");
    return disk_->Read(*process_, *file_, offset, size, out);
  }

  Result<uint64_t> Length() const override {
    SchedulingPoint("file length");
    return disk_->Length(*process_, *file_);
  }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const std::shared_ptr<MemoryProcess> process_;
  const std::shared_ptr<MemoryFile> file_;
};

}  // namespace

ProcessView::ProcessView(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)), process_(disk_->NewProcess()) {}

void ProcessView::Kill() {
  disk_->Kill(*process_);
}

bool ProcessView::alive() const {
  return disk_->IsAlive(*process_);
}

Result<std::unique_ptr<WritableFile>> ProcessView::Create(std::string_view path, Incarnation incarnation) {
  SchedulingPoint("file create");
  RETURN_IF_ERROR(ValidatePath(path));
  ASSIGN_OR_RETURN(std::shared_ptr<MemoryFile> file, disk_->Create(*process_, path, incarnation));
  return std::unique_ptr<WritableFile>(
      std::make_unique<MemoryWritableFile>(disk_, process_, std::string(path), incarnation, std::move(file)));
}

Result<std::unique_ptr<ReadableFile>> ProcessView::Open(std::string_view path) const {
  SchedulingPoint("file open");
  RETURN_IF_ERROR(ValidatePath(path));
  ASSIGN_OR_RETURN(std::shared_ptr<MemoryFile> file, disk_->Open(*process_, path));
  return std::unique_ptr<ReadableFile>(std::make_unique<MemoryReadableFile>(disk_, process_, std::move(file)));
}

Status ProcessView::CreateDirectories(std::string_view path) {
  SchedulingPoint("file create directories");
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  return disk_->CreateDirectories(*process_, path);
}

Result<std::vector<DirectoryEntry>> ProcessView::List(std::string_view path) const {
  SchedulingPoint("file list");
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  return disk_->List(*process_, path);
}

Result<bool> ProcessView::Exists(std::string_view path) const {
  SchedulingPoint("file exists");
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  return disk_->Exists(*process_, path);
}

Status ProcessView::Remove(std::string_view path) {
  SchedulingPoint("file remove");
  RETURN_IF_ERROR(ValidatePath(path));
  return disk_->Remove(*process_, path);
}

Status ProcessView::RemoveDirectory(std::string_view path) {
  SchedulingPoint("file remove directory");
  RETURN_IF_ERROR(ValidatePath(path));
  return disk_->RemoveDirectory(*process_, path);
}

Result<std::vector<SealedFile>> ProcessView::Seal(std::string_view directory, Incarnation incarnation) {
  SchedulingPoint("file seal");
  RETURN_IF_ERROR(ValidateDirectoryPath(directory));
  return disk_->Seal(*process_, directory, incarnation);
}

}  // namespace cellar::common
