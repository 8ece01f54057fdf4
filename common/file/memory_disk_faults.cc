#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/hash.h"
#include "common/file/memory_disk.h"
#include "common/file/path.h"

// What befalls a MemoryDisk: death of a process, loss of power, damage. The calls of FileSystem are in memory_disk.cc.

namespace cellar::common {
namespace {

constexpr uint64_t kSectorBytes = 512;

}  // namespace

std::shared_ptr<MemoryProcess> MemoryDisk::NewProcess() {
  const MutexLock lock(mutex_);
  return std::make_shared<MemoryProcess>(MemoryProcess{.alive = true, .boot = boot_});
}

void MemoryDisk::Kill(MemoryProcess& process) {
  const MutexLock lock(mutex_);
  process.alive = false;
}

bool MemoryDisk::IsAlive(const MemoryProcess& process) const {
  const MutexLock lock(mutex_);
  return CheckLiving(process).ok();
}

void MemoryDisk::PowerCut(Random& random) {
  const MutexLock lock(mutex_);
  ++boot_;
  CutDirectoryEntries(random);
  used_bytes_ = 0;
  for (auto& [path, node] : tree_) {
    node.durable = true;
    if (node.file == nullptr) continue;
    CutFile(*node.file, random);
    node.file->removed = false;
    used_bytes_ += node.file->bytes.size();
  }
  CutSeals(random);
}

void MemoryDisk::CutSeals(Random& random) {
  for (auto found = seals_.begin(); found != seals_.end();) {
    MemorySeal& seal = *found->second;
    const bool survives = seal.durable || random.OneIn(2);
    if (!survives) seal = MemorySeal();
    seal.durable = !seal.incarnation.get().is_none();
    found = CheckDirectory(found->first).ok() ? std::next(found) : seals_.erase(found);
  }
}

void MemoryDisk::CutDirectoryEntries(Random& random) {
  for (auto& [path, node] : unlinked_) {
    const std::string_view parent = ParentPath(path);
    const bool has_place = CheckDirectory(parent).ok() && !tree_.contains(path);
    if (random.OneIn(2) && has_place) tree_.emplace(path, node);
  }
  unlinked_.clear();
  for (auto node = tree_.begin(); node != tree_.end();) {
    // Parents come before their children, so a directory that is gone takes everything below it along.
    const bool survives = (node->second.durable || random.OneIn(2)) && CheckDirectory(ParentPath(node->first)).ok();
    node = survives ? std::next(node) : tree_.erase(node);
  }
}

void MemoryDisk::CutFile(MemoryFile& file, Random& random) {
  const uint64_t size = file.bytes.size();
  const uint64_t unsynced = size - file.synced_bytes;
  uint64_t length = size;
  std::vector<MemoryFile::Interval> doubtful = file.lost;
  switch (unsynced == 0 ? 1 : random.Uniform(4)) {
    case 0:  // Nothing of it had been written.
      length = file.synced_bytes;
      break;
    case 1:  // All of it had.
      break;
    default: {  // The length stands anywhere, and each sector below it is there or reads as zeros.
      length = file.synced_bytes + random.Uniform(unsynced + 1);
      if (random.OneIn(2)) length = std::min(size, (length + kSectorBytes - 1) / kSectorBytes * kSectorBytes);
      doubtful.push_back({file.synced_bytes, length});
      break;
    }
  }
  file.bytes.resize(length);
  for (const MemoryFile::Interval& interval : doubtful) {
    for (uint64_t begin = interval.begin; begin < std::min(interval.end, length);) {
      const uint64_t end = std::min({interval.end, length, (begin / kSectorBytes + 1) * kSectorBytes});
      if (random.OneIn(3)) std::fill(file.bytes.begin() + begin, file.bytes.begin() + end, '\0');
      begin = end;
    }
  }
  file.synced_bytes = length;
  file.lost.clear();
}

void MemoryDisk::SyncEverything() {
  const MutexLock lock(mutex_);
  unlinked_.clear();
  for (auto& [path, node] : tree_) {
    node.durable = true;
    if (node.file != nullptr) node.file->synced_bytes = node.file->bytes.size();
  }
  for (auto& [directory, seal] : seals_) seal->durable = true;
}

std::shared_ptr<MemoryDisk> MemoryDisk::Snapshot() const {
  const MutexLock lock(mutex_);
  auto copy = std::make_shared<MemoryDisk>(space_limit_bytes_, sync_directory_entries_);
  const MutexLock lock_of_copy(copy->mutex_);
  copy->tree_ = tree_;
  copy->unlinked_ = unlinked_;
  copy->used_bytes_ = used_bytes_;
  std::map<const MemorySeal*, std::shared_ptr<MemorySeal>> seals;  // Looked up only: its order decides nothing.
  const auto copy_seal = [&seals](const std::shared_ptr<MemorySeal>& seal) {
    std::shared_ptr<MemorySeal>& copied = seals[seal.get()];
    if (copied == nullptr) copied = std::make_shared<MemorySeal>(*seal);
    return copied;
  };
  for (const auto& [directory, seal] : seals_) copy->seals_.emplace(directory, copy_seal(seal));
  for (Tree* const tree : {&copy->tree_, &copy->unlinked_}) {
    for (auto& [path, node] : *tree) {
      if (node.file == nullptr) continue;
      node.file = std::make_shared<MemoryFile>(*node.file);
      for (MemoryFile::SealAbove& above : node.file->seals) above.seal = copy_seal(above.seal);
    }
  }
  return copy;
}

Status MemoryDisk::LoseUnsynced(std::string_view path) {
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const FilePtr file, FindFile(path));
  if (file->synced_bytes < file->bytes.size()) file->lost.push_back({file->synced_bytes, file->bytes.size()});
  file->synced_bytes = file->bytes.size();
  return Status();
}

Status MemoryDisk::Damage(std::string_view path, uint64_t offset, std::string_view bytes) {
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const FilePtr file, FindFile(path));
  if (offset > file->bytes.size() || bytes.size() > file->bytes.size() - offset) {
    return InvalidArgument("damage beyond the end of '" + std::string(path) + "'");
  }
  file->bytes.replace(offset, bytes.size(), bytes);
  return Status();
}

Status MemoryDisk::Truncate(std::string_view path, uint64_t length_bytes) {
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const FilePtr file, FindFile(path));
  if (length_bytes > file->bytes.size()) {
    return InvalidArgument("cut beyond the end of '" + std::string(path) + "'");
  }
  used_bytes_ -= file->bytes.size() - length_bytes;
  file->bytes.resize(length_bytes);
  file->synced_bytes = std::min(file->synced_bytes, length_bytes);
  return Status();
}

void MemoryDisk::set_space_limit_bytes(uint64_t limit_bytes) {
  const MutexLock lock(mutex_);
  space_limit_bytes_ = limit_bytes;
}

void MemoryDisk::set_seal_conduct(SealConduct conduct) {
  const MutexLock lock(mutex_);
  seal_conduct_ = conduct;
}

SealConduct MemoryDisk::seal_conduct() const {
  const MutexLock lock(mutex_);
  return seal_conduct_;
}

void MemoryDisk::set_sync_directory_entries(bool sync) {
  const MutexLock lock(mutex_);
  sync_directory_entries_ = sync;
}

uint64_t MemoryDisk::used_bytes() const {
  const MutexLock lock(mutex_);
  return used_bytes_;
}

uint64_t MemoryDisk::Digest() const {
  const MutexLock lock(mutex_);
  std::string summary;
  for (const auto& [path, node] : tree_) {
    PutLengthPrefixed(&summary, path);
    PutFixed8(&summary, node.durable ? 1 : 0);
    if (node.file == nullptr) continue;
    PutVarint64(&summary, node.file->bytes.size());
    PutVarint64(&summary, node.file->synced_bytes);
    PutFixed64(&summary, Hash64(node.file->bytes));
  }
  for (const auto& [directory, seal] : seals_) {
    if (seal->incarnation.get().is_none()) continue;
    PutLengthPrefixed(&summary, directory);
    PutLengthPrefixed(&summary, seal->incarnation.get().ToString());
    for (const SealedFile& file : seal->lengths ? StoredLengths(*seal) : std::vector<SealedFile>()) {
      PutLengthPrefixed(&summary, file.name);
      PutVarint64(&summary, file.length_bytes);
    }
  }
  return Hash64(summary);
}

}  // namespace cellar::common
