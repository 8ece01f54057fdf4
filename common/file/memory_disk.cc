#include "common/file/memory_disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/concurrency/scheduling_point.h"
#include "common/file/path.h"

namespace cellar::common {
namespace {

/// Nanoseconds between lengths and mark in "length-read-before-seal".
constexpr int64_t kGapOfTheDefect = 2'500'000'000;  // A writer that stood still may go on within it.

std::string Quoted(std::string_view path) {
  return "'" + std::string(path) + "'";
}

}  // namespace

Status MemoryDisk::CheckLiving(const MemoryProcess& process) const {
  if (process.alive && process.boot == boot_) return Status();
  return Cancelled("the process was killed");
}

Status MemoryDisk::CheckAlive(const MemoryProcess& process) const {
  const MutexLock lock(mutex_);
  return CheckLiving(process);
}

Status MemoryDisk::CheckDirectory(std::string_view path) const {
  if (path.empty()) return Status();
  const auto node = tree_.find(path);
  if (node == tree_.end() || node->second.file != nullptr) return NotFound("no directory " + Quoted(path));
  return Status();
}

Result<MemoryDisk::FilePtr> MemoryDisk::FindFile(std::string_view path) const {
  const auto node = tree_.find(path);
  if (node == tree_.end()) return NotFound("no file " + Quoted(path));
  if (node->second.file == nullptr) return InvalidArgument(Quoted(path) + " is a directory");
  return node->second.file;
}

MemorySeal& MemoryDisk::SealOf(std::string_view directory) {
  std::shared_ptr<MemorySeal>& seal = seals_[std::string(directory)];
  if (seal == nullptr) seal = std::make_shared<MemorySeal>();
  return *seal;
}

std::vector<MemoryFile::SealAbove> MemoryDisk::SealsAbove(std::string_view path) {
  std::vector<MemoryFile::SealAbove> seals;
  for (const std::string_view directory : DirectoriesAbove(path)) {
    SealOf(directory);
    seals.push_back({.path_below = std::string(PathBelow(path, directory)), .seal = seals_.find(directory)->second});
  }
  return seals;
}

Status MemoryDisk::CheckSeals(std::string_view path, Incarnation incarnation, const MemoryFile& file) {
  for (const MemoryFile::SealAbove& above : file.seals) {
    if (incarnation >= above.seal->incarnation) continue;
    return Fenced(Quoted(path) + " of incarnation " + incarnation.get().ToString() +
                  ": a directory above it is sealed by " + above.seal->incarnation.get().ToString());
  }
  return Status();
}

Status MemoryDisk::CheckNotClosed(std::string_view path, const MemoryFile& file) {
  for (const MemoryFile::SealAbove& above : file.seals) {
    if (!above.seal->lengths || !above.seal->lengths->contains(above.path_below)) continue;
    return Fenced(Quoted(path) + " was closed by a seal above it");
  }
  return Status();
}

Result<MemoryDisk::FilePtr> MemoryDisk::Create(const MemoryProcess& process, std::string_view path,
                                               Incarnation incarnation) {
  auto file = std::make_shared<MemoryFile>();
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    RETURN_IF_ERROR(CheckDirectory(ParentPath(path)));
    file->seals = SealsAbove(path);
    RETURN_IF_ERROR(CheckSeals(path, incarnation, *file));
    if (tree_.contains(path)) return AlreadyExists(Quoted(path) + " exists");
    tree_.emplace(std::string(path), Node{.file = file, .durable = false});
  }
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  const auto node = tree_.find(path);
  if (node == tree_.end() || node->second.file != file) return NotFound(Quoted(path) + " was removed");
  RETURN_IF_ERROR(CheckNotClosed(path, *file));
  const Status fence = CheckSeals(path, incarnation, *file);
  if (!fence.ok()) {
    Forget(node);  // The seal does not list it: it must not stay in the way of the new owner's exclusive create.
    return fence;
  }
  node->second.durable = node->second.durable || sync_directory_entries_;
  return file;
}

Result<uint64_t> MemoryDisk::Append(const MemoryProcess& process, std::string_view path, MemoryFile& file,
                                    std::span<const std::string_view> pieces) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  const uint64_t offset = file.bytes.size();
  for (const std::string_view piece : pieces) {
    const uint64_t free_bytes = used_bytes_ < space_limit_bytes_ ? space_limit_bytes_ - used_bytes_ : 0;
    const std::string_view fitting = piece.substr(0, std::min<uint64_t>(piece.size(), free_bytes));
    file.bytes.append(fitting);
    if (!file.removed) used_bytes_ += fitting.size();
    if (fitting.size() < piece.size()) {
      return NoSpace("append to " + Quoted(path) + " at " + std::to_string(file.bytes.size()) + ": disk is full");
    }
  }
  return offset;
}

Status MemoryDisk::Sync(const MemoryProcess& process, std::string_view path, Incarnation incarnation,
                        MemoryFile& file) {
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    file.synced_bytes = file.bytes.size();
  }
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  RETURN_IF_ERROR(CheckNotClosed(path, file));
  return CheckSeals(path, incarnation, file);
}

Result<MemoryDisk::FilePtr> MemoryDisk::Open(const MemoryProcess& process, std::string_view path) const {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  return FindFile(path);
}

uint64_t MemoryDisk::VisibleLength(const MemoryFile& file) {
  uint64_t length = file.bytes.size();
  for (const MemoryFile::SealAbove& above : file.seals) {
    if (!above.seal->lengths) continue;
    const auto stored = above.seal->lengths->find(above.path_below);
    if (stored != above.seal->lengths->end()) length = std::min(length, stored->second);
  }
  return length;
}

Result<size_t> MemoryDisk::Read(const MemoryProcess& process, const MemoryFile& file, uint64_t offset, size_t size,
                                char* out) const {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  const uint64_t length = VisibleLength(file);
  if (offset >= length) return size_t{0};
  const size_t count = static_cast<size_t>(std::min<uint64_t>(size, length - offset));
  std::memcpy(out, file.bytes.data() + offset, count);
  return count;
}

Result<uint64_t> MemoryDisk::Length(const MemoryProcess& process, const MemoryFile& file) const {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  return VisibleLength(file);
}

Status MemoryDisk::CreateDirectories(const MemoryProcess& process, std::string_view path) {
  std::vector<std::string_view> directories = DirectoriesAbove(path);
  if (!path.empty()) directories.push_back(path);
  for (const std::string_view directory : directories) {
    if (directory.empty()) continue;
    {
      const MutexLock lock(mutex_);
      RETURN_IF_ERROR(CheckLiving(process));
      const auto [node, is_new] = tree_.try_emplace(std::string(directory));
      if (node->second.file != nullptr) return AlreadyExists(Quoted(directory) + " is a file");
    }
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    const auto node = tree_.find(directory);
    if (node == tree_.end()) return NotFound(Quoted(directory) + " was removed");
    node->second.durable = true;
  }
  return Status();
}

Result<std::vector<DirectoryEntry>> MemoryDisk::List(const MemoryProcess& process, std::string_view path) const {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  RETURN_IF_ERROR(CheckDirectory(path));
  std::vector<DirectoryEntry> entries;
  const std::string prefix = path.empty() ? std::string() : std::string(path) + "/";
  for (auto node = tree_.lower_bound(prefix); node != tree_.end() && node->first.starts_with(prefix); ++node) {
    if (ParentPath(node->first) != path) continue;
    const bool is_directory = node->second.file == nullptr;
    entries.push_back({.name = std::string(LastComponent(node->first)),
                       .is_directory = is_directory,
                       .length_bytes = is_directory ? 0 : VisibleLength(*node->second.file)});
  }
  return entries;  // In order: siblings compare as their last components do.
}

Result<bool> MemoryDisk::Exists(const MemoryProcess& process, std::string_view path) const {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  return path.empty() || tree_.contains(path);
}

void MemoryDisk::Forget(Tree::iterator node) {
  if (node->second.file != nullptr) {
    if (!node->second.file->removed) used_bytes_ -= node->second.file->bytes.size();
    node->second.file->removed = true;
  }
  if (node->second.durable) unlinked_.insert_or_assign(node->first, node->second);
  tree_.erase(node);
}

Status MemoryDisk::Remove(const MemoryProcess& process, std::string_view path) {
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    RETURN_IF_ERROR(FindFile(path).status());
    Forget(tree_.find(path));
  }
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  const auto ghost = unlinked_.find(path);
  if (ghost != unlinked_.end()) unlinked_.erase(ghost);
  return Status();
}

Status MemoryDisk::RemoveDirectory(const MemoryProcess& process, std::string_view path) {
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    if (!tree_.contains(path)) return Status();
    RETURN_IF_ERROR(CheckDirectory(path));
  }
  while (true) {  // From the leaves up, one a step, as a real machine does.
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    auto last = tree_.end();
    for (auto node = tree_.find(path); node != tree_.end(); ++node) {
      if (node->first == path || IsBelow(node->first, path)) last = node;
      if (!node->first.starts_with(path)) break;
    }
    if (last == tree_.end()) break;
    const std::string name = last->first;
    Forget(last);
    unlinked_.erase(name);
    if (const auto seal = seals_.find(name); seal != seals_.end()) seals_.erase(seal);
  }
  return Status();
}

std::vector<std::string> MemoryDisk::FilesBelow(std::string_view directory) const {
  std::vector<std::string> files;
  for (const auto& [path, node] : tree_) {
    if (node.file != nullptr && IsBelow(path, directory)) files.push_back(path);
  }
  return files;
}

std::vector<SealedFile> MemoryDisk::StoredLengths(const MemorySeal& seal) {
  std::vector<SealedFile> files;
  for (const auto& [name, length] : *seal.lengths) files.push_back({.name = name, .length_bytes = length});
  return files;
}

/// Syncs every file below, with its entry, and takes its length.
Result<MemoryDisk::Lengths> MemoryDisk::LengthsBelow(const MemoryProcess& process, std::string_view directory) {
  std::vector<std::string> paths;
  {
    const MutexLock lock(mutex_);
    paths = FilesBelow(directory);
  }
  Lengths lengths;
  for (const std::string& path : paths) {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    const auto node = tree_.find(path);
    if (node == tree_.end() || node->second.file == nullptr) continue;  // Removed meanwhile.
    node->second.durable = true;
    node->second.file->synced_bytes = node->second.file->bytes.size();
    lengths.emplace(PathBelow(path, directory), VisibleLength(*node->second.file));
  }
  return lengths;
}

Result<std::vector<SealedFile>> MemoryDisk::Seal(const MemoryProcess& process, std::string_view directory,
                                                 Incarnation incarnation) {
  const SealConduct conduct = seal_conduct();
  Lengths lengths;
  if (conduct != SealConduct::kRight) {
    ASSIGN_OR_RETURN(lengths, LengthsBelow(process, directory));
  }
  if (conduct == SealConduct::kLengthsFirst && thread_scheduling.hook != nullptr) {
    thread_scheduling.hook->Sleep(kGapOfTheDefect, "between lengths and seal");
  }
  if (conduct == SealConduct::kUnmarked) {
    MemorySeal known_to_the_caller;
    known_to_the_caller.lengths = std::move(lengths);
    return StoredLengths(known_to_the_caller);
  }
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    RETURN_IF_ERROR(CheckDirectory(directory));
    MemorySeal& seal = SealOf(directory);
    if (seal.lengths && seal.complete_incarnation >= incarnation) return StoredLengths(seal);
    seal.incarnation = std::max(seal.incarnation, incarnation);
  }
  {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLiving(process));
    RETURN_IF_ERROR(CheckDirectory(directory));
    SealOf(directory).durable = true;
  }
  if (conduct == SealConduct::kRight) {
    ASSIGN_OR_RETURN(lengths, LengthsBelow(process, directory));
  }
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckLiving(process));
  RETURN_IF_ERROR(CheckDirectory(directory));
  MemorySeal& seal = SealOf(directory);
  if (!seal.lengths) seal.lengths.emplace();
  seal.lengths->merge(lengths);  // What was stored first stays.
  seal.complete_incarnation = std::max(seal.complete_incarnation, incarnation);
  return StoredLengths(seal);
}

}  // namespace cellar::common
