#include "common/file/memory_file_system.h"

#include <utility>

#include "common/file/memory_disk.h"

namespace cellar::common {

MemoryFileSystem::MemoryFileSystem(MemoryFileSystemOptions options)
    : MemoryFileSystem(std::make_shared<MemoryDisk>(options.space_limit_bytes, options.sync_directory_entries)) {}

MemoryFileSystem::MemoryFileSystem(std::shared_ptr<MemoryDisk> disk)
    : disk_(std::move(disk)), own_view_(std::make_unique<ProcessView>(disk_)) {}

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::Create(std::string_view path, Incarnation incarnation) {
  return own_view_->Create(path, incarnation);
}

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::Open(std::string_view path) const {
  return own_view_->Open(path);
}

Status MemoryFileSystem::CreateDirectories(std::string_view path) {
  return own_view_->CreateDirectories(path);
}

Result<std::vector<DirectoryEntry>> MemoryFileSystem::List(std::string_view path) const {
  return own_view_->List(path);
}

Result<bool> MemoryFileSystem::Exists(std::string_view path) const {
  return own_view_->Exists(path);
}

Status MemoryFileSystem::Remove(std::string_view path) {
  return own_view_->Remove(path);
}

Status MemoryFileSystem::RemoveDirectory(std::string_view path) {
  return own_view_->RemoveDirectory(path);
}

Result<std::vector<SealedFile>> MemoryFileSystem::Seal(std::string_view directory, Incarnation incarnation) {
  return own_view_->Seal(directory, incarnation);
}

std::unique_ptr<ProcessView> MemoryFileSystem::NewProcess() {
  return std::make_unique<ProcessView>(disk_);
}

void MemoryFileSystem::Restart() {
  own_view_->Kill();
  own_view_ = NewProcess();
}

void MemoryFileSystem::PowerCut(Random& random) {
  disk_->PowerCut(random);
  own_view_ = NewProcess();
}

void MemoryFileSystem::SyncEverything() {
  disk_->SyncEverything();
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::Snapshot() const {
  return std::unique_ptr<MemoryFileSystem>(new MemoryFileSystem(disk_->Snapshot()));
}

Status MemoryFileSystem::LoseUnsynced(std::string_view path) {
  return disk_->LoseUnsynced(path);
}

Status MemoryFileSystem::Damage(std::string_view path, uint64_t offset, std::string_view bytes) {
  return disk_->Damage(path, offset, bytes);
}

Status MemoryFileSystem::Truncate(std::string_view path, uint64_t length_bytes) {
  return disk_->Truncate(path, length_bytes);
}

void MemoryFileSystem::set_space_limit_bytes(uint64_t limit_bytes) {
  disk_->set_space_limit_bytes(limit_bytes);
}

void MemoryFileSystem::set_seal_conduct(SealConduct conduct) {
  disk_->set_seal_conduct(conduct);
}

void MemoryFileSystem::set_sync_directory_entries(bool sync) {
  disk_->set_sync_directory_entries(sync);
}

uint64_t MemoryFileSystem::used_bytes() const {
  return disk_->used_bytes();
}

uint64_t MemoryFileSystem::Digest() const {
  return disk_->Digest();
}

}  // namespace cellar::common
